"""Units, and their work on incidents. How a unit stands and how far its work is are two things, each with its steps."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from common.ids import uuid7
from dispatch.choices import ENDED_ASSIGNMENT_STATES, AssignmentState, OverrideReason, UnitStatus
from dispatch.models.incidents import Incident
from dispatch.models.stations import Station, UnitType, capabilities_check, capability_codes
from places.models import Place
from realtime.models import LIVE, Realm

ENDED = [str(state) for state in ENDED_ASSIGNMENT_STATES]


def realm_live() -> int:
    """The live realm's key: units are live ones unless an exercise makes its own."""
    return Realm.objects.values_list("pk", flat=True).get(code=LIVE)


class Unit(models.Model):
    """A crew with a vehicle, known by its call sign in its realm. An exercise has units of its own."""

    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+", default=realm_live, editable=False)
    call_sign = models.SlugField(_("call sign"), max_length=20)
    name = models.CharField(_("name"), max_length=80, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="units", verbose_name=_("agency"))
    type = models.ForeignKey(
        UnitType, models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("type"),
        help_text=_("A unit without a type fits no run card."),
    )  # fmt: skip
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("station")
    )
    capabilities = capability_codes()
    crew_count = models.PositiveSmallIntegerField(_("crew"), default=0)
    crew_text = models.CharField(_("crew on this shift"), max_length=200, blank=True)
    radio = models.CharField(_("radio"), max_length=40, blank=True)
    contact = models.CharField(_("contact"), max_length=40, blank=True)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="unit", verbose_name=_("account"),
        help_text=_("Who signs in on the crew's device."),
    )  # fmt: skip
    status = models.CharField(
        _("status"), max_length=3, choices=UnitStatus.choices, default=UnitStatus.AV, editable=False
    )
    status_since = models.DateTimeField(_("since"), null=True, editable=False)
    status_source = models.CharField(_("source"), max_length=40, blank=True, editable=False)
    status_reason = models.CharField(_("reason"), max_length=200, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["call_sign"]
        constraints = [
            models.UniqueConstraint(fields=["realm", "call_sign"], name="unit_call_sign_once"),
            models.CheckConstraint(condition=Q(status__in=UnitStatus.values), name="unit_known_status"),
        ]

    def __str__(self) -> str:
        return self.call_sign

    def clean(self) -> None:
        """Only capabilities that are kept."""
        capabilities_check(self.capabilities)


class Assignment(models.Model):
    """One unit on one incident. A unit has at most one that has not ended.

    `proposal` keeps what was known and proposed when it was sent; `due_at` is when its present step is late.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="assignments", verbose_name=_("incident"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name=_("unit"))
    state = models.CharField(_("state"), max_length=20, choices=AssignmentState.choices)
    reached_scene_at = models.DateTimeField(_("on scene at"), null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("dispatched at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    status_before = models.CharField(_("status before"), max_length=3, choices=UnitStatus.choices, blank=True)
    eta_s = models.PositiveIntegerField(_("expected travel time (s)"), null=True)
    due_at = models.DateTimeField(_("due"), null=True)
    is_overdue = models.BooleanField(_("overdue"), default=False)
    destination = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", verbose_name=_("destination"))
    destination_text = models.CharField(_("destination in words"), max_length=120, blank=True)
    diverted_to = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="+", verbose_name=_("diverted to")
    )
    alarm_level = models.PositiveSmallIntegerField(_("alarm level"), default=1)
    proposed_rank = models.PositiveSmallIntegerField(
        _("rank in the proposal"), null=True, help_text=_("Empty: it was not proposed.")
    )
    override_reason = models.CharField(
        _("why another one"), max_length=12, choices=OverrideReason.choices, blank=True,
        help_text=_("Only where somebody else was sent than was proposed."),
    )  # fmt: skip
    override_note = models.CharField(_("in words"), max_length=200, blank=True)
    proposal = models.JSONField(default=dict, editable=False, help_text="what was proposed when it was sent")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["made_at"]
        indexes = [
            models.Index(fields=["due_at"], name="assignment_due", condition=Q(is_overdue=False, ended_at=None)),
            models.Index(fields=["realm", "made_at"], name="assignment_made"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["realm", "unit"], condition=~Q(state__in=ENDED), name="assignment_one_live_for_a_unit"
            ),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_known_state"),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | ~Q(state__in=ENDED) & Q(ended_at__isnull=True),
                name="assignment_ended_says_when",
            ),
            models.CheckConstraint(
                condition=Q(diverted_to=None) | Q(state="diverted"), name="assignment_diverted_only_says_where"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(due_at=None), name="assignment_ended_has_nothing_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.state}"
