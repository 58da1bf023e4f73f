"""The gazetteer: where things are called what."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from places.choices import PlaceKind


class Place(models.Model):
    """A city, kecamatan, kelurahan or landmark with its middle point and how exact that is."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=PlaceKind.choices)
    name = models.CharField(_("name"), max_length=120)
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True, verbose_name=_("other names"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("lies in")
    )
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)
    lat = models.FloatField(_("latitude"), validators=[MinValueValidator(-90.0), MaxValueValidator(90.0)])
    lon = models.FloatField(_("longitude"), validators=[MinValueValidator(-180.0), MaxValueValidator(180.0)])
    accuracy_m = models.FloatField(_("accuracy (m)"), default=1000.0)
    source = models.CharField(_("source"), max_length=120, blank=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["code"]
        indexes = [models.Index(fields=["lat", "lon"], name="place_position")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="place_known_kind"),
            models.CheckConstraint(condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="place_on_earth"),
        ]

    def __str__(self) -> str:
        return self.name
