"""What somebody has to look at about a unit, and whether somebody did."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from dispatch.choices import EscalationLevel, UnitAlarmKind, UnitStatus
from dispatch.models.incidents import Incident
from dispatch.models.units import Assignment, Unit
from realtime.models import Realm

EMERGENCY = Q(kind=UnitAlarmKind.EMERGENCY)


class UnitAlarm(models.Model):
    """One alarm about one unit: who is told by now, who has looked at it, when it was over.

    `about_at` is the moment it is about (what was missed, when the button was pressed): one thing alarms once.
    `escalate_at` is when the next level is told unless somebody has looked at it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="alarms", verbose_name=_("unit"))
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="unit_alarms", verbose_name=_("incident")
    )
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="alarms", verbose_name=_("assignment")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=UnitAlarmKind.choices)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    lat = models.FloatField(_("latitude"), null=True)
    lon = models.FloatField(_("longitude"), null=True)
    status_before = models.CharField(_("status before"), max_length=3, choices=UnitStatus.choices, blank=True)
    presses = models.PositiveIntegerField(_("times pressed"), default=1)
    level = models.CharField(_("level"), max_length=12, choices=EscalationLevel.choices, default=EscalationLevel.DESK)
    about_at = models.DateTimeField(_("about"))
    raised_at = models.DateTimeField(_("raised at"))
    escalate_at = models.DateTimeField(_("next level at"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("looked at by")
    )
    acknowledged_at = models.DateTimeField(_("looked at"), null=True)
    ended_at = models.DateTimeField(_("over at"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )

    class Meta:
        verbose_name = _("alarm of a unit")
        verbose_name_plural = _("alarms of units")
        ordering = ["-raised_at"]
        indexes = [
            models.Index(fields=["escalate_at"], name="unit_alarm_escalate", condition=Q(ended_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "about_at"], name="unit_alarm_once"),
            models.UniqueConstraint(
                fields=["unit"], condition=EMERGENCY & Q(ended_at=None), name="unit_alarm_one_emergency"
            ),
            models.CheckConstraint(condition=Q(kind__in=UnitAlarmKind.values), name="unit_alarm_known_kind"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="unit_alarm_looked_at_by_somebody",
            ),
            # An emergency is ended by a person who has looked at it; nothing else may end it.
            models.CheckConstraint(
                condition=~EMERGENCY | Q(ended_at=None) | Q(acknowledged_at__isnull=False, ended_by__isnull=False),
                name="unit_alarm_emergency_is_ended_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit_id}"
