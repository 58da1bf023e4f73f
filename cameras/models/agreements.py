"""By what right pictures are taken, and cameras that belong together."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from cameras.choices import AgreementKind, Purpose


def purposes_default() -> list[str]:
    """What every agreement allows unless it says otherwise."""
    return [Purpose.INCIDENT, Purpose.HEALTH]


class AccessAgreement(models.Model):
    """A written agreement for cameras: for what and when their pictures may be taken. Hours are those of Jakarta."""

    number = models.CharField(_("number"), max_length=60, unique=True)
    owner = models.ForeignKey(Agency, models.PROTECT, related_name="agreements", verbose_name=_("owner"))
    kind = models.CharField(_("kind"), max_length=12, choices=AgreementKind.choices)
    document = models.CharField(_("document"), max_length=200, help_text=_("Where the signed document is filed."))
    contact = models.CharField(_("contact"), max_length=120, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    hours_from = models.TimeField(_("hours from"), null=True, blank=True, help_text=_("Empty: day and night."))
    hours_until = models.TimeField(_("hours until"), null=True, blank=True)
    purposes = ArrayField(
        models.CharField(max_length=12, choices=Purpose.choices), default=purposes_default, verbose_name=_("purposes")
    )
    face_matching_allowed = models.BooleanField(_("face matching allowed"), default=False)
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("access agreement")
        verbose_name_plural = _("access agreements")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="agreement_ends_later",
            ),
            models.CheckConstraint(
                condition=Q(hours_from__isnull=True, hours_until__isnull=True)
                | Q(hours_from__isnull=False, hours_until__isnull=False),
                name="agreement_hours_both",
            ),
            models.CheckConstraint(condition=Q(purposes__len__gt=0), name="agreement_has_purposes"),
        ]

    def __str__(self) -> str:
        return self.number


class CameraGroup(models.Model):
    """Cameras that are looked after together."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("camera group")
        verbose_name_plural = _("camera groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
