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
    rounds_wanted: int
    rounds_assigned: int
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


class CameraPayload(EventPayload):
    """A camera as the map draws it."""

    code: str
    name: str
    lat: float
    lon: float
    heading_deg: float | None
    hfov_deg: float | None
    range_m: float


class SnapshotPayload(EventPayload):
    """A picture's frame; its bytes come from an address of their own, never through the stream."""

    id: str
    width: int
    height: int
    received_at: str
    is_original: bool


class IncidentCameraPayload(EventPayload):
    """One camera asked in one round, and how far it got."""

    id: str
    incident_id: str
    camera: CameraPayload
    round: int
    rank: int
    distance_m: float
    reasons: list[str]
    state: str
    fault_code: str
    snapshot: SnapshotPayload | None
    faces_found: int | None
    wanted_at: str
    captured_at: str | None
    finished_at: str | None


class MatchCameraPayload(EventPayload):
    """Where a candidate was seen."""

    code: str
    name: str


class MatchEntryPayload(EventPayload):
    """Who is sought, as far as a reviewer must know."""

    label: str
    kind: str
    is_minor: bool
    expires_at: str


class ReviewPayload(EventPayload):
    """One person's decision."""

    reviewer: str
    decision: str
    reason: str
    note: str
    reviewed_at: str


class MatchPayload(EventPayload):
    """A candidate. `reviews` stays empty until it is settled, so that a second reviewer judges without the first."""

    id: str
    incident_id: str
    snapshot: SnapshotPayload
    camera: MatchCameraPayload
    entry: MatchEntryPayload
    tier: str
    state: str
    raw_score: float
    normalised_score: float | None
    threshold: float
    expected_false_candidates: float | None
    box: list[float]
    quality: dict[str, Any]
    engine: str
    engine_version: str
    proposed_at: str
    expires_at: str
    settled_at: str | None
    review_count: int
    reviews: list[ReviewPayload]


CALL_CHANGED = event_kind("call.changed", CallPayload, Permission.CALL_VIEW)
INCIDENT_CHANGED = event_kind("incident.changed", IncidentPayload, Permission.INCIDENT_VIEW)
TIMELINE_ADDED = event_kind("timeline.added", TimelinePayload, Permission.INCIDENT_VIEW)
INCIDENT_CAMERA_CHANGED = event_kind("incident_camera.changed", IncidentCameraPayload, Permission.CAMERA_VIEW)
MATCH_CHANGED = event_kind("match.changed", MatchPayload, Permission.MATCH_VIEW)
