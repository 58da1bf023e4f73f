"""The words of the field for the cameras of an incident."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IncidentCameraState(TextChoices):
    """WANTED -> CAPTURING -> CAPTURED -> ANALYSING -> ANALYSED; FAILED ends a step that cannot succeed."""

    WANTED = "wanted", _("picture wanted")
    CAPTURING = "capturing", _("pulling the picture")
    CAPTURED = "captured", _("picture is here")
    ANALYSING = "analysing", _("looking for faces")
    ANALYSED = "analysed", _("analysed")
    FAILED = "failed", _("failed")


class WatchOrigin(TextChoices):
    """Where somebody was last."""

    SCENE = "scene", _("the scene")
    SIGHTING = "sighting", _("a confirmed sighting")


class WatchEnd(TextChoices):
    """Why the cameras are not asked any more."""

    TIME = "time", _("its time was over")
    CLOSED = "closed", _("the incident was closed")
    STOPPED = "stopped", _("an operator ended it")
    NO_CAMERA = "no_camera", _("no camera is near")


class Reach(TextChoices):
    """How somebody who is looked for moves on."""

    FOOT = "foot", _("on foot")
    RUNNING = "running", _("running")
    VEHICLE = "vehicle", _("by vehicle")


FINISHED_CAMERA_STATES = (IncidentCameraState.ANALYSED, IncidentCameraState.FAILED)
