"""Kinds, states and conditions of cameras."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CameraKind(TextChoices):
    """How a picture is had from it."""

    HTTP_JPEG = "http_jpeg", _("HTTP still (JPEG)")
    MJPEG = "mjpeg", _("MJPEG stream")
    RTSP = "rtsp", _("RTSP stream")
    HLS = "hls", _("HLS playlist")
    ONVIF = "onvif", _("ONVIF snapshot")
    FOLDER = "folder", _("folder of pictures")


class CameraState(TextChoices):
    """Where the camera is in its life, as its administrator says; what it does is its condition."""

    PLANNED = "planned", _("planned")
    ACTIVE = "active", _("active")
    MAINTENANCE = "maintenance", _("maintenance")
    DECOMMISSIONED = "decommissioned", _("decommissioned")


class CameraMount(TextChoices):
    """What its picture can cover."""

    FIXED = "fixed", _("fixed")
    PTZ = "ptz", _("pan, tilt, zoom")
    FISHEYE = "fisheye", _("fisheye")


class AgreementKind(TextChoices):
    """By what right the city has a camera's pictures."""

    OWNED = "owned", _("owned")
    INTEGRATED = "integrated", _("integrated")
    ON_REQUEST = "on_request", _("on request")


class Purpose(TextChoices):
    """What pictures may be taken for."""

    INCIDENT = "incident", _("incident")
    MISSING = "missing", _("missing person")
    WANTED = "wanted", _("wanted person")
    HEALTH = "health", _("camera health")
    LIVE_VIEW = "live_view", _("live view")


class RetentionClass(TextChoices):
    """How long a picture is kept."""

    UNMARKED = "unmarked", _("nothing found, nothing marked")
    INCIDENT = "incident", _("part of an incident")
    HEALTH = "health", _("camera health")


class Condition(TextChoices):
    """What a camera does, as the patrol sees it; debounced."""

    UNKNOWN = "unknown", _("not seen yet")
    UP = "up", _("up")
    DEGRADED = "degraded", _("degraded")
    DOWN = "down", _("down")


class HealthFlag(TextChoices):
    """What is wrong with the pictures of a camera that answers."""

    FROZEN = "frozen", _("frozen")
    DARK = "dark", _("dark")
    OVEREXPOSED = "overexposed", _("overexposed")
    FLAT = "flat", _("without content")
    BLURRED = "blurred", _("blurred")
    COVERED = "covered", _("covered")
    TURNED = "turned", _("turned away")
    CLOCK_SKEW = "clock_skew", _("its clock is wrong")
    SLOW = "slow", _("slow")


class FaultKind(TextChoices):
    """What a work order is about."""

    DOWN = "down", _("gives no pictures")
    AUTH = "auth", _("refuses the password")
    PICTURE = "picture", _("its pictures are not fit for use")


class RecordKind(TextChoices):
    """What happened to a picture."""

    KEPT = "kept", _("kept")
    DELETED = "deleted", _("deleted")
    MARKED = "marked", _("marked")
    LOCKED = "locked", _("locked")
    UNLOCKED = "unlocked", _("lock ended")
    EXPORTED = "exported", _("exported")


class ImportState(TextChoices):
    """What became of a file of cameras."""

    PREVIEWED = "previewed", _("looked through")
    FAULTY = "faulty", _("has errors")
    APPLIED = "applied", _("taken over")


class LiveWay(TextChoices):
    """How a camera is shown live."""

    VIDEO = "video", _("video")
    STILLS = "stills", _("single pictures")


class LiveEnd(TextChoices):
    """Why somebody no longer sees a camera live."""

    CLOSED = "closed", _("closed by the viewer")
    TIME = "time", _("time is over")
    LEFT = "left", _("the viewer's page is gone")
    RIGHT = "right", _("the viewer may not watch cameras any more")
    INCIDENT = "incident", _("the incident is closed")
    CAMERA = "camera", _("the camera may not be watched any more")
    CHANGED = "changed", _("the camera's registration was changed")
