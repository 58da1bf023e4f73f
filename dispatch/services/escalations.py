"""What is overdue, told to those who must know: desk, supervisor, head of operations. Run by the clock."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.services.audit import SYSTEM, audit_write
from common import clock
from dispatch.choices import CallState, EscalationLevel, NextStep, PartState, TimelineKind
from dispatch.models import AgencyPart, Call, Escalation, Incident
from dispatch.models.incidents import IS_OPEN
from dispatch.publish import tell_call, tell_incident, tell_line, tell_part
from dispatch.rules.follow import LEVELS, Rule, levels_due
from dispatch.services.follow import rule_of
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
    at = clock.now()
    return (
        _each(_incident_ids(at), lambda key: _incident_escalate(key, at))
        + _each(_call_ids(at), lambda key: _call_escalate(key, at))
        + _each(_part_ids(at), lambda key: _part_escalate(key, at))
    )


def _each(keys: list[uuid.UUID], escalate: Callable[[uuid.UUID], int]) -> int:
    count = 0
    for key in keys:
        with transaction.atomic():
            count += escalate(key)
    return count


def _incident_ids(at: datetime) -> list[uuid.UUID]:
    rows = Incident.objects.filter(IS_OPEN, due_at__lte=at).exclude(escalation=EscalationLevel.HEAD)
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:BATCH])


def _call_ids(at: datetime) -> list[uuid.UUID]:
    callback = Q(state=CallState.CALLBACK_DUE, callback_due_at__lte=at)
    unwrapped = Q(state__in=[CallState.ENDED, CallState.WRAP_UP], ended_at__lte=at - WRAP_UP_WITHIN)
    rows = Call.objects.filter(callback | unwrapped).exclude(escalation=EscalationLevel.HEAD)
    return list(rows.order_by("arrived_at").values_list("pk", flat=True)[:BATCH])


def _part_ids(at: datetime) -> list[uuid.UUID]:
    rows = AgencyPart.objects.filter(state=PartState.NOTIFIED, answer_due_at__lte=at, is_overdue_told=False)
    return list(rows.order_by("answer_due_at").values_list("pk", flat=True)[:BATCH])


def _incident_escalate(key: uuid.UUID, at: datetime) -> int:
    rows = Incident.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    incident = rows.select_related(*INCIDENT_RELATED).filter(IS_OPEN, pk=key).first()
    if incident is None or incident.due_at is None:
        return 0
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
        _audit(incident, level, incident.realm.code)
    tell_incident(incident)
    for line in lines:
        tell_line(incident.realm, line)
    return len(new)


def _call_escalate(key: uuid.UUID, at: datetime) -> int:
    rows = Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    call = rows.select_related("realm", "answered_by", "offered_to").filter(pk=key).first()
    if call is None:
        return 0
    if call.state == CallState.CALLBACK_DUE and call.callback_due_at is not None:
        rule, due_at = CALLBACK_RULE, call.callback_due_at
    elif call.state in {CallState.ENDED, CallState.WRAP_UP} and call.ended_at is not None:
        rule, due_at = WRAP_UP_RULE, call.ended_at + WRAP_UP_WITHIN
    else:
        return 0
    new = _new_levels(call.escalation, levels_due(rule, due_at=due_at, at=at))
    if not new:
        return 0
    call.escalation = new[-1]
    call.save(update_fields=["escalation"])
    for level in new:
        _write(call, level, NextStep(rule.next_step), due_at, at, call=call)
        _audit(call, level, call.realm.code)
    tell_call(call)
    return len(new)


def _part_escalate(key: uuid.UUID, at: datetime) -> int:
    """An agency that does not answer: the owner of the incident is told, once."""
    incident_id = AgencyPart.objects.values_list("incident_id", flat=True).get(pk=key)
    rows = Incident.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    incident = rows.select_related("realm").filter(pk=incident_id).first()
    part = (
        AgencyPart.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agency", "disposition", "forwarded_to")
        .filter(pk=key, state=PartState.NOTIFIED, is_overdue_told=False)
        .first()
    )
    if incident is None or part is None or part.answer_due_at is None:
        return 0
    part.incident, part.is_overdue_told = incident, True
    part.save(update_fields=["is_overdue_told"])
    _write(incident, EscalationLevel.DESK, NextStep.FOLLOW_AGENCY, part.answer_due_at, at, part=part)
    data = {"level": "desk", "step": NextStep.FOLLOW_AGENCY, "agency": part.agency.code}
    line = entry_add(incident=incident, kind=TimelineKind.ESCALATED, actor=SYSTEM, at=at, data=data)
    _audit(part, "desk", incident.realm.code)
    tell_part(part)
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
