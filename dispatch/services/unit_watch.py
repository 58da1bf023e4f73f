"""What the clock does with units: late steps, alarms that nobody looks at, lost positions, units back at their post.

Each row is done in a transaction of its own, and repeating it does nothing twice.
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.services.audit import SYSTEM, Actor, audit_write
from common import clock
from common.geo import distance_m
from common.locking import locked
from dispatch.choices import ENDED_ASSIGNMENT_STATES, AssignmentState, TimelineKind, UnitAlarmKind, UnitStatus
from dispatch.models import Assignment, Incident, Unit, UnitAlarm
from dispatch.publish import tell_assignment, tell_line, tell_unit, tell_unit_alarm
from dispatch.rules.positions import AT_POST_M, STALE
from dispatch.rules.stages import stage_of
from dispatch.services.assignments import ASSIGNMENT_RELATED
from dispatch.services.timeline import entry_add
from dispatch.services.unit_alarms import ALARM_RELATED, alarm_escalate, alarm_over, alarm_raise
from dispatch.services.unit_moves import UNIT_RELATED, live_of, unit_move

BATCH = 500
BY_POSITION = Actor(None, "position")
ON_THE_WAY = (AssignmentState.ENROUTE, AssignmentState.TRANSPORTING)
LATE_KINDS = (
    UnitAlarmKind.NOT_ACKNOWLEDGED, UnitAlarmKind.NOT_EN_ROUTE, UnitAlarmKind.NOT_ARRIVED, UnitAlarmKind.NO_REPORT,
)  # fmt: skip
Key = TypeVar("Key", uuid.UUID, int)


def units_watch() -> int:
    """Everything that is due now; returns how many things were done."""
    at = clock.now()
    return (
        _each(_escalation_ids(at), lambda key: _alarm_escalate(key, at))
        + _each(_late_ids(at), lambda key: _late_alarm(key, at))
        + _each(alarms_over(), lambda key: _alarm_over(key, at))
        + _each(_lost_ids(at), lambda key: _lost_alarm(key, at))
        + _each(units_home(at), lambda key: _home(key, at))
    )


def _each(keys: Iterable[Key], work: Callable[[Key], bool]) -> int:
    count = 0
    for key in keys:
        with transaction.atomic():
            count += work(key)
    return count


def _escalation_ids(at: datetime) -> list[uuid.UUID]:
    rows = UnitAlarm.objects.filter(escalate_at__lte=at, ended_at=None, acknowledged_at=None)
    return list(rows.order_by("escalate_at").values_list("pk", flat=True)[:BATCH])


def _alarm_escalate(key: uuid.UUID, at: datetime) -> bool:
    alarm = locked(UnitAlarm.objects.filter(pk=key), *ALARM_RELATED, skip_locked=True)
    level = alarm_escalate(alarm=alarm, at=at) if alarm else None
    if alarm is None or level is None:
        return False
    line = None
    if alarm.incident is not None:
        data = {"level": level, "unit": alarm.unit.call_sign, "alarm": alarm.kind}
        line = entry_add(incident=alarm.incident, kind=TimelineKind.ESCALATED, actor=SYSTEM, at=at, data=data)
    _audit(alarm, "unit_alarm_escalated", {"level": level, "kind": alarm.kind})
    tell_unit_alarm(alarm)
    if line is not None:
        tell_line(alarm.realm, line)
    return True


def _late_ids(at: datetime) -> list[uuid.UUID]:
    rows = Assignment.objects.filter(due_at__lte=at, is_overdue=False, ended_at=None)
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:BATCH])


def _late_alarm(key: uuid.UUID, at: datetime) -> bool:
    """A step that was not taken in time: told once for each step."""
    row = _assignment(key)
    if row is None or row.due_at is None or row.due_at > at or row.is_overdue:
        return False
    kind = row.unit.type
    stage = stage_of(
        row.state, priority=row.incident.priority, turnout_s=kind.turnout_s if kind else None, eta_s=row.eta_s
    )
    if stage is None:
        return False
    row.is_overdue = True
    row.save(update_fields=["is_overdue"])
    alarm, _is_new = alarm_raise(
        unit=row.unit, kind=UnitAlarmKind(stage.kind), about_at=row.due_at, at=at, assignment=row
    )
    _raised(alarm, at)
    tell_assignment(row)
    return True


def alarms_over() -> list[uuid.UUID]:
    """Open alarms about a step that has been taken since, and about positions that are there again."""
    moved = Q(kind__in=LATE_KINDS) & (Q(assignment__due_at=None) | ~Q(assignment__due_at=F("about_at")))
    fixed = Q(kind=UnitAlarmKind.POSITION_STALE) & (
        Q(unit__position__measured_at__gt=F("about_at")) | ~Q(assignment__state__in=ON_THE_WAY)
    )
    return list(UnitAlarm.objects.filter(moved | fixed, ended_at=None).values_list("pk", flat=True)[:BATCH])


def _alarm_over(key: uuid.UUID, at: datetime) -> bool:
    alarm = locked(UnitAlarm.objects.filter(pk=key, ended_at=None), *ALARM_RELATED, skip_locked=True)
    if alarm is None:
        return False
    alarm_over(alarm=alarm, at=at)
    _audit(alarm, "unit_alarm_over", {"kind": alarm.kind})
    tell_unit_alarm(alarm)
    return True


def positions_awaited() -> QuerySet[Assignment]:
    """Units on their way that had a position, and of which nobody was told yet that it is lost."""
    told = UnitAlarm.objects.filter(
        kind=UnitAlarmKind.POSITION_STALE, unit=OuterRef("unit"), about_at=OuterRef("unit__position__measured_at")
    )
    return Assignment.objects.filter(state__in=ON_THE_WAY, unit__position__isnull=False).exclude(Exists(told))


def _lost_ids(at: datetime) -> list[uuid.UUID]:
    rows = positions_awaited().filter(unit__position__measured_at__lt=at - STALE)
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _lost_alarm(key: uuid.UUID, at: datetime) -> bool:
    row = _assignment(key)
    position = getattr(row.unit, "position", None) if row else None
    if row is None or position is None or row.state not in ON_THE_WAY or position.measured_at >= at - STALE:
        return False
    alarm, is_new = alarm_raise(
        unit=row.unit, kind=UnitAlarmKind.POSITION_STALE, about_at=position.measured_at, at=at, assignment=row
    )
    if is_new:
        _raised(alarm, at)
    return is_new


def units_home(at: datetime) -> list[int]:
    """Units that return, and whose position of the last minute is at their post."""
    rows = Unit.objects.filter(
        status=UnitStatus.RT,
        is_active=True,
        station__isnull=False,
        position__measured_at__gte=at - timedelta(seconds=60),
    )
    found = rows.values_list("pk", "station__lat", "station__lon", "position__lat", "position__lon")
    return [row[0] for row in found if distance_m(*row[1:]) <= AT_POST_M][:BATCH]


def _home(key: int, at: datetime) -> bool:
    """A unit that was returning stands at its post again: its position says so."""
    unit = locked(Unit.objects.filter(pk=key, status=UnitStatus.RT), *UNIT_RELATED, skip_locked=True)
    if unit is None or live_of(unit_id=unit.pk) is not None:
        return False
    unit_move(unit=unit, to=UnitStatus.AV, actor=BY_POSITION, at=at)
    audit_write(
        actor=BY_POSITION, action="unit_status_changed", object_type="dispatch.unit", object_id=unit.pk,
        realm=unit.realm.code, data={"status": unit.status},
    )  # fmt: skip
    tell_unit(unit)
    return True


def _assignment(key: uuid.UUID) -> Assignment | None:
    """An assignment that has not ended, locked after its incident; None while somebody else works on either."""
    incident_id = Assignment.objects.filter(pk=key).values_list("incident_id", flat=True).first()
    if incident_id is None:
        return None
    incident = locked(Incident.objects.filter(pk=incident_id), "realm", skip_locked=True)
    rows = Assignment.objects.filter(pk=key, incident_id=incident_id).exclude(state__in=ENDED_ASSIGNMENT_STATES)
    row = locked(rows, *ASSIGNMENT_RELATED, "unit__realm", skip_locked=True) if incident else None
    if row is not None and incident is not None:
        row.incident = incident
    return row


def _raised(alarm: UnitAlarm, at: datetime) -> None:
    """The line in the story, the audit entry and the event of a new alarm; publishes, so call it last but events."""
    line = None
    if alarm.incident is not None:
        data = {"unit": alarm.unit.call_sign, "alarm": alarm.kind}
        line = entry_add(incident=alarm.incident, kind=TimelineKind.UNIT_ALARM, actor=SYSTEM, at=at, data=data)
    _audit(alarm, "unit_alarm_raised", {"kind": alarm.kind})
    tell_unit_alarm(alarm)
    if line is not None:
        tell_line(alarm.realm, line)


def _audit(alarm: UnitAlarm, action: str, data: dict[str, str]) -> None:
    audit_write(
        actor=SYSTEM, action=action, object_type="dispatch.unitalarm", object_id=alarm.pk, realm=alarm.realm.code,
        data=data,
    )  # fmt: skip
