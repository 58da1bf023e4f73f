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


FINISHED_CAMERA_STATES = (IncidentCameraState.ANALYSED, IncidentCameraState.FAILED)
