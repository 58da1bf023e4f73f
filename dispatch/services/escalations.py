"""What is overdue, told to those who must know: desk, supervisor, head of operations. Run by the clock."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.services.audit import SYSTEM, audit_write
from common import clock
from common.locking import locked
from dispatch.choices import EscalationLevel, NextStep, PartState, TimelineKind
from dispatch.models import AgencyPart, Call, Escalation, Incident
from dispatch.models.incidents import IS_OPEN
from dispatch.publish import tell_call, tell_incident, tell_line, tell_part
from dispatch.rules.follow import LEVELS, Rule, levels_due
from dispatch.selectors.due import Due, call_due, calls_due, incident_due, incidents_due, parts_due
from dispatch.selectors.floods import flood_tasks_due
from dispatch.services.flood_watch import flood_task_escalate
from dispatch.services.follow import rules_read
from dispatch.services.incidents import INCIDENT_RELATED
from dispatch.services.timeline import entry_add

BATCH = 500


def overdue_escalate() -> int:
    """Escalate everything that is overdue now; returns how many levels were told.

    Each row is done in a transaction of its own, and only rows with a level that was not told yet are locked; repeating
    it tells nobody twice, which a constraint holds.
    """
    rules = rules_read()
    return (
        _each(incidents_due(rules), lambda key: _incident_escalate(key, rules))
        + _each(calls_due(), _call_escalate)
        + _each(parts_due(), _part_escalate)
        + _each(flood_tasks_due(), flood_task_escalate)
    )


def _each(due: Sequence[Due], escalate: Callable[[uuid.UUID], int]) -> int:
    count = 0
    at = clock.now()
    for item in [item for item in due if item.next_at <= at][:BATCH]:
        with transaction.atomic():
            count += escalate(item.key)
    return count


def _incident_escalate(key: uuid.UUID, rules: Sequence[Rule]) -> int:
    incident = locked(Incident.objects.filter(IS_OPEN, pk=key), *INCIDENT_RELATED, skip_locked=True)
    if incident is None or incident.due_at is None:
        return 0
    rule, due_at, at = incident_due(incident, rules), incident.due_at, clock.now()
    new = _new_levels(incident.escalation, levels_due(rule, due_at=due_at, at=at))
    if not new:
        return 0
    incident.escalation = new[-1]
    incident.save(update_fields=["escalation"])
    step = NextStep(incident.next_step)
    told = [level for level in new if _write(incident, level, step, due_at, at, incident=incident)]
    lines = [
        entry_add(
            incident=incident, kind=TimelineKind.ESCALATED, actor=SYSTEM, at=at,
            data={"level": level, "step": incident.next_step, "due_at": due_at.isoformat()},
        )
        for level in told
    ]  # fmt: skip
    for level in told:
        _audit(incident, level, incident.realm.code)
    tell_incident(incident)
    for line in lines:
        tell_line(incident.realm, line)
    return len(told)


def _call_escalate(key: uuid.UUID) -> int:
    call = locked(Call.objects.filter(pk=key), "realm", "answered_by", "offered_to", skip_locked=True)
    found = call_due(call) if call else None
    if call is None or found is None:
        return 0
    (rule, due_at), at = found, clock.now()
    new = _new_levels(call.escalation, levels_due(rule, due_at=due_at, at=at))
    if not new:
        return 0
    call.escalation = new[-1]
    call.save(update_fields=["escalation"])
    told = [level for level in new if _write(call, level, NextStep(rule.next_step), due_at, at, call=call)]
    for level in told:
        _audit(call, level, call.realm.code)
    tell_call(call)
    return len(told)


def _part_escalate(key: uuid.UUID) -> int:
    """An agency that does not answer: the owner of the incident is told, once."""
    incidents = Incident.objects.filter(IS_OPEN, parts=key)
    incident = locked(incidents, *INCIDENT_RELATED, skip_locked=True)
    if incident is None:
        return 0
    at = clock.now()
    waiting = AgencyPart.objects.filter(pk=key, state=PartState.NOTIFIED, answer_due_at__lte=at, is_overdue_told=False)
    part = locked(waiting, "agency", "disposition", "forwarded_to")
    if part is None or part.answer_due_at is None:
        return 0
    part.incident, part.is_overdue_told = incident, True
    part.save(update_fields=["is_overdue_told"])
    _write(incident, EscalationLevel.DESK, NextStep.FOLLOW_AGENCY, part.answer_due_at, at, part=part)
    data = {"level": "desk", "step": NextStep.FOLLOW_AGENCY, "agency": part.agency.code}
    line = entry_add(incident=incident, kind=TimelineKind.ESCALATED, actor=SYSTEM, at=at, data=data)
    _audit(part, "desk", incident.realm.code)
    tell_part(part)
    tell_incident(incident)  # for the agency, whose view holds its part
    tell_line(incident.realm, line)
    return 1


def _new_levels(told: str, due: list[str]) -> list[str]:
    reached = LEVELS.index(told) + 1 if told else 0
    return [level for level in due if LEVELS.index(level) >= reached]


def _write(of: Incident | Call, level: str, step: NextStep, due_at: datetime, at: datetime, **subject: Any) -> bool:
    """Whether this level is told of this missed moment now, and was not before."""
    return Escalation.objects.get_or_create(
        realm=of.realm, level=level, due_at=due_at, **subject, defaults={"step": step, "escalated_at": at}
    )[1]


def _audit(subject: Incident | Call | AgencyPart, level: str, realm: str) -> None:
    audit_write(
        actor=SYSTEM, action="overdue_escalated", object_type=subject._meta.label_lower, object_id=subject.pk,
        realm=realm, data={"level": level},
    )  # fmt: skip
