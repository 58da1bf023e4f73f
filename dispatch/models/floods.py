"""What a flood asks of people: tasks planned beforehand, warnings to decide on, roads that are blocked."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from common.ids import uuid7
from dispatch.choices import EscalationLevel
from dispatch.choices.floods import (
    FloodTaskState,
    FloodWarningState,
    RoadBlockReason,
    RoadBlockSource,
    SiagaLevel,
)
from dispatch.models.alerts import Alert
from dispatch.models.gauges import Gauge, GaugeLevelChange
from realtime.models import Realm

PLANNED_LEVELS = [(value, label) for value, label in SiagaLevel.choices if value < SiagaLevel.IV]


class FloodTaskPlan(models.Model):
    """A task that is made when a level is reached: at one gauge, or at whichever comes first."""

    level = models.PositiveSmallIntegerField(_("level"), choices=PLANNED_LEVELS)
    gauge = models.ForeignKey(
        Gauge, models.CASCADE, null=True, blank=True, related_name="plans", verbose_name=_("gauge"),
        help_text=_("Empty: any gauge; the first that reaches the level makes the task."),
    )  # fmt: skip
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency"),
        help_text=_("Empty: the centre itself."),
    )  # fmt: skip
    text_id = models.CharField(_("Indonesian text"), max_length=300)
    text_en = models.CharField(_("English text"), max_length=300)
    due_s = models.PositiveIntegerField(_("due within (s)"), default=1800)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("planned flood task")
        verbose_name_plural = _("planned flood tasks")
        ordering = ["-level", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "gauge", "agency", "text_id"], name="flood_plan_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(level__range=(1, 3), due_s__gt=0), name="flood_plan_sane"),
        ]

    def __str__(self) -> str:
        return self.text_id


class FloodEpisode(models.Model):
    """One flood: from the first gauge that leaves Siaga IV until all are back. Its tasks are made once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("flood")
        verbose_name_plural = _("floods")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["realm"], condition=Q(ended_at=None), name="flood_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class FloodWarning(models.Model):
    """A public warning that a rule proposes; a person lets it out, or says why not. `draft` is what it would say."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    change = models.OneToOneField(
        GaugeLevelChange, models.PROTECT, related_name="warning", verbose_name=_("change of level")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=FloodWarningState.choices, default=FloodWarningState.PROPOSED
    )
    draft = models.JSONField(default=dict, editable=False)
    alert = models.ForeignKey(Alert, models.PROTECT, null=True, related_name="+", verbose_name=_("warning"))
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("proposed warning")
        verbose_name_plural = _("proposed warnings")
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None, decided_by=None, alert=None)
                | Q(state="confirmed", decided_at__isnull=False, decided_by__isnull=False, alert__isnull=False)
                | Q(state="declined", decided_at__isnull=False, decided_by__isnull=False, alert=None) & ~Q(reason="")
                | Q(state="replaced", decided_at__isnull=False, decided_by=None, alert=None),
                name="flood_warning_decided_by_a_person",
            )
        ]

    def __str__(self) -> str:
        return str(self.draft.get("headline", ""))


class FloodTask(models.Model):
    """Something to be done in a flood, by a plan or because a warning waits. Open until it is answered for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    episode = models.ForeignKey(FloodEpisode, models.PROTECT, related_name="tasks", verbose_name=_("flood"))
    gauge = models.ForeignKey(Gauge, models.PROTECT, related_name="+", verbose_name=_("gauge"))
    level = models.PositiveSmallIntegerField(_("level"), choices=SiagaLevel.choices)
    plan = models.ForeignKey(
        FloodTaskPlan, models.SET_NULL, null=True, related_name="tasks", verbose_name=_("planned flood task")
    )
    warning = models.OneToOneField(
        FloodWarning, models.PROTECT, null=True, related_name="task", verbose_name=_("proposed warning")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("agency"))
    text_id = models.CharField(_("Indonesian text"), max_length=300)
    text_en = models.CharField(_("English text"), max_length=300)
    made_at = models.DateTimeField(_("made at"))
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=12, choices=FloodTaskState.choices, default=FloodTaskState.OPEN)
    escalation = models.CharField(_("told to"), max_length=12, choices=EscalationLevel.choices, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        verbose_name = _("flood task")
        verbose_name_plural = _("flood tasks")
        ordering = ["due_at"]
        indexes = [models.Index(fields=["due_at"], name="flood_task_due", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(fields=["episode", "plan"], name="flood_task_once"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None)
                | Q(state__in=["done", "overtaken"], answered_at__isnull=False)
                | Q(state="not_possible", answered_at__isnull=False) & ~Q(reason=""),
                name="flood_task_answered",
            ),
        ]

    def __str__(self) -> str:
        return self.text_id


class RoadBlock(models.Model):
    """A road or an area where not everybody gets through. `points` are [latitude, longitude]; an area is closed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    name = models.CharField(_("road or area"), max_length=160)
    is_area = models.BooleanField(_("area"), default=False)
    points = models.JSONField()
    reason = models.CharField(_("reason"), max_length=10, choices=RoadBlockReason.choices)
    depth_cm = models.PositiveSmallIntegerField(_("depth of the water (cm)"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    from_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("expected until"), null=True)
    source = models.CharField(_("source"), max_length=10, choices=RoadBlockSource.choices)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reported by")
    )
    made_at = models.DateTimeField(_("reported at"))
    ended_at = models.DateTimeField(_("open again at"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("opened by")
    )
    end_note = models.CharField(_("how that is known"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("blocked road")
        verbose_name_plural = _("blocked roads")
        ordering = ["-from_at"]
        indexes = [models.Index(fields=["realm", "from_at"], name="road_block_open", condition=Q(ended_at=None))]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gt=F("from_at")), name="road_block_ends_later"
            ),
            models.CheckConstraint(condition=Q(depth_cm=None) | Q(reason="flood"), name="road_block_depth_of_water"),
            models.CheckConstraint(condition=~Q(name=""), name="road_block_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
