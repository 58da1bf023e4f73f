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
from dispatch.models.exchanges import AmlMessage, PbxEvent, PbxLink
from dispatch.models.follow import Escalation, FollowRule, Handover
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
from dispatch.models.run_cards import RunCard, RunCardLine
from dispatch.models.stations import Capability, Station, UnitType
from dispatch.models.storms import Storm
from dispatch.models.transitions import (
    AgencyPartTransition,
    AssignmentTransition,
    CallTransition,
    IncidentTransition,
    UnitStatusChange,
)
from dispatch.models.unit_alarms import UnitAlarm
from dispatch.models.units import Assignment, Unit
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
    "Call",
    "CallLocation",
    "CallOffer",
    "CallTransition",
    "CallbackAttempt",
    "CallerContact",
    "Capability",
    "Disposition",
    "Escalation",
    "FollowRule",
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
    "QueueAlarm",
    "RunCard",
    "RunCardLine",
    "SharingAgreement",
    "SharingRule",
    "Station",
    "Storm",
    "TimelineEntry",
    "Unit",
    "UnitAlarm",
    "UnitPosition",
    "UnitStatusChange",
    "UnitTrack",
    "UnitType",
    "WebhookSubscription",
]
