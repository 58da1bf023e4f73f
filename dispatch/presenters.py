"""Rows as the consoles and the API see them; one form for both, so that state plus events equals a fresh state."""

from datetime import datetime

from dispatch.events import CallPayload, IncidentPayload, TimelinePayload
from dispatch.models import Call, Incident, TimelineEntry


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def call_present(call: Call) -> CallPayload:
    """A call; reads `answered_by`."""
    return CallPayload(
        id=str(call.pk),
        number=call.number,
        state=call.state,
        medium=call.medium,
        caller_number=call.caller_number,
        incident_id=str(call.incident_id) if call.incident_id else None,
        answered_by=str(call.answered_by) if call.answered_by else None,
        arrived_at=call.arrived_at.isoformat(),
        answered_at=_moment(call.answered_at),
        ended_at=_moment(call.ended_at),
    )


def incident_present(incident: Incident) -> IncidentPayload:
    """An incident; reads `type`, `place` and `opened_by`."""
    return IncidentPayload(
        id=str(incident.pk),
        number=incident.number,
        type=incident.type.code,
        priority=incident.priority,
        state=incident.state,
        place_text=incident.place_text,
        place=incident.place.code if incident.place else None,
        lat=incident.lat,
        lon=incident.lon,
        radius_m=incident.radius_m,
        summary=incident.summary,
        caller_name=incident.caller_name,
        caller_number=incident.caller_number,
        revision=incident.revision,
        opened_by=str(incident.opened_by),
        opened_at=incident.opened_at.isoformat(),
        changed_at=incident.changed_at.isoformat(),
    )


def timeline_present(entry: TimelineEntry) -> TimelinePayload:
    """A line of the timeline; reads `author`."""
    return TimelinePayload(
        id=str(entry.pk),
        incident_id=str(entry.incident_id),
        kind=entry.kind,
        text=entry.text,
        data=entry.data,
        author=str(entry.author) if entry.author else None,
        occurred_at=entry.occurred_at.isoformat(),
    )
