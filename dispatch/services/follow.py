"""Every open incident has an owner, a next step and a moment by which it is due."""

from datetime import datetime, timedelta

from accounts.models import User
from common.errors import ConflictError, ValidationError, gettext_noop
from dispatch.choices import NextStep
from dispatch.models import FollowRule, Incident
from dispatch.rules.follow import LASTING_STEPS, Rule, due_after_edit, rule_for

FIELDS = ("next_step", "next_step_text", "next_step_by", "due_at", "escalation")
LONGEST = timedelta(days=7)


def rules_read() -> list[Rule]:
    """The rules of this deployment."""
    rows = FollowRule.objects.filter(is_active=True).select_related("type")
    return [
        Rule(
            row.state, row.type.code if row.type else "", row.priority, row.next_step, row.due_s,
            row.supervisor_after_s, row.head_after_s,
        )
        for row in rows
    ]  # fmt: skip


def rule_of(incident: Incident) -> Rule:
    """The rule that holds for an incident as it is."""
    return rule_for(rules_read(), state=incident.state, type_code=incident.type.code, priority=incident.priority)


def step_plan(incident: Incident, *, at: datetime) -> None:
    """Set what is next in a new state on the row, or nothing for a closed one; does not save.

    What a person set and no unit's report fulfils stays, and is looked at no later than the rules want.
    """
    if not incident.is_open:
        incident.next_step, incident.next_step_text, incident.next_step_by = "", "", None
        incident.due_at, incident.escalation = None, ""
        return
    rule = rule_of(incident)
    due_at = at + timedelta(seconds=rule.due_s)
    if incident.next_step_by_id is not None and incident.due_at and incident.next_step in LASTING_STEPS:
        incident.due_at = min(incident.due_at, due_at)
        return
    incident.next_step, incident.next_step_text, incident.next_step_by = rule.next_step, "", None
    incident.due_at, incident.escalation = due_at, ""


def step_replan(incident: Incident, *, at: datetime) -> None:
    """Type or priority were edited, the state is as before; does not save.

    What was missed stays missed, with whom it was told to; what a person set stays, but may be due sooner.
    """
    if incident.due_at is None or incident.due_at <= at:
        return
    rule = rule_of(incident)
    newest = incident.transitions.order_by("-id").first()
    since = newest.occurred_at if newest else incident.opened_at
    due_at = due_after_edit(rule, since=since, was_due_at=incident.due_at, at=at)
    if incident.next_step_by_id is not None:
        incident.due_at = min(incident.due_at, due_at)
        return
    incident.next_step, incident.due_at = rule.next_step, due_at


def step_set(*, incident: Incident, step: NextStep, text: str, due_at: datetime, user: User, at: datetime) -> Incident:
    """A person says what is next and until when. `incident` must be locked.

    Raises ConflictError `incident_closed`, ValidationError `due_invalid`.
    """
    open_require(incident)
    if not at < due_at <= at + LONGEST:
        raise ValidationError(
            "due_invalid",
            gettext_noop("The deadline lies in the future, at most seven days away."),
            {"fields": {"due_at": [due_at.isoformat()]}},
        )
    incident.next_step, incident.next_step_text, incident.due_at = step, text, due_at
    incident.next_step_by, incident.escalation = user, ""
    incident.save(update_fields=FIELDS)
    return incident


def owner_set(*, incident: Incident, owner: User) -> Incident:
    """Give an open incident to somebody who can work on it. `incident` must be locked."""
    open_require(incident)
    incident.owner = owner
    incident.save(update_fields=["owner"])
    return incident


def open_require(incident: Incident) -> None:
    """Raise ConflictError `incident_closed` unless something may still be done."""
    if not incident.is_open:
        raise ConflictError("incident_closed", gettext_noop("This incident is closed."), {"state": incident.state})
