"""Storm mode: many calls tell of one event."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from dispatch.models.incidents import Incident
from realtime.models import Realm


class Storm(models.Model):
    """A time in which calls from around one incident are grouped, so that other emergencies do not wait behind them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="storms", verbose_name=_("incident"))
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    radius_m = models.FloatField(_("radius (m)"))
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(_("since"))
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("storm")
        verbose_name_plural = _("storms")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["incident"], condition=Q(ended_at=None), name="storm_one_for_an_incident"),
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180), radius_m__gt=0), name="storm_possible_area"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.started_at:%H:%M:%S}"
