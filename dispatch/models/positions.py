"""Where units are. Apart from the units' own rows, so that a position and work on a unit never wait for each other."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispatch.choices import PositionSource
from dispatch.models.units import Unit

ON_EARTH = Q(lat__range=(-90, 90), lon__range=(-180, 180))


class UnitPosition(models.Model):
    """Where a unit was last seen. `kept_*` is the last point that went into its track."""

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="position", verbose_name=_("unit"))
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    speed_kmh = models.FloatField(_("speed (km/h)"), null=True)
    heading_deg = models.FloatField(_("heading"), null=True)
    accuracy_m = models.FloatField(_("uncertainty (m)"), null=True)
    measured_at = models.DateTimeField(_("measured at"))
    received_at = models.DateTimeField(_("received at"))
    source = models.CharField(_("source"), max_length=10, choices=PositionSource.choices)
    kept_lat = models.FloatField(editable=False)
    kept_lon = models.FloatField(editable=False)
    kept_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("position of a unit")
        verbose_name_plural = _("positions of units")
        indexes = [models.Index(fields=["received_at"], name="unit_position_received")]
        constraints = [models.CheckConstraint(condition=ON_EARTH, name="unit_position_on_earth")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measured_at:%H:%M:%S}"


class UnitTrack(models.Model):
    """Where a unit has been: thinned, and forgotten after some days."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="track", verbose_name=_("unit"))
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    speed_kmh = models.FloatField(_("speed (km/h)"), null=True)
    heading_deg = models.FloatField(_("heading"), null=True)
    measured_at = models.DateTimeField(_("measured at"))

    class Meta:
        verbose_name = _("track of a unit")
        verbose_name_plural = _("tracks of units")
        ordering = ["measured_at"]
        indexes = [
            models.Index(fields=["unit", "measured_at"], name="unit_track_of"),
            models.Index(fields=["measured_at"], name="unit_track_age"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measured_at:%H:%M:%S}"
