"""Run cards: what is sent to which incident, level by level."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dispatch.choices import Priority
from dispatch.models.incidents import IncidentType
from dispatch.models.stations import Capability, UnitType


class RunCard(models.Model):
    """What incidents of a type and priority get at one alarm level, on top of the levels below it.

    A card without a priority holds for all that have no card of their own; of several the newest in force holds.
    """

    type = models.ForeignKey(IncidentType, models.PROTECT, related_name="run_cards", verbose_name=_("type"))
    priority = models.CharField(_("priority"), max_length=2, choices=Priority.choices, blank=True)
    alarm_level = models.PositiveSmallIntegerField(_("alarm level"), default=1)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    reason = models.TextField(_("reasons"), max_length=1000, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("run card")
        verbose_name_plural = _("run cards")
        ordering = ["type__order", "priority", "alarm_level", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["type", "priority", "alarm_level", "valid_from"], name="run_card_once"),
            models.CheckConstraint(condition=Q(alarm_level__range=(1, 5)), name="run_card_level"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="run_card_ends_last",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.priority} {self.alarm_level}"


class RunCardLine(models.Model):
    """So many units of a type, or with a capability."""

    card = models.ForeignKey(RunCard, models.CASCADE, related_name="lines", verbose_name=_("run card"))
    unit_type = models.ForeignKey(
        UnitType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit type")
    )
    capability = models.ForeignKey(
        Capability, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("capability")
    )
    count = models.PositiveSmallIntegerField(_("count"), default=1)
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of a run card")
        verbose_name_plural = _("lines of run cards")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit_type=None, capability__isnull=False) | Q(unit_type__isnull=False, capability=None),
                name="run_card_line_type_or_capability",
            ),
            models.CheckConstraint(condition=Q(count__range=(1, 20)), name="run_card_line_count"),
        ]

    def __str__(self) -> str:
        return f"{self.count} x {self.unit_type or self.capability}"
