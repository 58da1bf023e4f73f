"""What units say about themselves, what desks say for them, and the alarms that come of it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from common.errors import ConflictError, NotFoundError, gettext_noop
from dispatch.actions.base import record
from dispatch.actions.telling import Telling
from dispatch.actions.units import step_take
from dispatch.choices import AssignmentState, PositionSource, TimelineKind, UnitStatus
from dispatch.models import Assignment, Incident, Unit, UnitAlarm
from dispatch.rules.units import STATE_OF_STATUS
from dispatch.services.positions import Taken, positions_take
from dispatch.services.unit_alarms import alarm_acknowledge as alarm_acknowledge_write
from dispatch.services.unit_alarms import alarm_locked
from dispatch.services.unit_moves import live_of, unit_find, unit_locked, unit_of
from dispatch.services.unit_status import crew_set, distress_begin, distress_end, status_set
from realtime.models import Realm


def own_status(*, user: User, source: str, realm: Realm, status: UnitStatus, reason: str = "") -> Unit:
    """A crew's word about its own unit. A status that belongs to its work is taken as a step of that."""
    require(user, Permission.UNIT_REPORT)
    unit_id = unit_of(user=user, realm=realm)
    live = live_of(unit_id=unit_id)
    state = STATE_OF_STATUS.get(status)
    if live is not None and state is not None and state != live.state:
        row = step_take(
            actor=Actor(user, source), realm=realm, assignment_id=live.pk, state=AssignmentState(state), reason=reason
        )
        return row.unit
    return _status(Actor(user, source), realm, unit_id, status, reason)


def own_step(
    *, user: User, source: str, realm: Realm, state: AssignmentState, reason: str = "", destination: str = ""
) -> Assignment:
    """A crew's next step in its own work; NotFoundError without any."""
    require(user, Permission.UNIT_REPORT)
    live = live_of(unit_id=unit_of(user=user, realm=realm))
    if live is None:
        raise NotFoundError
    if state == AssignmentState.CANCELLED_ENROUTE:
        raise ConflictError("desk_decides", gettext_noop("Only the dispatcher turns a unit back."))
    return step_take(
        actor=Actor(user, source), realm=realm, assignment_id=live.pk, state=state, reason=reason,
        destination=destination,
    )  # fmt: skip


def own_emergency(*, user: User, source: str, realm: Realm, reason: str = "") -> UnitAlarm:
    """The crew's emergency button."""
    require(user, Permission.UNIT_REPORT)
    return _emergency(Actor(user, source), realm, unit_of(user=user, realm=realm), reason)


def own_position(*, user: User, realm: Realm, item: Any) -> Taken:
    """Where the crew's device is; for its own unit only."""
    require(user, Permission.UNIT_REPORT)
    unit_id = unit_of(user=user, realm=realm)
    call_sign = Unit.objects.values_list("call_sign", flat=True).get(pk=unit_id)
    told = {**item, "unit": call_sign} if isinstance(item, dict) else item
    return positions_take(realm=realm, items=[told], source=PositionSource.DEVICE, at=clock.now(), only_unit=unit_id)


def positions_send(*, user: User, realm: Realm, items: Sequence[Any]) -> Taken:
    """A gateway's batch."""
    require(user, Permission.UNIT_POSITION_SEND)
    return positions_take(realm=realm, items=items, source=PositionSource.GATEWAY, at=clock.now())


def unit_status(*, user: User, source: str, realm: Realm, call_sign: str, status: UnitStatus, reason: str = "") -> Unit:
    """What a desk heard of a unit."""
    require(user, Permission.UNIT_ASSIGN)
    return _status(Actor(user, source), realm, unit_find(realm=realm, call_sign=call_sign), status, reason)


def unit_crew(
    *,
    user: User,
    source: str,
    realm: Realm,
    call_sign: str,
    crew_count: int,
    crew_text: str = "",
    radio: str = "",
    contact: str = "",
) -> Unit:
    """Who is on this shift."""
    require(user, Permission.UNIT_ASSIGN)
    with transaction.atomic():
        actor = Actor(user, source)
        unit = unit_locked(unit_id=unit_find(realm=realm, call_sign=call_sign))
        at = clock.now()
        crew_set(unit=unit, crew_count=crew_count, crew_text=crew_text, radio=radio, contact=contact)
        telling = Telling(realm, actor, at)
        telling.unit(unit)
        record(actor, "unit_crew_changed", unit, realm, {"crew_count": crew_count})
        telling.tell()
    return unit


