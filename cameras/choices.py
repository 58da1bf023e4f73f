"""Kinds and states of cameras."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CameraKind(TextChoices):
    """How a picture is had from it."""

    HTTP_JPEG = "http_jpeg", _("HTTP still (JPEG)")
    MJPEG = "mjpeg", _("MJPEG stream")
    RTSP = "rtsp", _("RTSP stream")


class CameraState(TextChoices):
    """Where the camera is in its life."""

    PLANNED = "planned", _("planned")
    ACTIVE = "active", _("active")
    MAINTENANCE = "maintenance", _("maintenance")
    DECOMMISSIONED = "decommissioned", _("decommissioned")


class CameraMount(TextChoices):
    """What its picture can cover."""

    FIXED = "fixed", _("fixed")
    PTZ = "ptz", _("pan, tilt, zoom")
    FISHEYE = "fisheye", _("fisheye")
