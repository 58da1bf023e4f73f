"""What the consoles are told of calls and incidents; each event carries the whole entity."""

from typing import Any

from accounts.permissions import Permission
from realtime.events import EventPayload, event_kind


class PositionPayload(EventPayload):
    """Where a caller is, as far as is known, and from what."""

    lat: float
    lon: float
    radius_m: float
    source: str
    measured_at: str


class CallPayload(EventPayload):
    """A call as the queue shows it. `is_lowered` and `storm_id` say why it may ring later than others."""

    id: str
    number: int
    state: str
    medium: str
    caller_number: str | None
    language: str
    skill: str
    is_lowered: bool
    storm_id: str | None
    incident_id: str | None
    offered_to: str | None
    answered_by: str | None
    position: PositionPayload | None
    arrived_at: str
    offered_at: str | None
    answered_at: str | None
    ended_at: str | None
    closed_at: str | None
    silent_at: str | None
    call_class: str
    note: str
    callback_due_at: str | None
    callback_attempts: int
    escalation: str


class QueuePayload(EventPayload):
    """The alarm of the queue; `ended_at` is empty while it is on."""

    id: str
    started_at: str
    ended_at: str | None
    waiting_max: int
    longest_wait_s: float


class PresencePayload(EventPayload):
    """Whether an operator is ready."""

    id: str
    name: str
    state: str
    languages: list[str]
    skills: list[str]
    idle_since: str | None


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
    owner: str | None
    next_step: str
    next_step_text: str
    due_at: str | None
    escalation: str
    disposition: str | None
    disposition_note: str
    merged_into: str | None
    closed_at: str | None
    reopened_at: str | None


class AssignmentPayload(EventPayload):
    """One unit on one incident."""

    id: str
    incident_id: str
    unit: str
    agency: str
    state: str
    made_by: str | None
    made_at: str
    reached_scene_at: str | None
    ended_at: str | None
    due_at: str | None
    is_overdue: bool
    eta_s: int | None
    alarm_level: int
    destination: str | None
    destination_text: str
    diverted_to: str | None
    proposed_rank: int | None
    override_reason: str
    override_note: str


class UnitPayload(EventPayload):
    """A unit as boards show it: what it is and how it stands. Its work comes as assignments, its place as positions."""

    id: str
    call_sign: str
    name: str
    agency: str
    type: str | None
    station: str | None
    capabilities: list[str]
    crew_count: int
    crew_text: str
    radio: str
    contact: str
    status: str
    availability: str
    status_since: str | None
    status_source: str
    status_reason: str
    is_active: bool


class UnitAlarmPayload(EventPayload):
    """Something about a unit that somebody has to look at; `ended_at` is empty while it lasts."""

    id: str
    unit: str
    agency: str
    kind: str
    reason: str
    incident_id: str | None
    assignment_id: str | None
    lat: float | None
    lon: float | None
    presses: int
    level: str
    about_at: str
    raised_at: str
    escalate_at: str | None
    acknowledged_by: str | None
    acknowledged_at: str | None
    ended_by: str | None
    ended_at: str | None


class PartPayload(EventPayload):
    """What one agency has to do in an incident, and what it answered."""

    id: str
    incident_id: str
    agency: str
    agency_name: str
    role: str
    priority: str
    state: str
    origin: str
    reason: str
    forwarded_to: str | None
    disposition: str | None
    notified_at: str
    answer_due_at: str | None
    answered_at: str | None
    ended_at: str | None
    is_overdue_told: bool


class OtherPartPayload(EventPayload):
    """What an agency sees of another one in the same incident."""

    agency: str
    agency_name: str
    role: str
    state: str


class AgencyIncidentPayload(EventPayload):
    """An incident as an agency sees it: what concerns its part, and nothing else.

    Who called is told only to those who are sent; who is told for information, or has given its part away, gets no
    person's data at all.
    """

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
    opened_at: str
    changed_at: str
    part: PartPayload
    others: list[OtherPartPayload]


class LinkPayload(EventPayload):
    """Two incidents that belong together: `child` is part of, related to, merged into or split off from `parent`."""

    id: str
    kind: str
    child_id: str
    child_number: int
    parent_id: str
    parent_number: int
    reason: str
    made_at: str
    ended_at: str | None


class StormPayload(EventPayload):
    """Calls from around one incident are grouped; `ended_at` is empty while that is on."""

    id: str
    incident_id: str
    incident_number: int
    lat: float
    lon: float
    radius_m: float
    started_at: str
    ended_at: str | None
    calls: int


class HandoverPayload(EventPayload):
    """A handover between two people."""

    id: str
    from_user: str
    to_user: str
    state: str
    note: str
    offered_at: str
    answered_at: str | None
    incident_ids: list[str]


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


