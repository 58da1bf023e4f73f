"""The words of the field for calls and incidents."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CallState(TextChoices):
    """States of one contact with a citizen."""

    QUEUED = "queued", _("waiting")
    OFFERED = "offered", _("ringing at a desk")
    ANSWERED = "answered", _("answered")
    HELD = "held", _("on hold")
    ENDED = "ended", _("ended")
    WRAP_UP = "wrap_up", _("wrap-up")
    CLOSED = "closed", _("closed")
    ABANDONED = "abandoned", _("abandoned")
    DROPPED = "dropped", _("dropped")
    CALLBACK_DUE = "callback_due", _("callback due")


class CallMedium(TextChoices):
    """By which way the citizen came."""

    VOICE = "voice", _("telephone")
    APP = "app", _("app")
    SMS = "sms", _("SMS")
    OTHER = "other", _("other")


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


class IncidentCameraState(TextChoices):
    """WANTED -> CAPTURING -> CAPTURED -> ANALYSING -> ANALYSED; FAILED ends a step that cannot succeed."""

    WANTED = "wanted", _("picture wanted")
    CAPTURING = "capturing", _("pulling the picture")
    CAPTURED = "captured", _("picture is here")
    ANALYSING = "analysing", _("looking for faces")
    ANALYSED = "analysed", _("analysed")
    FAILED = "failed", _("failed")


FINISHED_CAMERA_STATES = (IncidentCameraState.ANALYSED, IncidentCameraState.FAILED)


class TimelineKind(TextChoices):
    """What a line of the timeline tells."""

    OPENED = "opened", _("incident opened")
    CALL_JOINED = "call_joined", _("call joined")
    CHANGED = "changed", _("changed")
    NOTE = "note", _("note")
    CAMERAS_ASKED = "cameras_asked", _("cameras asked")
    CAMERA_FAILED = "camera_failed", _("camera failed")
    CANDIDATE = "candidate", _("candidate")
    REVIEWED = "reviewed", _("candidate reviewed")
