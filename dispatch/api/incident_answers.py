"""The forms of answers about incidents and what belongs to them."""

from common.answers import AnswerBody
from dispatch.events import (
    AgencyIncidentPayload,
    AlertPayload,
    AssignmentPayload,
    BroadcastPayload,
    CallPayload,
    CameraWatchPayload,
    HandoverPayload,
    IncidentCameraPayload,
    IncidentPayload,
    LinkPayload,
    MatchPayload,
    PartPayload,
    PresencePayload,
    QueuePayload,
    StormPayload,
    TimelinePayload,
    UnitAlarmPayload,
    UnitPayload,
)
from dispatch.flood_events import (
    FloodTaskPayload,
    FloodWarningPayload,
    GaugeLevelPayload,
    GaugePayload,
    RoadBlockPayload,
)
from dispatch.rules.protocol_format import Answer, Name, Outcome, Step, Text


class StateAnswer(AnswerBody):
    """All that is open; lists that the asker may not see are missing."""

    head: int
    calls: list[CallPayload] = []
    queue: list[QueuePayload] = []
    storms: list[StormPayload] = []
    presences: list[PresencePayload] = []
    incidents: list[IncidentPayload] = []
    parts: list[PartPayload] = []
    assignments: list[AssignmentPayload] = []
    links: list[LinkPayload] = []
    incident_cameras: list[IncidentCameraPayload] = []
    camera_watches: list[CameraWatchPayload] = []
    matches: list[MatchPayload] = []
    units: list[UnitPayload] = []
    unit_alarms: list[UnitAlarmPayload] = []
    handovers: list[HandoverPayload] = []
    alerts: list[AlertPayload] = []
    broadcasts: list[BroadcastPayload] = []
    gauges: list[GaugePayload] = []
    gauge_levels: list[GaugeLevelPayload] = []
    flood_tasks: list[FloodTaskPayload] = []
    flood_warnings: list[FloodWarningPayload] = []
    road_blocks: list[RoadBlockPayload] = []
    agency_incidents: list[AgencyIncidentPayload] = []


class PersonAnswer(AnswerBody):
    """A person in an incident."""

    id: str
    role: str
    name: str
    contact: str
    description: str
    added_at: str
    removed_at: str | None


class PlaceLine(AnswerBody):
    """Where it was thought to be, and since when."""

    place_text: str
    place: str | None
    lat: float | None
    lon: float | None
    radius_m: float | None
    set_by: str | None
    set_at: str


class ContactAnswer(AnswerBody):
    """One try to tell a caller."""

    number: str
    outcome: str
    note: str
    user: str
    attempted_at: str


class IncidentStep(AnswerBody):
    """One step of the state machine."""

    old: str
    new: str
    actor: str | None
    source: str
    reason: str
    occurred_at: str


class IncidentAnswer(AnswerBody):
    """An incident with all that belongs to it."""

    incident: IncidentPayload
    timeline: list[TimelinePayload]
    calls: list[CallPayload]
    parts: list[PartPayload]
    assignments: list[AssignmentPayload]
    links: list[LinkPayload]
    persons: list[PersonAnswer]
    places: list[PlaceLine]
    contacts: list[ContactAnswer]
    steps: list[IncidentStep]
    field_revisions: dict[str, int]
    incident_cameras: list[IncidentCameraPayload]
    camera_watches: list[CameraWatchPayload]
    matches: list[MatchPayload]


class IncidentTypeFacts(AnswerBody):
    """A type that can be chosen."""

    code: str
    name_id: str
    name_en: str
    default_priority: str
    face_matching_allowed: bool


class IncidentTypesAnswer(AnswerBody):
    """Types."""

    incident_types: list[IncidentTypeFacts]


class DispositionFacts(AnswerBody):
    """How an incident may end."""

    code: str
    name_id: str
    name_en: str


class DispositionsAnswer(AnswerBody):
    """Dispositions."""

    dispositions: list[DispositionFacts]


class Duplicate(AnswerBody):
    """An open incident that a report may be about."""

    incident: IncidentPayload
    score: float
    reasons: list[str]
    distance_m: float | None


class DuplicatesAnswer(AnswerBody):
    """The most alike first."""

    duplicates: list[Duplicate]


class AgencyIncidentsAnswer(AnswerBody):
    """What an agency has a part in."""

    incidents: list[AgencyIncidentPayload]


class AgencyIncidentAnswer(AnswerBody):
    """One of them with what agencies share of its story."""

    incident: AgencyIncidentPayload
    timeline: list[TimelinePayload]


class UndoneAnswer(AnswerBody):
    """Undone work: how much of each kind, and at most 500 rows of it."""

    at: str
    counts: dict[str, int]
    incidents_open: list[IncidentPayload]
    incidents_overdue: list[IncidentPayload]
    incidents_unowned: list[IncidentPayload]
    calls_waiting: list[CallPayload]
    callbacks_due: list[CallPayload]
    calls_unclosed: list[CallPayload]
    calls_endless: list[CallPayload]
    parts_unanswered: list[PartPayload]
    parts_refused: list[PartPayload]
    handovers_open: list[HandoverPayload]
    flood_tasks_open: list[FloodTaskPayload]
    flood_tasks_overdue: list[FloodTaskPayload]
    flood_warnings_open: list[FloodWarningPayload]
    road_blocks_overdue: list[RoadBlockPayload]
    gauges_stale: list[GaugePayload]


class ProtocolFacts(AnswerBody):
    """A card in use."""

    code: str
    name_id: str
    name_en: str
    version: int
    published_at: str | None


class ProtocolsAnswer(AnswerBody):
    """Cards in use."""

    protocols: list[ProtocolFacts]


class ProtocolGiven(AnswerBody):
    """An answer that was given."""

    question: str
    text: Text
    key: str
    answer: Text


class ProtocolQuestion(AnswerBody):
    """What to ask now."""

    code: str
    text: Text
    hint: Text | None
    instructions: list[str]
    answers: list[Answer]


class ProtocolOutcome(Outcome):
    """What the answers lead to."""

    code: str


class ProtocolInstruction(AnswerBody):
    """What to tell the caller."""

    code: str
    title: Name
    steps: list[Step]


class ProtocolRunAnswer(AnswerBody):
    """Where a card stands."""

    id: str
    card: str
    version: int
    name: Name
    call: str | None
    incident: str | None
    position: int
    given: list[ProtocolGiven]
    question: ProtocolQuestion | None
    outcome: ProtocolOutcome | None
    instructions: list[ProtocolInstruction]
    started_at: str
    ended_at: str | None
