"""What the consoles are told of calls and incidents; each event carries the whole entity."""

from typing import Any

from accounts.permissions import Permission
from realtime.events import EventPayload, event_kind


class CallPayload(EventPayload):
    """A call as the queue shows it."""

    id: str
    number: int
    state: str
    medium: str
    caller_number: str | None
    incident_id: str | None
    answered_by: str | None
    arrived_at: str
    answered_at: str | None
    ended_at: str | None


class IncidentPayload(EventPayload):
    """An incident as lists, form and map show it."""

    id: str
    number: int
    type: str
    priority: str
    state: str
    place_text: str
    place: str | None
    lat: float | None
    lon: float | None
    radius_m: float | None
    summary: str
    caller_name: str
    caller_number: str | None
    revision: int
    opened_by: str
    opened_at: str
    changed_at: str


class TimelinePayload(EventPayload):
    """One line of an incident's story."""

    id: str
    incident_id: str
    kind: str
    text: str
    data: dict[str, Any]
    author: str | None
    occurred_at: str


CALL_CHANGED = event_kind("call.changed", CallPayload, Permission.CALL_VIEW)
INCIDENT_CHANGED = event_kind("incident.changed", IncidentPayload, Permission.INCIDENT_VIEW)
TIMELINE_ADDED = event_kind("timeline.added", TimelinePayload, Permission.INCIDENT_VIEW)
