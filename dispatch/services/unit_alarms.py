"""Alarms about units: raised once for one thing, looked at by a person, told to the next level when nobody does."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import User
from common.errors import ConflictError, NotFoundError, gettext_noop
from common.locking import locked, locked_all
from dispatch.choices import EscalationLevel, UnitAlarmKind, UnitStatus
from dispatch.models import Assignment, Incident, Unit, UnitAlarm, UnitPosition
from dispatch.rules.stages import LEVELS, escalate_after_s
from dispatch.rules.units import FREE, HELD, STATUS_OF_STATE
from realtime.models import Realm

ALARM_RELATED = (
    "realm",
    "unit__agency",
    "unit__type",
    "unit__station",
    "incident__owner",
    "acknowledged_by",
    "ended_by",
)


def alarm_raise(
    *,
    unit: Unit,
    kind: UnitAlarmKind,
    about_at: datetime,
    at: datetime,
    assignment: Assignment | None = None,
    reason: str = "",
    status_before: str = "",
) -> tuple[UnitAlarm, bool]:
    """The alarm about this, and whether it is new: one thing alarms once."""
    where = UnitPosition.objects.filter(unit=unit).first()
    after_s = escalate_after_s(kind, EscalationLevel.DESK)
    alarm, is_new = UnitAlarm.objects.get_or_create(
        unit=unit, kind=kind, about_at=about_at,
        defaults={
            "realm": unit.realm, "assignment": assignment, "incident": assignment.incident if assignment else None,
            "reason": reason[:200], "lat": where.lat if where else None, "lon": where.lon if where else None,
            "status_before": status_before, "raised_at": at,
            "escalate_at": at + timedelta(seconds=after_s) if after_s is not None else None,
        },
    )  # fmt: skip
    return alarm, is_new


def emergency_press(*, unit: Unit, assignment: Assignment | None, at: datetime, reason: str = "") -> UnitAlarm:
    """The emergency button of a locked unit. Pressed again it is the same alarm, to be looked at anew."""
    alarm = locked(UnitAlarm.objects.filter(unit=unit, kind=UnitAlarmKind.EMERGENCY, ended_at=None), *ALARM_RELATED)
    if alarm is None:
        return alarm_raise(
            unit=unit, kind=UnitAlarmKind.EMERGENCY, about_at=at, at=at, assignment=assignment, reason=reason,
            status_before=unit.status,
        )[0]  # fmt: skip
    alarm.presses += 1
    if alarm.acknowledged_at is not None:
        alarm.acknowledged_at = alarm.acknowledged_by = None
        alarm.level = EscalationLevel.DESK
        after_s = escalate_after_s(UnitAlarmKind.EMERGENCY, EscalationLevel.DESK) or 0
        alarm.escalate_at = at + timedelta(seconds=after_s)
    alarm.save(update_fields=["presses", "acknowledged_at", "acknowledged_by", "level", "escalate_at"])
    return alarm


def alarm_acknowledge(*, alarm: UnitAlarm, user: User, at: datetime) -> UnitAlarm:
    """Somebody looks at it: nobody else is told. What is over by that ends; an emergency does not. Must be locked.

    Raises ConflictError `alarm_taken` with the name of who was faster.
    """
    if alarm.acknowledged_at is not None or alarm.ended_at is not None:
        raise ConflictError(
            "alarm_taken",
            gettext_noop("%(who)s looks at this already."),
            {"who": str(alarm.acknowledged_by or alarm.ended_by or "–")},
        )
    alarm.acknowledged_by, alarm.acknowledged_at, alarm.escalate_at = user, at, None
    fields = ["acknowledged_by", "acknowledged_at", "escalate_at"]
    if alarm.kind != UnitAlarmKind.EMERGENCY:
        alarm.ended_at, alarm.ended_by = at, user
        fields += ["ended_at", "ended_by"]
    alarm.save(update_fields=fields)
    return alarm


def emergency_end(*, alarm: UnitAlarm, user: User, at: datetime, reason: str) -> UnitAlarm:
    """The unit is safe; ended by a person who has looked at it. `alarm` must be locked.

    Raises ConflictError `alarm_open` while nobody has looked at it, `alarm_ended`.
    """
    if alarm.kind != UnitAlarmKind.EMERGENCY or alarm.ended_at is not None:
        raise ConflictError("alarm_ended", gettext_noop("This alarm is over already."))
    if alarm.acknowledged_at is None:
        raise ConflictError("alarm_open", gettext_noop("Nobody has looked at this alarm yet; do that first."))
    alarm.ended_at, alarm.ended_by, alarm.escalate_at = at, user, None
    alarm.reason = reason[:200]
    alarm.save(update_fields=["ended_at", "ended_by", "escalate_at", "reason"])
    return alarm


def alarm_escalate(*, alarm: UnitAlarm, at: datetime) -> str | None:
    """Tell the next level of a locked alarm that nobody has looked at in time; the level, or None."""
    if alarm.escalate_at is None or alarm.escalate_at > at or alarm.acknowledged_at or alarm.ended_at:
        return None
    level = LEVELS[LEVELS.index(alarm.level) + 1]
    alarm.level = EscalationLevel(level)
    after_s = escalate_after_s(alarm.kind, level)
    alarm.escalate_at = None if after_s is None else at + timedelta(seconds=after_s)
    alarm.save(update_fields=["level", "escalate_at"])
    return level


def alarm_over(*, alarm: UnitAlarm, at: datetime) -> UnitAlarm:
    """What it was about has been done; never for an emergency. `alarm` must be locked."""
    alarm.ended_at, alarm.escalate_at = at, None
    alarm.save(update_fields=["ended_at", "escalate_at"])
    return alarm


def alarms_follow(units: Sequence[Assignment], incident: Incident) -> list[UnitAlarm]:
    """Open alarms about units that went over to another incident are about that; returns them."""
    alarms = locked_all(UnitAlarm.objects.filter(assignment__in=units, ended_at=None), *ALARM_RELATED)
    for alarm in alarms:
        alarm.incident = incident
        alarm.save(update_fields=["incident"])
    return alarms


def alarm_locked(*, realm: Realm, alarm_id: uuid.UUID) -> UnitAlarm:
    """The row, locked; raises NotFoundError."""
    alarm = locked(UnitAlarm.objects.filter(realm=realm, pk=alarm_id), *ALARM_RELATED)
    if alarm is None:
        raise NotFoundError
    return alarm


def status_after_emergency(alarm: UnitAlarm, live: Assignment | None) -> UnitStatus:
    """Where a unit stands once its emergency is over: as before if it was held then, else as its work says."""
    if alarm.status_before in HELD - {"PN"}:
        return UnitStatus(alarm.status_before)
    if live is not None:
        return UnitStatus(STATUS_OF_STATE[live.state])
    return UnitStatus(alarm.status_before if alarm.status_before in FREE else "AVM")
