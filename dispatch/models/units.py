"""Units and their work on incidents. A unit's own status is another matter and not kept here."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from common.ids import uuid7
from dispatch.choices import ENDED_ASSIGNMENT_STATES, AssignmentState
from dispatch.models.incidents import Incident
from realtime.models import Realm

ENDED = [str(state) for state in ENDED_ASSIGNMENT_STATES]


class Unit(models.Model):
    """A crew with a vehicle, known by its call sign."""

    call_sign = models.SlugField(_("call sign"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="units", verbose_name=_("agency"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["call_sign"]

    def __str__(self) -> str:
        return self.call_sign


class Assignment(models.Model):
    """One unit on one incident. A unit has at most one that has not ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="assignments", verbose_name=_("incident"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name=_("unit"))
    state = models.CharField(_("state"), max_length=20, choices=AssignmentState.choices)
    reached_scene_at = models.DateTimeField(_("on scene at"), null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("dispatched at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["realm", "unit"], condition=~Q(state__in=ENDED), name="assignment_one_live_for_a_unit"
            ),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_known_state"),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | ~Q(state__in=ENDED) & Q(ended_at__isnull=True),
                name="assignment_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.state}"
