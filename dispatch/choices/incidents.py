"""The words of the field for incidents."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IncidentState(TextChoices):
    """States of what is happening."""

    INTAKE = "intake", _("intake")
    PENDING = "pending", _("waiting for dispatch")
    ASSIGNED = "assigned", _("assigned")
    ENROUTE = "enroute", _("units en route")
    ON_SCENE = "on_scene", _("units on scene")
    UNDER_CONTROL = "under_control", _("under control")
    ALL_CLEAR = "all_clear", _("all clear")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    MERGED = "merged", _("merged")


CLOSED_INCIDENT_STATES = (IncidentState.CLOSED, IncidentState.CANCELLED, IncidentState.MERGED)


class Priority(TextChoices):
    """P1 is the most urgent."""

    P1 = "P1", _("P1 life-threatening")
    P2 = "P2", _("P2 urgent")
    P3 = "P3", _("P3 soon")
    P4 = "P4", _("P4 can wait")
    P5 = "P5", _("P5 for information")


class AssignmentState(TextChoices):
    """States of one unit's work on one incident; how the unit itself stands is another matter."""

    DISPATCHED = "dispatched", _("dispatched")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    ENROUTE = "enroute", _("en route")
    STAGED = "staged", _("staged")
    ON_SCENE = "on_scene", _("on scene")
    TRANSPORTING = "transporting", _("transporting")
    AT_DESTINATION = "at_destination", _("at destination")
    CLEARED = "cleared", _("cleared")
    CANCELLED_ENROUTE = "cancelled_enroute", _("cancelled en route")
    REFUSED = "refused", _("refused")
    DIVERTED = "diverted", _("diverted")


ENDED_ASSIGNMENT_STATES = (
    AssignmentState.CLEARED,
    AssignmentState.CANCELLED_ENROUTE,
    AssignmentState.REFUSED,
    AssignmentState.DIVERTED,
)


class LinkKind(TextChoices):
    """How one incident belongs to another."""

    PARENT = "parent", _("is part of")
    RELATED = "related", _("is related to")
    MERGED = "merged", _("was merged into")
    SPLIT = "split", _("was split off from")


class PersonRole(TextChoices):
    """What a person is in an incident."""

    CALLER = "caller", _("caller")
    VICTIM = "victim", _("victim")
    PATIENT = "patient", _("patient")
    MISSING = "missing", _("missing")
    WITNESS = "witness", _("witness")
    SUSPECT = "suspect", _("suspect")
    RELATIVE = "relative", _("relative")
    OTHER = "other", _("other")


class PartRole(TextChoices):
    """What an agency is there for in an incident (EIDO's roles)."""

    CALL_RECEIVING = "call_receiving", _("received the call")
    DISPATCHING = "dispatching", _("dispatches")
    DISPATCHED = "dispatched", _("is sent")
    ASSISTING = "assisting", _("assists")
    INFORMATIONAL = "informational", _("for information")
    TRANSFERRED_TO = "transferred_to", _("was handed the incident")


class PartState(TextChoices):
    """How far an agency is with its part."""

    NOTIFIED = "notified", _("told, not answered")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    FORWARDED = "forwarded", _("forwarded")
    DONE = "done", _("done")


class PartOrigin(TextChoices):
    """Why an agency has a part."""

    RULE = "rule", _("by the rule of the type")
    AGREEMENT = "agreement", _("by standing agreement")
    HAND = "hand", _("by hand")
    FORWARD = "forward", _("forwarded by another agency")
    EXCHANGE = "exchange", _("by its own report")


class ProtocolState(TextChoices):
    """A version of a protocol card."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("in use")
    RETIRED = "retired", _("retired")
