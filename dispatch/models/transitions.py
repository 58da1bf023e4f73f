"""Every step of every state machine: from where, to where, when, by whom, by what way. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispatch.models.agencies import AgencyPart
from dispatch.models.calls import Call
from dispatch.models.incidents import Incident
from dispatch.models.units import Assignment, Unit


class Transition(models.Model):
    """One edge as it was taken; `old` is empty for the first state."""

    id = models.BigAutoField(primary_key=True)
    old = models.CharField(_("from"), max_length=20, blank=True)
    new = models.CharField(_("to"), max_length=20)
    occurred_at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("actor")
    )
    source = models.CharField(_("source"), max_length=40)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.old} -> {self.new}"


class CallTransition(Transition):
    """A step of a call."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="transitions", verbose_name=_("call"))

    class Meta(Transition.Meta):
        verbose_name = _("step of a call")
        verbose_name_plural = _("steps of calls")
        indexes = [
            models.Index(fields=["occurred_at", "call"], name="call_abandoned_at", condition=Q(new="abandoned")),
            models.Index(fields=["occurred_at", "call"], name="call_callback_due_at", condition=Q(new="callback_due")),
        ]


class IncidentTransition(Transition):
    """A step of an incident."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="transitions", verbose_name=_("incident"))

    class Meta(Transition.Meta):
        verbose_name = _("step of an incident")
        verbose_name_plural = _("steps of incidents")


class AssignmentTransition(Transition):
    """A step of an assignment."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="transitions", verbose_name=_("assignment"))

    class Meta(Transition.Meta):
        verbose_name = _("step of an assignment")
        verbose_name_plural = _("steps of assignments")
        indexes = [
            models.Index(fields=["assignment", "occurred_at"], name="assignment_enroute_at", condition=Q(new="enroute"))
        ]


class AgencyPartTransition(Transition):
    """A step of an agency's part."""

    part = models.ForeignKey(
        AgencyPart, models.PROTECT, related_name="transitions", verbose_name=_("agency in an incident")
    )

    class Meta(Transition.Meta):
        verbose_name = _("step of an agency's part")
        verbose_name_plural = _("steps of agencies' parts")


class UnitStatusChange(Transition):
    """A change of a unit's status; `assignment` where a step of its work made it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="status_changes", verbose_name=_("unit"))
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name=_("assignment")
    )

    class Meta(Transition.Meta):
        verbose_name = _("status change of a unit")
        verbose_name_plural = _("status changes of units")
