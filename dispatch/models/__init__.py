"""Rows of calls, incidents, agencies' parts and units, and of what is still to be done."""

from dispatch.models.agencies import AgencyPart, SharingAgreement, SharingRule
from dispatch.models.alerts import Alert, AlertArea
from dispatch.models.broadcasts import Broadcast
from dispatch.models.calls import (
    Call,
    CallbackAttempt,
    CallerContact,
    CallLocation,
    CallOffer,
    LocationLink,
    NumberReputation,
    Presence,
    QueueAlarm,
)
from dispatch.models.cameras import IncidentCamera
from dispatch.models.eido import EidoDocument
from dispatch.models.exchanges import AmlMessage, PbxEvent, PbxLink
from dispatch.models.floods import FloodEpisode, FloodTask, FloodTaskPlan, FloodWarning, RoadBlock
from dispatch.models.follow import Escalation, FollowRule, Handover
from dispatch.models.gauges import Gauge, GaugeLevelChange, GaugeLevelSeen, GaugeReach, GaugeReading
from dispatch.models.incidents import (
    Disposition,
    Incident,
    IncidentLink,
    IncidentPerson,
    IncidentPlace,
    IncidentType,
    TimelineEntry,
)
from dispatch.models.positions import UnitPosition, UnitTrack
from dispatch.models.protocols import ProtocolAnswer, ProtocolCard, ProtocolRun, ProtocolVersion
from dispatch.models.quality import (
    Calibration,
    QualityAnswer,
    QualityDraw,
    QualityReview,
    QualitySample,
    QualityTransition,
)
from dispatch.models.run_cards import RunCard, RunCardLine
from dispatch.models.scorecards import Scorecard, ScorecardItem, ScorecardVersion
from dispatch.models.stations import Capability, Station, UnitType
from dispatch.models.storms import Storm
from dispatch.models.targets import Target
from dispatch.models.transitions import (
    AgencyPartTransition,
    AssignmentTransition,
    CallTransition,
    IncidentTransition,
    UnitStatusChange,
)
from dispatch.models.unit_alarms import UnitAlarm
from dispatch.models.units import Assignment, Unit
from dispatch.models.watches import CameraWatch, CameraWish
from dispatch.models.webhooks import OutboxDelivery, WebhookSubscription

__all__ = [
    "AgencyPart",
    "AgencyPartTransition",
    "Alert",
    "AlertArea",
    "AmlMessage",
    "Assignment",
    "AssignmentTransition",
    "Broadcast",
    "Calibration",
    "Call",
    "CallLocation",
    "CallOffer",
    "CallTransition",
    "CallbackAttempt",
    "CallerContact",
    "CameraWatch",
    "CameraWish",
    "Capability",
    "Disposition",
    "EidoDocument",
    "Escalation",
    "FloodEpisode",
    "FloodTask",
    "FloodTaskPlan",
    "FloodWarning",
    "FollowRule",
    "Gauge",
    "GaugeLevelChange",
    "GaugeLevelSeen",
    "GaugeReach",
    "GaugeReading",
    "Handover",
    "Incident",
    "IncidentCamera",
    "IncidentLink",
    "IncidentPerson",
    "IncidentPlace",
    "IncidentTransition",
    "IncidentType",
    "LocationLink",
    "NumberReputation",
    "OutboxDelivery",
    "PbxEvent",
    "PbxLink",
    "Presence",
    "ProtocolAnswer",
    "ProtocolCard",
    "ProtocolRun",
    "ProtocolVersion",
    "QualityAnswer",
    "QualityDraw",
    "QualityReview",
    "QualitySample",
    "QualityTransition",
    "QueueAlarm",
    "RoadBlock",
    "RunCard",
    "RunCardLine",
    "Scorecard",
    "ScorecardItem",
    "ScorecardVersion",
    "SharingAgreement",
    "SharingRule",
    "Station",
    "Storm",
    "Target",
    "TimelineEntry",
    "Unit",
    "UnitAlarm",
    "UnitPosition",
    "UnitStatusChange",
    "UnitTrack",
    "UnitType",
    "WebhookSubscription",
]
