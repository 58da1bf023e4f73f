"""Rows of calls, incidents, agencies' parts and units, and of what is still to be done."""

from dispatch.models.agencies import AgencyPart, SharingAgreement, SharingRule
from dispatch.models.alerts import Alert, AlertArea
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
from dispatch.models.exchanges import PbxEvent, PbxLink
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
from dispatch.models.protocols import ProtocolAnswer, ProtocolCard, ProtocolRun, ProtocolVersion
from dispatch.models.storms import Storm
from dispatch.models.transitions import AssignmentTransition, CallTransition, IncidentTransition
from dispatch.models.units import Assignment, Unit
from dispatch.models.webhooks import OutboxDelivery, WebhookSubscription

__all__ = [
    "AgencyPart",
    "Alert",
    "AlertArea",
    "Assignment",
    "AssignmentTransition",
    "Call",
    "CallLocation",
    "CallOffer",
    "CallTransition",
    "CallbackAttempt",
    "CallerContact",
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
    "SharingAgreement",
    "SharingRule",
    "Storm",
    "TimelineEntry",
    "Unit",
    "WebhookSubscription",
]
