"""What is promised: targets with the standard that they come from, each by versions that begin on a day."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispatch.choices import Priority
from dispatch.choices.supervision import SHARE_MEASURES, TargetMeasure
from dispatch.models.incidents import IncidentType

SHARES = [str(measure) for measure in SHARE_MEASURES]


class Target(models.Model):
    """One version of a target. It holds from `valid_from` until the next version of its code begins.

    What has begun is never changed: figures of past days keep the target of their day.
    """

    code = models.SlugField(_("code"), max_length=40)
    measure = models.CharField(_("what is measured"), max_length=20, choices=TargetMeasure.choices)
    priority = models.CharField(_("priority"), max_length=2, choices=Priority.choices, blank=True)
    type = models.ForeignKey(
        IncidentType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("type")
    )
    limit_s = models.PositiveIntegerField(
        _("within (s)"), null=True, blank=True, help_text=_("Empty for a share without a time.")
    )
    share_percent = models.DecimalField(
        _("wanted share (%)"), max_digits=4, decimal_places=1, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    standard = models.CharField(_("standard"), max_length=80, help_text=_("Where this target comes from."))
    valid_from = models.DateField(_("holds from"))
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Off: from this day on there is none."))

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["measure", "code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="target_once_a_day"),
            models.CheckConstraint(condition=Q(measure__in=TargetMeasure.values), name="target_known_measure"),
            models.CheckConstraint(condition=Q(share_percent__range=(0, 100)), name="target_share_is_one"),
            models.CheckConstraint(
                condition=Q(measure__in=SHARES, limit_s=None)
                | ~Q(measure__in=SHARES) & Q(limit_s__isnull=False, limit_s__gt=0),
                name="target_time_has_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"
