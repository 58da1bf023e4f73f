"""What each agency has to do in an incident, and by which rules it is told."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from common.ids import uuid7
from dispatch.choices import PartOrigin, PartRole, PartState, Priority
from dispatch.models.incidents import Disposition, Incident, IncidentType


class AgencyPart(models.Model):
    """One agency in one incident: its role, its answer, its clock, and how it ended for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="parts", verbose_name=_("incident"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="parts", verbose_name=_("agency"))
    role = models.CharField(_("role"), max_length=20, choices=PartRole.choices)
    priority = models.CharField(_("priority"), max_length=2, choices=Priority.choices)
    state = models.CharField(_("state"), max_length=10, choices=PartState.choices, default=PartState.NOTIFIED)
    origin = models.CharField(_("why"), max_length=10, choices=PartOrigin.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    forwarded_to = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("forwarded to")
    )
    disposition = models.ForeignKey(
        Disposition, models.PROTECT, null=True, related_name="+", verbose_name=_("disposition")
    )
    notified_at = models.DateTimeField(_("told at"))
    answer_due_at = models.DateTimeField(_("answer due"), null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("done at"), null=True)
    is_overdue_told = models.BooleanField(_("overdue answer was told"), default=False)

    class Meta:
        verbose_name = _("agency in an incident")
        verbose_name_plural = _("agencies in incidents")
        ordering = ["notified_at"]
        indexes = [
            models.Index(fields=["answer_due_at"], name="agency_part_unanswered", condition=Q(state="notified")),
            models.Index(fields=["agency", "state"], name="agency_part_of_agency"),
            models.Index(fields=["notified_at"], name="agency_part_notified"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["incident", "agency"], name="agency_part_once"),
            models.CheckConstraint(condition=Q(state__in=PartState.values), name="agency_part_known_state"),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "forwarded"]) | ~Q(reason=""), name="agency_part_refusal_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(disposition__isnull=False, ended_at__isnull=False),
                name="agency_part_done_has_disposition",
            ),
            models.CheckConstraint(
                condition=~Q(state="forwarded") | Q(forwarded_to__isnull=False), name="agency_part_forwarded_to"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.state}"


class SharingRule(models.Model):
    """Which agency is told of incidents of a type, from which priority upwards, in which role."""

    type = models.ForeignKey(IncidentType, models.CASCADE, related_name="sharing_rules", verbose_name=_("type"))
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="sharing_rules", verbose_name=_("agency"))
    role = models.CharField(_("role"), max_length=20, choices=PartRole.choices)
    up_to_priority = models.CharField(
        _("up to priority"), max_length=2, choices=Priority.choices, default=Priority.P5,
        help_text=_("P2: incidents of P1 and P2."),
    )  # fmt: skip
    answer_timeout_s = models.PositiveIntegerField(_("answer within (s)"), default=60)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("sharing rule")
        verbose_name_plural = _("sharing rules")
        ordering = ["type", "agency"]
        constraints = [models.UniqueConstraint(fields=["type", "agency"], name="sharing_rule_once")]

    def __str__(self) -> str:
        return f"{self.type} → {self.agency}"


class SharingAgreement(models.Model):
    """What one agency has a part in, another is told of too, while the agreement holds."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="agreements_given", verbose_name=_("agency"))
    with_agency = models.ForeignKey(
        Agency, models.CASCADE, related_name="agreements_received", verbose_name=_("shares with")
    )
    types = models.ManyToManyField(
        IncidentType, blank=True, verbose_name=_("types"), help_text=_("None chosen: all types.")
    )
    document = models.CharField(_("document"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))

    class Meta:
        verbose_name = _("sharing agreement")
        verbose_name_plural = _("sharing agreements")
        ordering = ["agency", "with_agency"]
        constraints = [
            models.CheckConstraint(condition=~Q(agency=F("with_agency")), name="sharing_agreement_of_two"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="sharing_agreement_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} → {self.with_agency}"
