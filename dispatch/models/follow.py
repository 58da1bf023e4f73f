"""What is still to be done: rules for next steps, what became overdue, and handovers between shifts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from dispatch.choices import EscalationLevel, HandoverState, IncidentState, NextStep, Priority
from dispatch.models.agencies import AgencyPart
from dispatch.models.calls import Call
from dispatch.models.incidents import Incident, IncidentType
from realtime.models import Realm


class FollowRule(models.Model):
    """The next step of incidents in a state, and how long it may take. The most particular rule holds."""

    state = models.CharField(_("state"), max_length=15, choices=IncidentState.choices)
    type = models.ForeignKey(
        IncidentType, models.CASCADE, null=True, blank=True, related_name="follow_rules", verbose_name=_("type")
    )
    priority = models.CharField(_("priority"), max_length=2, choices=Priority.choices, blank=True)
    next_step = models.CharField(_("next step"), max_length=30, choices=NextStep.choices)
    due_s = models.PositiveIntegerField(_("due within (s)"))
    supervisor_after_s = models.PositiveIntegerField(_("supervisor after (s overdue)"), default=120)
    head_after_s = models.PositiveIntegerField(_("head of operations after (s overdue)"), default=600)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("follow-up rule")
        verbose_name_plural = _("follow-up rules")
        ordering = ["state", "priority"]
        constraints = [
            models.UniqueConstraint(
                fields=["state", "type", "priority"], name="follow_rule_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(due_s__gt=0), name="follow_rule_gives_time"),
            models.CheckConstraint(
                condition=Q(head_after_s__gte=F("supervisor_after_s")), name="follow_rule_head_comes_last"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.next_step}"


class Escalation(models.Model):
    """Somebody was told that something is overdue. Append-only.

    `due_at` is the moment that was missed; one thing is escalated once to each level for each missed moment.
    """

    id = models.BigAutoField(primary_key=True)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="escalations", verbose_name=_("incident")
    )
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="escalations", verbose_name=_("call"))
    part = models.ForeignKey(
        AgencyPart, models.PROTECT, null=True, related_name="escalations", verbose_name=_("agency in an incident")
    )
    task = models.ForeignKey(
        "dispatch.FloodTask", models.PROTECT, null=True, related_name="escalations", verbose_name=_("flood task")
    )
    level = models.CharField(_("level"), max_length=12, choices=EscalationLevel.choices)
    step = models.CharField(_("next step"), max_length=30, choices=NextStep.choices)
    due_at = models.DateTimeField(_("was due"))
    escalated_at = models.DateTimeField(_("escalated at"))

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["-escalated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "call", "part", "task", "level", "due_at"],
                name="escalation_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(incident__isnull=False, call=None, part=None, task=None)
                | Q(incident=None, call__isnull=False, part=None, task=None)
                | Q(incident=None, call=None, part__isnull=False, task=None)
                | Q(incident=None, call=None, part=None, task__isnull=False),
                name="escalation_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.step}"


class Handover(models.Model):
    """One person hands their open incidents to another, who has to take them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handed over by")
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handed over to")
    )
    state = models.CharField(_("state"), max_length=10, choices=HandoverState.choices, default=HandoverState.OFFERED)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    offered_at = models.DateTimeField(_("offered at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    incidents = models.ManyToManyField(Incident, related_name="+", verbose_name=_("incidents"))

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-offered_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(from_user=F("to_user")), name="handover_to_another"),
            models.UniqueConstraint(
                fields=["realm", "from_user"], condition=Q(state="offered"), name="handover_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_user_id} → {self.to_user_id}"
