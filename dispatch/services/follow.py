"""Every open incident has an owner, a next step and a moment by which it is due."""

from datetime import datetime, timedelta

from accounts.models import User
from common.errors import ConflictError, ValidationError, gettext_noop
from dispatch.choices import NextStep
from dispatch.models import FollowRule, Incident
from dispatch.rules.follow import Rule, rule_for

FIELDS = ("next_step", "next_step_text", "due_at", "escalation")
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
    """Set the next step and its deadline on the row from the rules, or nothing for a closed one; does not save."""
    incident.next_step_text, incident.escalation = "", ""
    if not incident.is_open:
        incident.next_step, incident.due_at = "", None
        return
    rule = rule_of(incident)
    incident.next_step, incident.due_at = rule.next_step, at + timedelta(seconds=rule.due_s)


def step_set(*, incident: Incident, step: NextStep, text: str, due_at: datetime, at: datetime) -> Incident:
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
    incident.escalation = ""
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
