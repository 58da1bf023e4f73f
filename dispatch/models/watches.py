"""How long and where the cameras of an incident are watched."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cameras.models import LATITUDE, LONGITUDE, Camera
from dispatch.choices import WatchEnd, WatchOrigin
from dispatch.models.incidents import Incident
from realtime.models import Realm


class CameraWatch(models.Model):
    """One for each incident whose cameras were asked: a row of the queue of record, due at `due_at`, over when empty.

    `lat`, `lon`, `error_m` and `origin_at` say where and when somebody was last: the scene, or a confirmed sighting.
    """

    incident = models.OneToOneField(Incident, models.PROTECT, primary_key=True, related_name="watch")
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    origin = models.CharField(_("from"), max_length=10, choices=WatchOrigin.choices, default=WatchOrigin.SCENE)
    scene_lat = models.FloatField(validators=LATITUDE)
    scene_lon = models.FloatField(validators=LONGITUDE)
    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lon = models.FloatField(_("longitude"), validators=LONGITUDE)
    error_m = models.FloatField(_("uncertainty (m)"), default=0.0)
    origin_at = models.DateTimeField(_("was there at"))
    area = models.JSONField(_("area"), default=list, help_text=_("Corners as [latitude, longitude]; empty: around."))
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due"), null=True)
    stop_at = models.DateTimeField(_("stops at"))
    times_asked = models.IntegerField(_("times asked"), default=0)
    pictures_spared = models.IntegerField(
        _("pictures spared"), default=0, help_text=_("Not asked for, since recognition could not take more.")
    )
    end = models.CharField(_("ended because"), max_length=12, choices=WatchEnd.choices, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("extended by")
    )
    extension_reason = models.CharField(_("why longer"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("camera watch")
        verbose_name_plural = _("camera watches")
        indexes = [models.Index(fields=["due_at"], name="camera_watch_due", condition=Q(due_at__isnull=False))]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(ended_at__isnull=True), name="camera_watch_ended_is_not_due"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                name="camera_watch_end_says_why",
            ),
            models.CheckConstraint(condition=Q(stop_at__gt=F("started_at")), name="camera_watch_stops_later"),
            models.CheckConstraint(
                condition=Q(extended_by__isnull=True) | ~Q(extension_reason=""), name="camera_watch_longer_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.end or 'running'}"


class CameraWish(models.Model):
    """A camera that an operator added to an incident's cameras, or took out of them."""

    watch = models.ForeignKey(CameraWatch, models.CASCADE, related_name="wishes")
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="+", verbose_name=_("camera"))
    is_wanted = models.BooleanField(_("added"), help_text=_("No: taken out."))
    wished_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    wished_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("operator's choice of a camera")
        verbose_name_plural = _("operators' choices of cameras")
        constraints = [models.UniqueConstraint(fields=["watch", "camera"], name="camera_wish_once")]

    def __str__(self) -> str:
        return f"{'+' if self.is_wanted else '-'}{self.camera_id}"
