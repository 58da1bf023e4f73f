"""Units, their positions, and what a crew sees of its own work."""

from datetime import datetime
from typing import Any

from accounts.models import User
from common.errors import NotFoundError
from dispatch.choices import ENDED_ASSIGNMENT_STATES
from dispatch.models import Assignment, Unit, UnitAlarm, UnitPosition
from dispatch.presenters.incidents import assignment_present
from dispatch.presenters.units import position_present, unit_alarm_present, unit_present
from dispatch.rules.transitions import ASSIGNMENT_EDGES
from dispatch.rules.units import BEFALLS, FREE, HELD
from dispatch.selectors.state import ASSIGNMENTS, UNIT_ALARMS, UNITS
from realtime.models import Realm

POSITION_FIELDS = (
    "unit__call_sign", "lat", "lon", "speed_kmh", "heading_deg", "accuracy_m", "measured_at", "received_at",
)  # fmt: skip
# What a crew may do with its own work; only the dispatcher turns it back or sends it elsewhere.
CREW_STEPS = (
    "acknowledged", "enroute", "staged", "on_scene", "transporting", "at_destination", "cleared", "refused",
)  # fmt: skip
CREW_STATUSES = ("AV", "AVM", "RT", "BR", "OO", "UM", "OD")


def positions_read(*, realm: Realm, at: datetime, after: datetime | None = None) -> list[dict[str, Any]]:
    """Where the units are; with `after`, only what has come since."""
    rows = UnitPosition.objects.filter(unit__realm=realm, unit__is_active=True)
    if after is not None:
        rows = rows.filter(received_at__gt=after)
    return [position_present(row, at) for row in rows.order_by("unit__call_sign").values(*POSITION_FIELDS)]


def units_read(*, realm: Realm, at: datetime) -> dict[str, Any]:
    """All units in service, with where they are and what alarms there are."""
    return {
        "units": [unit_present(unit).model_dump() for unit in UNITS.filter(realm=realm, is_active=True)],
        "positions": positions_read(realm=realm, at=at),
        "alarms": [unit_alarm_present(row).model_dump() for row in UNIT_ALARMS.filter(realm=realm, ended_at=None)],
    }


def own_unit(*, realm: Realm, user: User) -> Unit:
    """The unit that a user is the account of; raises NotFoundError."""
    unit = UNITS.filter(realm=realm, account=user, is_active=True).first()
    if unit is None:
        raise NotFoundError
    return unit


def own_unit_read(*, realm: Realm, user: User) -> dict[str, Any]:
    """A crew's unit, its work, and what may be done next: who called stays with the centre."""
    unit = own_unit(realm=realm, user=user)
    live = own_work(unit)
    emergency = UnitAlarm.objects.filter(unit=unit, kind="emergency", ended_at=None).select_related("acknowledged_by")
    alarm = emergency.first()
    return {
        "unit": unit_present(unit).model_dump(),
        "assignment": assignment_present(live).model_dump() if live else None,
        "incident": _incident(live) if live else None,
        "steps": [state for state in CREW_STEPS if live and state in ASSIGNMENT_EDGES[live.state]],
        "statuses": statuses_of(unit, live),
        "emergency": None
        if alarm is None
        else {
            "raised_at": alarm.raised_at.isoformat(),
            "acknowledged_by": str(alarm.acknowledged_by) if alarm.acknowledged_by else None,
        },
    }


def own_work(unit: Unit) -> Assignment | None:
    """What a unit is on."""
    rows = ASSIGNMENTS.select_related("incident__type").filter(unit=unit)
    return rows.exclude(state__in=ENDED_ASSIGNMENT_STATES).first()


def statuses_of(unit: Unit, live: Assignment | None) -> list[str]:
    """What a crew may say of itself now."""
    if unit.status == "PN":
        return []
    if live is None:
        return [status for status in CREW_STATUSES if status != unit.status and status in FREE | HELD]
    if unit.status in HELD:
        return ["AVM"]
    return sorted(BEFALLS)


def _incident(live: Assignment) -> dict[str, Any]:
    incident = live.incident
    return {
        "number": incident.number,
        "type": incident.type.code,
        "type_name_id": incident.type.name_id,
        "type_name_en": incident.type.name_en,
        "priority": incident.priority,
        "place_text": incident.place_text,
        "lat": incident.lat,
        "lon": incident.lon,
        "summary": incident.summary,
    }