def unit_emergency(*, user: User, source: str, realm: Realm, call_sign: str, reason: str = "") -> UnitAlarm:
    """A desk heard a unit in distress."""
    require(user, Permission.UNIT_ASSIGN)
    return _emergency(Actor(user, source), realm, unit_find(realm=realm, call_sign=call_sign), reason)


def alarm_acknowledge(*, user: User, source: str, realm: Realm, alarm_id: uuid.UUID) -> UnitAlarm:
    """Look at an alarm; of many who try at once one does, and the others learn who."""
    require(user, Permission.UNIT_ASSIGN)
    with transaction.atomic():
        actor = Actor(user, source)
        alarm = alarm_locked(realm=realm, alarm_id=alarm_id)
        at = clock.now()
        alarm_acknowledge_write(alarm=alarm, user=user, at=at)
        telling = Telling(realm, actor, at)
        _alarm_line(telling, alarm, {"acknowledged": True})
        record(actor, "unit_alarm_acknowledged", alarm, realm, {"kind": alarm.kind})
        telling.unit_alarm(alarm)
        telling.tell()
    return alarm


def emergency_end(*, user: User, source: str, realm: Realm, alarm_id: uuid.UUID, reason: str) -> UnitAlarm:
    """The unit is safe, and somebody says how that is known."""
    require(user, Permission.UNIT_ASSIGN)
    unit_id = UnitAlarm.objects.filter(realm=realm, pk=alarm_id).values_list("unit_id", flat=True).first()
    if unit_id is None:
        raise NotFoundError
    with transaction.atomic():
        actor = Actor(user, source)
        unit = unit_locked(unit_id=unit_id)
        alarm = alarm_locked(realm=realm, alarm_id=alarm_id)
        at = clock.now()
        distress_end(unit=unit, alarm=alarm, actor=actor, at=at, reason=reason)
        telling = Telling(realm, actor, at)
        _alarm_line(telling, alarm, {"ended": True}, text=reason)
        record(actor, "unit_emergency_ended", alarm, realm, {"unit": unit.call_sign, "status": unit.status})
        telling.unit(unit)
        telling.unit_alarm(alarm)
        telling.tell()
    return alarm


def _status(actor: Actor, realm: Realm, unit_id: int, status: UnitStatus, reason: str) -> Unit:
    with transaction.atomic():
        unit = unit_locked(unit_id=unit_id)
        at = clock.now()
        has_changed, alarm = status_set(unit=unit, to=status, actor=actor, at=at, reason=reason)
        if not has_changed:
            return unit
        telling = Telling(realm, actor, at)
        if alarm is not None:
            _alarm_line(telling, alarm, {"status": unit.status}, text=reason)
            telling.unit_alarm(alarm)
        record(actor, "unit_status_changed", unit, realm, {"status": unit.status})
        telling.unit(unit)
        telling.tell()
    return unit


def _emergency(actor: Actor, realm: Realm, unit_id: int, reason: str) -> UnitAlarm:
    with transaction.atomic():
        unit = unit_locked(unit_id=unit_id)
        at = clock.now()
        alarm = distress_begin(unit=unit, actor=actor, at=at, reason=reason)
        telling = Telling(realm, actor, at)
        _alarm_line(telling, alarm, {"presses": alarm.presses})
        record(actor, "unit_emergency", alarm, realm, {"unit": unit.call_sign, "presses": alarm.presses})
        telling.unit(unit)
        telling.unit_alarm(alarm)
        telling.tell()
    return alarm


def _alarm_line(telling: Telling, alarm: UnitAlarm, data: dict[str, Any], *, text: str = "") -> None:
    """A line in the story of the incident that the unit was on."""
    if alarm.incident_id is not None:
        incident = Incident.objects.get(pk=alarm.incident_id)
        shown = {"unit": alarm.unit.call_sign, "alarm": alarm.kind, **data}
        telling.line(incident, TimelineKind.UNIT_ALARM, shown, text=text)
