"""What is overdue, told to those who must know: desk, supervisor, head of operations. Run by the clock."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.services.audit import SYSTEM, audit_write
from common import clock
from common.locking import locked
from dispatch.choices import CallState, EscalationLevel, NextStep, PartState, TimelineKind
from dispatch.models import AgencyPart, Call, Escalation, Incident
from dispatch.models.incidents import IS_OPEN
from dispatch.publish import tell_call, tell_incident, tell_line, tell_part
from dispatch.rules.follow import LEVELS, Rule, levels_due, rule_for
from dispatch.services.follow import rule_of, rules_read
from dispatch.services.incidents import INCIDENT_RELATED
from dispatch.services.timeline import entry_add

BATCH = 500
CALLBACK_RULE = Rule("", "", "", NextStep.CALL_BACK, 300, 300, 1800)
WRAP_UP_RULE = Rule("", "", "", NextStep.CLOSE, 180, 300, 1800)
WRAP_UP_WITHIN = timedelta(seconds=WRAP_UP_RULE.due_s)


def overdue_escalate() -> int:
    """Escalate everything that is overdue now; returns how many levels were told.

    Each row is done in a transaction of its own; repeating it tells nobody twice, which a constraint holds.
    """
    return (
        _each(_incident_ids(clock.now()), _incident_escalate)
        + _each(_call_ids(clock.now()), _call_escalate)
        + _each(_part_ids(clock.now()), _part_escalate)
    )


def _each(keys: list[uuid.UUID], escalate: Callable[[uuid.UUID], int]) -> int:
    count = 0
    for key in keys[:BATCH]:
        with transaction.atomic():
            count += escalate(key)
    return count


def _incident_ids(at: datetime) -> list[uuid.UUID]:
    # Only those whose next level is due now: what waits for a higher level must not fill the batch.
    rows = Incident.objects.filter(IS_OPEN, due_at__lte=at).exclude(escalation=EscalationLevel.HEAD)
    rules, found = rules_read(), []
    for incident in rows.select_related("type").order_by("due_at", "pk").iterator():
        rule = rule_for(rules, state=incident.state, type_code=incident.type.code, priority=incident.priority)
        if incident.due_at and _new_levels(incident.escalation, levels_due(rule, due_at=incident.due_at, at=at)):
            found.append(incident.pk)
    return found


def _call_ids(at: datetime) -> list[uuid.UUID]:
    callback = Q(state=CallState.CALLBACK_DUE, callback_due_at__lte=at)
    unwrapped = Q(state__in=[CallState.ENDED, CallState.WRAP_UP], ended_at__lte=at - WRAP_UP_WITHIN)
    rows = Call.objects.filter(callback | unwrapped).exclude(escalation=EscalationLevel.HEAD)
    found = []
    for call in rows.order_by("arrived_at", "pk").iterator():
        due = _call_due(call)
        if due is not None and _new_levels(call.escalation, levels_due(due[0], due_at=due[1], at=at)):
            found.append(call.pk)
    return found


def _part_ids(at: datetime) -> list[uuid.UUID]:
    rows = AgencyPart.objects.filter(state=PartState.NOTIFIED, answer_due_at__lte=at, is_overdue_told=False)
    rows = rows.filter(incident__in=Incident.objects.filter(IS_OPEN))
    return list(rows.order_by("answer_due_at").values_list("pk", flat=True)[:BATCH])


def _incident_escalate(key: uuid.UUID) -> int:
    incident = locked(Incident.objects.filter(IS_OPEN, pk=key), *INCIDENT_RELATED, skip_locked=True)
    if incident is None or incident.due_at is None:
        return 0
    at = clock.now()
    new = _new_levels(incident.escalation, levels_due(rule_of(incident), due_at=incident.due_at, at=at))
    if not new:
        return 0
    incident.escalation = new[-1]
    incident.save(update_fields=["escalation"])
    lines = []
    for level in new:
        _write(incident, level, NextStep(incident.next_step), incident.due_at, at, incident=incident)
        data = {"level": level, "step": incident.next_step, "due_at": incident.due_at.isoformat()}
        lines.append(entry_add(incident=incident, kind=TimelineKind.ESCALATED, actor=SYSTEM, at=at, data=data))
    for level in new:
        _audit(incident, level, incident.realm.code)
    tell_incident(incident)
    for line in lines:
        tell_line(incident.realm, line)
    return len(new)


def _call_due(call: Call) -> tuple[Rule, datetime] | None:
    """What is to be done with a call and until when, if anything."""
    if call.state == CallState.CALLBACK_DUE and call.callback_due_at is not None:
        return CALLBACK_RULE, call.callback_due_at
    if call.state in {CallState.ENDED, CallState.WRAP_UP} and call.ended_at is not None:
        return WRAP_UP_RULE, call.ended_at + WRAP_UP_WITHIN
    return None


def _call_escalate(key: uuid.UUID) -> int:
    call = locked(Call.objects.filter(pk=key), "realm", "answered_by", "offered_to", skip_locked=True)
    due = _call_due(call) if call is not None else None
    if call is None or due is None:
        return 0
    (rule, due_at), at = due, clock.now()
    new = _new_levels(call.escalation, levels_due(rule, due_at=due_at, at=at))
    if not new:
        return 0
    call.escalation = new[-1]
    call.save(update_fields=["escalation"])
    for level in new:
        _write(call, level, NextStep(rule.next_step), due_at, at, call=call)
    for level in new:
        _audit(call, level, call.realm.code)
    tell_call(call)
    return len(new)


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


def _write(of: Incident | Call, level: str, step: NextStep, due_at: datetime, at: datetime, **subject: Any) -> None:
    Escalation.objects.get_or_create(
        realm=of.realm, level=level, due_at=due_at, **subject, defaults={"step": step, "escalated_at": at}
    )


def _audit(subject: Incident | Call | AgencyPart, level: str, realm: str) -> None:
    audit_write(
        actor=SYSTEM, action="overdue_escalated", object_type=subject._meta.label_lower, object_id=subject.pk,
        realm=realm, data={"level": level},
    )  # fmt: skip
