"""Gauges of the rivers: what they are, what they showed, and which levels were reached and told."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from cameras.models import LATITUDE, LONGITUDE
from common.ids import uuid7
from dispatch.choices.floods import ReadingMark, ReadingSource, SiagaLevel
from dispatch.models.units import realm_live
from dispatch.rules.gauges import Scale
from places.models import Place
from realtime.models import Realm

OWN_MARKS = ["", ReadingMark.LATE, ReadingMark.FUTURE, ReadingMark.IMPOSSIBLE]


class Gauge(models.Model):
    """A gauge with its table of levels, and how it stands by its readings. An exercise has gauges of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+", default=realm_live, editable=False)
    code = models.SlugField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    river = models.CharField(_("river"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=100, help_text=_("Upstream first."))
    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lon = models.FloatField(_("longitude"), validators=LONGITUDE)
    level_3_cm = models.FloatField(_("Siaga III from (cm)"))
    level_2_cm = models.FloatField(_("Siaga II from (cm)"))
    level_1_cm = models.FloatField(_("Siaga I from (cm)"))
    hysteresis_cm = models.FloatField(
        _("falls only this far below (cm)"), default=5.0,
        help_text=_("A level ends once the water stands this far below its threshold."),
    )  # fmt: skip
    min_cm = models.FloatField(_("least possible (cm)"), default=0.0)
    max_cm = models.FloatField(_("highest possible (cm)"), default=2000.0)
    change_max_cm_h = models.FloatField(_("fastest possible change (cm/h)"), default=600.0)
    stale_after_s = models.PositiveIntegerField(_("stale after (s)"), default=3600)
    stuck_after_s = models.PositiveIntegerField(
        _("stuck after (s)"), default=86_400, help_text=_("The same value for so long is doubtful; 0: never.")
    )
    warn_from_level = models.PositiveSmallIntegerField(
        _("propose a warning from"), choices=SiagaLevel.choices, default=SiagaLevel.II, null=True, blank=True,
        help_text=_("Empty: none is proposed."),
    )  # fmt: skip
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("read by")
    )
    places = models.ManyToManyField(Place, blank=True, related_name="+", verbose_name=_("kelurahan on the river here"))
    source = models.CharField(_("source of the table"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # How it stands, from the readings; written by `services.gauge_state` alone.
    level = models.PositiveSmallIntegerField(_("level"), choices=SiagaLevel.choices, null=True, editable=False)
    level_since = models.DateTimeField(_("since"), null=True, editable=False)
    height_cm = models.FloatField(_("height (cm)"), null=True, editable=False)
    measured_at = models.DateTimeField(_("measured at"), null=True, editable=False)
    trend_cm_h = models.FloatField(_("trend (cm/h)"), null=True, editable=False)
    mark = models.CharField(_("doubt"), max_length=12, choices=ReadingMark.choices, blank=True, editable=False)
    is_stale = models.BooleanField(_("stale"), default=True, editable=False)
    waves = models.JSONField(default=list, editable=False, help_text="water on its way to gauges downstream")

    class Meta:
        verbose_name = _("gauge")
        verbose_name_plural = _("gauges")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["realm", "code"], name="gauge_code_once"),
            models.CheckConstraint(
                condition=Q(
                    min_cm__lt=F("level_3_cm"), level_3_cm__lt=F("level_2_cm"), level_2_cm__lt=F("level_1_cm"),
                    level_1_cm__lt=F("max_cm"),
                ),
                name="gauge_levels_rise",
            ),
            models.CheckConstraint(
                condition=Q(hysteresis_cm__gte=0, change_max_cm_h__gt=0, stale_after_s__gt=0), name="gauge_rules_sane"
            ),
            models.CheckConstraint(condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="gauge_on_earth"),
            models.CheckConstraint(
                condition=Q(level=None, level_since=None, height_cm=None, measured_at=None)
                | Q(level__range=(1, 4), level_since__isnull=False, height_cm__isnull=False, measured_at__isnull=False),
                name="gauge_level_comes_from_readings",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def scale(self) -> Scale:
        """Its table, as the rules take it."""
        return Scale(
            self.level_3_cm, self.level_2_cm, self.level_1_cm, self.hysteresis_cm, self.min_cm, self.max_cm,
            self.change_max_cm_h, self.stuck_after_s,
        )  # fmt: skip


class GaugeReach(models.Model):
    """From a gauge down to the next, and how long a wave takes for it."""

    upper = models.ForeignKey(Gauge, models.CASCADE, related_name="reaches_down", verbose_name=_("from"))
    lower = models.ForeignKey(Gauge, models.CASCADE, related_name="reaches_up", verbose_name=_("to"))
    travel_min_s = models.PositiveIntegerField(_("at the earliest (s)"))
    travel_s = models.PositiveIntegerField(_("usually (s)"))
    travel_max_s = models.PositiveIntegerField(_("at the latest (s)"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("way of the water")
        verbose_name_plural = _("ways of the water")
        ordering = ["upper", "lower"]
        constraints = [
            models.UniqueConstraint(fields=["upper", "lower"], name="gauge_reach_once"),
            models.CheckConstraint(condition=~Q(upper=F("lower")), name="gauge_reach_leads_on"),
            models.CheckConstraint(
                condition=Q(travel_min_s__lte=F("travel_s"), travel_s__lte=F("travel_max_s"), travel_max_s__gt=0),
                name="gauge_reach_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upper} → {self.lower}"


class GaugeReading(models.Model):
    """What a gauge showed. Append-only; one for each gauge and moment. `mark` is what was doubtful when it came."""

    id = models.BigAutoField(primary_key=True)
    gauge = models.ForeignKey(Gauge, models.PROTECT, related_name="readings", verbose_name=_("gauge"))
    measured_at = models.DateTimeField(_("measured at"))
    height_cm = models.FloatField(_("height (cm)"))
    received_at = models.DateTimeField(_("received at"))
    source = models.CharField(_("source"), max_length=10, choices=ReadingSource.choices)
    mark = models.CharField(_("doubt"), max_length=12, choices=ReadingMark.choices, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("sent by")
    )

    class Meta:
        verbose_name = _("reading of a gauge")
        verbose_name_plural = _("readings of gauges")
        ordering = ["-measured_at"]
        constraints = [
            models.UniqueConstraint(fields=["gauge", "measured_at"], name="gauge_reading_once"),
            models.CheckConstraint(condition=Q(mark__in=OWN_MARKS), name="gauge_reading_known_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.height_cm:g} cm {self.measured_at:%H:%M}"


class GaugeLevelChange(models.Model):
    """A level was reached and told. The one without an end is how the gauge stands."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    gauge = models.ForeignKey(Gauge, models.PROTECT, related_name="changes", verbose_name=_("gauge"))
    old = models.PositiveSmallIntegerField(_("before"), choices=SiagaLevel.choices, null=True)
    new = models.PositiveSmallIntegerField(_("level"), choices=SiagaLevel.choices)
    height_cm = models.FloatField(_("height (cm)"))
    measured_at = models.DateTimeField(_("measured at"))
    told_at = models.DateTimeField(_("told at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    is_sure = models.BooleanField(_("sure"), default=True)
    downstream = models.JSONField(default=list, editable=False, help_text="when the water is expected where, as told")

    class Meta:
        verbose_name = _("change of level")
        verbose_name_plural = _("changes of level")
        ordering = ["-told_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["gauge"], condition=Q(ended_at=None), name="gauge_level_one_open"),
            models.CheckConstraint(condition=Q(new__range=(1, 4)), name="gauge_level_known"),
        ]

    def __str__(self) -> str:
        return f"{self.gauge_id} {self.get_new_display()}"


class GaugeLevelSeen(models.Model):
    """A person has taken note of a change of level."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(GaugeLevelChange, models.PROTECT, related_name="seen", verbose_name=_("change of level"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("change of level taken note of")
        verbose_name_plural = _("changes of level taken note of")
        ordering = ["seen_at", "id"]
        constraints = [models.UniqueConstraint(fields=["change", "user"], name="gauge_level_seen_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.seen_at:%H:%M:%S}"