class KeptSnapshotPayload(SnapshotPayload):
    """A picture of an incident, and how long it is kept.

    It can be shown once `derived_at` says that there is a copy with faces covered. `delete_after` is empty as long as
    its incident is open and it is part of that; at `deleted_at` its bytes were deleted.
    """

    derived_at: str | None
    retention_class: str
    delete_after: str | None
    deleted_at: str | None


class IncidentCameraPayload(EventPayload):
    """One camera asked in one round, and how far it got."""

    id: str
    incident_id: str
    camera: CameraPayload
    round: int
    rank: int
    distance_m: float
    reasons: list[str]
    preset: str
    times_asked: int
    state: str
    fault_code: str
    snapshot: KeptSnapshotPayload | None
    faces_found: int | None
    wanted_at: str
    captured_at: str | None
    finished_at: str | None


class CameraWatchPayload(EventPayload):
    """How the cameras of an incident are watched; `id` is the incident's. Over when `ended_at` is set.

    Somebody may be within `error_m` + `speed_m_s` * seconds since `origin_at` of (lat, lon); at 0 m/s nobody moves.
    `area` are corners [lat, lon] that an operator drew.
    """

    id: str
    incident_id: str
    origin: str
    lat: float
    lon: float
    error_m: float
    speed_m_s: float
    origin_at: str
    area: list[list[float]]
    started_at: str
    stop_at: str
    ended_at: str | None
    end: str
    extension_reason: str
    added: list[str]
    removed: list[str]


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
    frames: int
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
CAMERA_WATCH_CHANGED = event_kind("camera_watch.changed", CameraWatchPayload, Permission.CAMERA_VIEW)
QUEUE_CHANGED = event_kind("queue.changed", QueuePayload, Permission.CALL_VIEW)
PRESENCE_CHANGED = event_kind("presence.changed", PresencePayload, Permission.CALL_VIEW)
ASSIGNMENT_CHANGED = event_kind("assignment.changed", AssignmentPayload, Permission.INCIDENT_VIEW)
UNIT_CHANGED = event_kind("unit.changed", UnitPayload, Permission.UNIT_VIEW)
UNIT_ALARM_CHANGED = event_kind("unit_alarm.changed", UnitAlarmPayload, Permission.UNIT_VIEW)
PART_CHANGED = event_kind("part.changed", PartPayload, Permission.INCIDENT_VIEW)
LINK_CHANGED = event_kind("link.changed", LinkPayload, Permission.INCIDENT_VIEW)
STORM_CHANGED = event_kind("storm.changed", StormPayload, Permission.CALL_VIEW)
HANDOVER_CHANGED = event_kind("handover.changed", HandoverPayload, Permission.INCIDENT_EDIT)
# For each agency its own: the event goes to nobody else.
AGENCY_INCIDENT_CHANGED = event_kind("agency_incident.changed", AgencyIncidentPayload, Permission.AGENCY_WORK)
MATCH_CHANGED = event_kind("match.changed", MatchPayload, Permission.MATCH_VIEW)


class AlertInfoPayload(EventPayload):
    """What a warning says in one language."""

    language: str
    event: str
    headline: str
    description: str
    instruction: str
    sender_name: str
    web: str
    contact: str


class AlertAreaPayload(EventPayload):
    """Where a warning holds: polygons of [lat, lon], circles of [lat, lon, metres], [list, code] of places."""

    language: str
    description: str
    polygons: list[list[list[float]]]
    circles: list[list[float]]
    geocodes: list[list[str]]


class AlertPayload(EventPayload):
    """A public warning (CAP). `status` tells tests and exercises from the real thing."""

    id: str
    origin: str
    state: str
    sender: str
    identifier: str
    status: str
    message_type: str
    event: str
    headline: str
    category: str
    urgency: str
    severity: str
    certainty: str
    sent_at: str
    onset_at: str | None
    expires_at: str
    ended_at: str | None
    replaced_by: str | None
    infos: list[AlertInfoPayload]
    areas: list[AlertAreaPayload]


ALERT_CHANGED = event_kind("alert.changed", AlertPayload, Permission.ALERT_VIEW)


class QualityPayload(EventPayload):
    """A drawn call got further. Whose call it is and what was found is told on the page alone, to whom it concerns."""

    id: str
    state: str


QUALITY_CHANGED = event_kind("quality.changed", QualityPayload, Permission.QUALITY_OWN)


class BroadcastPayload(EventPayload):
    """A message to all desks; it is over once `expires_at` has passed, without another event."""

    id: str
    text: str
    sent_by: str
    sent_at: str
    expires_at: str


BROADCAST_SENT = event_kind("broadcast.sent", BroadcastPayload, Permission.BROADCAST_VIEW)
