"""Who sees a camera live, from when to when, and what for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cameras.choices import LiveEnd, LiveWay
from cameras.models.registry import Camera
from common.ids import uuid7
from realtime.models import Realm


class LiveViewing(models.Model):
    """One person at one camera, for an incident or a written reason. What was seen is kept nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="viewings", verbose_name=_("camera"))
    camera_version = models.IntegerField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("viewer"))
    incident_id = models.UUIDField(_("incident"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    way = models.CharField(_("way"), max_length=8, choices=LiveWay.choices)
    opened_at = models.DateTimeField(_("opened at"))
    ends_at = models.DateTimeField(_("ends at the latest"))
    seen_at = models.DateTimeField(_("last asked for"))
    socket_id = models.UUIDField(null=True)  # of the one socket that may carry it
    closed_at = models.DateTimeField(_("closed at"), null=True)
    end = models.CharField(_("end"), max_length=10, choices=LiveEnd.choices, blank=True)

    class Meta:
        verbose_name = _("live viewing")
        verbose_name_plural = _("live viewings")
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["camera"], name="live_viewing_open", condition=Q(closed_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=Q(incident_id__isnull=False) | ~Q(reason=""), name="live_viewing_has_purpose"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, end="") | (Q(closed_at__isnull=False) & Q(end__in=LiveEnd.values)),
                name="live_viewing_closed_why",
            ),
            models.CheckConstraint(condition=Q(way__in=LiveWay.values), name="live_viewing_known_way"),
        ]

    def __str__(self) -> str:
        return f"{self.camera.code} {self.user}"
