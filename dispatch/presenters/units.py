"""Units, their alarms and their positions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.errors import SiagaError
from dispatch.events import UnitAlarmPayload, UnitPayload
from dispatch.models import Assignment, Unit, UnitAlarm
from dispatch.presenters.base import moment
from dispatch.presenters.incidents import assignment_present
from dispatch.rules.positions import freshness
from dispatch.rules.units import AVAILABILITY


def capabilities_of(unit: Unit) -> list[str]:
    """What a unit can do: what its type can, and what it has besides; reads `type`."""
    return sorted({*(unit.type.capabilities if unit.type else ()), *unit.capabilities})


def unit_present(unit: Unit) -> UnitPayload:
    """A unit; reads `agency`, `type` and `station`."""
    return UnitPayload(
        id=str(unit.pk),
        call_sign=unit.call_sign,
        name=unit.name,
        agency=unit.agency.code,
        type=unit.type.code if unit.type else None,
        station=unit.station.code if unit.station else None,
        capabilities=capabilities_of(unit),
        crew_count=unit.crew_count,
        crew_text=unit.crew_text,
        radio=unit.radio,
        contact=unit.contact,
        status=unit.status,
        availability=AVAILABILITY[unit.status],
        status_since=moment(unit.status_since),
        status_source=unit.status_source,
        status_reason=unit.status_reason,
        is_active=unit.is_active,
    )


def unit_alarm_present(alarm: UnitAlarm) -> UnitAlarmPayload:
    """An alarm; reads `unit.agency`, `acknowledged_by` and `ended_by`."""
    return UnitAlarmPayload(
        id=str(alarm.pk),
        unit=alarm.unit.call_sign,
        agency=alarm.unit.agency.code,
        kind=alarm.kind,
        reason=alarm.reason,
        incident_id=str(alarm.incident_id) if alarm.incident_id else None,
        assignment_id=str(alarm.assignment_id) if alarm.assignment_id else None,
        lat=alarm.lat,
        lon=alarm.lon,
        presses=alarm.presses,
        level=alarm.level,
        about_at=alarm.about_at.isoformat(),
        raised_at=alarm.raised_at.isoformat(),
        escalate_at=moment(alarm.escalate_at),
        acknowledged_by=str(alarm.acknowledged_by) if alarm.acknowledged_by else None,
        acknowledged_at=moment(alarm.acknowledged_at),
        ended_by=str(alarm.ended_by) if alarm.ended_by else None,
        ended_at=moment(alarm.ended_at),
    )


def sent_present(rows: Sequence[Assignment], refused: Sequence[tuple[str, SiagaError]]) -> dict[str, Any]:
    """Which units were sent, and which were not, each with the reason in the reader's words."""
    return {
        "sent": [assignment_present(row).model_dump() for row in rows],
        "refused": [
            {"unit": name, "code": error.code, "message": _(error.safe_message) % error.data, "data": error.data}
            for name, error in refused
        ],
    }


def position_present(row: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A position out of `selectors.positions.POSITION_FIELDS`, with how fresh it is."""
    return {
        "unit": row["unit__call_sign"],
        "lat": row["lat"],
        "lon": row["lon"],
        "speed_kmh": row["speed_kmh"],
        "heading_deg": row["heading_deg"],
        "accuracy_m": row["accuracy_m"],
        "measured_at": row["measured_at"].isoformat(),
        "freshness": freshness(row["measured_at"], at),
    }
