"""What kinds of units there are, what they can do, and the posts they stand at."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from cameras.models import LATITUDE, LONGITUDE
from places.models import Place


class Capability(models.Model):
    """Something that a unit can do; run cards ask for it by its code."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name_id = models.CharField(_("Indonesian name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    order = models.IntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("capability")
        verbose_name_plural = _("capabilities")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name_id


def capabilities_check(codes: list[str]) -> None:
    """Raise ValidationError when a code is none of the capabilities that are kept."""
    known = set(Capability.objects.filter(code__in=codes).values_list("code", flat=True))
    unknown = sorted(set(codes) - known)
    if unknown:
        raise ValidationError({"capabilities": _("There is no such capability: %s.") % ", ".join(unknown)})


def capability_codes() -> "ArrayField[list[str], list[str]]":
    """A column of capability codes."""
    return ArrayField(models.SlugField(max_length=30), default=list, blank=True, verbose_name=_("capabilities"))


class UnitType(models.Model):
    """A kind of unit: what it can do, how fast it gets through the city at which hour, how fast its crew leaves.

    Speeds are those over the road, lights on; a deployment replaces ours by what it has measured.
    """

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name_id = models.CharField(_("Indonesian name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    capabilities = capability_codes()
    speed_kmh = models.PositiveSmallIntegerField(_("speed by day (km/h)"), default=28)
    rush_speed_kmh = models.PositiveSmallIntegerField(_("speed in the rush hours (km/h)"), default=18)
    night_speed_kmh = models.PositiveSmallIntegerField(_("speed by night (km/h)"), default=40)
    turnout_s = models.PositiveSmallIntegerField(_("leaves within (s)"), default=120)
    is_active = models.BooleanField(_("active"), default=True)
    order = models.IntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("unit type")
        verbose_name_plural = _("unit types")
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(speed_kmh__gt=0, rush_speed_kmh__gt=0, night_speed_kmh__gt=0), name="unit_type_moves"
            )
        ]

    def __str__(self) -> str:
        return self.name_id

    def clean(self) -> None:
        """Only capabilities that are kept."""
        capabilities_check(self.capabilities)


class Station(models.Model):
    """A post of an agency, where its units stand and return to."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="stations", verbose_name=_("agency"))
    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lon = models.FloatField(_("longitude"), validators=LONGITUDE)
    district = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("district"),
        limit_choices_to={"kind": "district"},
    )  # fmt: skip
    address = models.CharField(_("address"), max_length=200, blank=True)
    contact = models.CharField(_("contact"), max_length=80, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("station")
        verbose_name_plural = _("stations")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="station_on_earth")
        ]

    def __str__(self) -> str:
        return self.name
