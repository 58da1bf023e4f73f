"""The forms of answers about units."""

from typing import Any

from common.answers import AnswerBody
from dispatch.events import AssignmentPayload, UnitAlarmPayload, UnitPayload


class UnitPositionFacts(AnswerBody):
    """Where a unit was last seen, and how fresh that is."""

    unit: str
    lat: float
    lon: float
    speed_kmh: float | None
    heading_deg: float | None
    accuracy_m: float | None
    measured_at: str
    freshness: str


class UnitsAnswer(AnswerBody):
    """Everything in service."""

    units: list[UnitPayload]
    positions: list[UnitPositionFacts]
    alarms: list[UnitAlarmPayload]


class UnitPositionsAnswer(AnswerBody):
    """Positions."""

    positions: list[UnitPositionFacts]


class PositionFault(AnswerBody):
    """One position that was not taken."""

    index: int
    unit: str
    code: str


class PositionsTakenAnswer(AnswerBody):
    """What became of a batch of positions."""

    accepted: int
    ignored: int
    errors: list[PositionFault]


class OwnIncident(AnswerBody):
    """What a crew is told of its incident."""

    number: int
    type: str
    type_name_id: str
    type_name_en: str
    priority: str
    place_text: str
    lat: float | None
    lon: float | None
    summary: str


class OwnEmergency(AnswerBody):
    """The crew's own alarm."""

    raised_at: str
    acknowledged_by: str | None


class OwnUnitAnswer(AnswerBody):
    """A crew's unit, its work, and what may come next."""

    unit: UnitPayload
    assignment: AssignmentPayload | None
    incident: OwnIncident | None
    steps: list[str]
    statuses: list[str]
    emergency: OwnEmergency | None


class UnitRefused(AnswerBody):
    """A unit that was not sent, and why."""

    unit: str
    code: str
    message: str
    data: dict[str, Any]


class UnitsSentAnswer(AnswerBody):
    """Units that were sent, and those that were not."""

    sent: list[AssignmentPayload]
    refused: list[UnitRefused]


class AdviceReason(AnswerBody):
    """A reason for programs and for people."""

    code: str
    data: dict[str, Any]
    text: str


class AdviceNeed(AnswerBody):
    """What the run card asks for."""

    code: str
    kind: str
    name: str
    count: int
    open: int
    reason: str


class AdviceUnit(AnswerBody):
    """A unit with its way."""

    unit: str
    name: str
    agency: str
    type: str
    status: str
    freshness: str
    distance_m: int | None
    travel_s: int | None
    source: str
    need: str


class AdviceProposed(AdviceUnit):
    """A unit to send."""

    rank: int
    leave_s: int
    eta_s: int | None
    coverage_left: int | None
    reasons: list[AdviceReason]


class AdviceAlternative(AdviceUnit):
    """A unit that was passed over, and why."""

    reason: AdviceReason


class AdviceShortfall(AnswerBody):
    """What is missing, and why."""

    need: str
    name: str
    missing: int
    reason: AdviceReason


class AdviceAnswer(AnswerBody):
    """Whom to send to an incident, with reasons."""

    incident_id: str
    number: int
    type: str
    priority: str
    at: str
    alarm_level: int
    alarm_levels: list[int]
    has_card: bool
    has_position: bool
    needs: list[AdviceNeed]
    proposed: list[AdviceProposed]
    shortfalls: list[AdviceShortfall]
    alternatives: list[AdviceAlternative]
