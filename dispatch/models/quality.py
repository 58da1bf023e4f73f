"""Calls drawn for review, what reviewers found, and what the operators said to it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from dispatch.choices.supervision import ReviewKind, SampleState, SampleStratum, ScoreKind
from dispatch.models.calls import Call
from dispatch.models.incidents import Incident
from dispatch.models.scorecards import ScorecardItem, ScorecardVersion
from dispatch.models.transitions import Transition
from realtime.models import Realm


class QualityDraw(models.Model):
    """The drawing of one day. With its seed anybody can draw the same calls again. Append-only."""

    id = models.BigAutoField(primary_key=True)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    stratum = models.CharField(_("why"), max_length=10, choices=SampleStratum.choices)
    seed = models.CharField(_("seed"), max_length=64)
    share_percent = models.PositiveSmallIntegerField(_("share (%)"))
    population = models.PositiveIntegerField(_("calls to draw from"))
    population_print = models.CharField(_("fingerprint of these calls"), max_length=64)
    drawn = models.PositiveIntegerField(_("calls drawn"))
    drawn_at = models.DateTimeField(_("drawn at"))

    class Meta:
        verbose_name = _("drawing of calls")
        verbose_name_plural = _("drawings of calls")
        ordering = ["-day", "stratum"]
        constraints = [
            models.UniqueConstraint(fields=["realm", "day", "stratum"], name="quality_draw_once_a_day"),
            models.CheckConstraint(condition=Q(drawn__lte=F("population")), name="quality_draw_not_more_than_all"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.stratum}"


class QualitySample(models.Model):
    """One drawn call with who answered it, and how far its review is."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    draw = models.ForeignKey(QualityDraw, models.PROTECT, related_name="samples", verbose_name=_("drawing"))
    call = models.OneToOneField(Call, models.PROTECT, related_name="quality_sample", verbose_name=_("call"))
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+", verbose_name=_("incident"))
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator"))
    state = models.CharField(_("state"), max_length=15, choices=SampleState.choices, default=SampleState.WAITING)
    drawn_at = models.DateTimeField(_("drawn at"))

    class Meta:
        verbose_name = _("call drawn for review")
        verbose_name_plural = _("calls drawn for review")
        ordering = ["drawn_at", "id"]
        indexes = [
            models.Index(fields=["realm", "state", "drawn_at"], name="quality_sample_work"),
            models.Index(fields=["operator", "drawn_at"], name="quality_sample_of_operator"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SampleState.values), name="quality_sample_known_state")
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.state}"


class QualityTransition(Transition):
    """A step of a review; `reason` holds why an operator objects."""

    sample = models.ForeignKey(
        QualitySample, models.PROTECT, related_name="transitions", verbose_name=_("call drawn for review")
    )
    note = models.TextField(_("in words"), max_length=2000, blank=True)

    class Meta(Transition.Meta):
        verbose_name = _("step of a review")
        verbose_name_plural = _("steps of reviews")


class Calibration(models.Model):
    """One drawn call, judged by several reviewers who do not see each other until it is closed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    sample = models.ForeignKey(
        QualitySample, models.PROTECT, related_name="calibrations", verbose_name=_("call drawn for review")
    )
    version = models.ForeignKey(ScorecardVersion, models.PROTECT, related_name="+", verbose_name=_("version"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("calibration")
        verbose_name_plural = _("calibrations")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["sample"], condition=Q(closed_at=None), name="calibration_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.opened_at:%Y-%m-%d}"


class QualityReview(models.Model):
    """One filled scorecard. Append-only: a second review stands beside the first, and holds instead of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.ForeignKey(
        QualitySample, models.PROTECT, related_name="reviews", verbose_name=_("call drawn for review")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=ReviewKind.choices)
    calibration = models.ForeignKey(
        Calibration, models.PROTECT, null=True, related_name="reviews", verbose_name=_("calibration")
    )
    version = models.ForeignKey(ScorecardVersion, models.PROTECT, related_name="+", verbose_name=_("version"))
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reviewer"))
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("operator"))
    score_percent = models.DecimalField(_("score (%)"), max_digits=4, decimal_places=1, null=True)
    failed_critical = models.PositiveSmallIntegerField(_("critical ones failed"), default=0)
    is_passed = models.BooleanField(_("passed"))
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed at"))

    class Meta:
        verbose_name = _("review of a call")
        verbose_name_plural = _("reviews of calls")
        ordering = ["reviewed_at", "id"]
        indexes = [models.Index(fields=["operator", "reviewed_at"], name="quality_review_of_operator")]
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "kind"], condition=~Q(kind="calibration"), name="quality_review_once_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["sample", "reviewer"],
                condition=~Q(kind="calibration"),
                name="quality_review_second_by_another",
            ),
            models.UniqueConstraint(fields=["calibration", "reviewer"], name="quality_review_once_in_a_calibration"),
            models.CheckConstraint(
                condition=Q(kind="calibration", calibration__isnull=False)
                | ~Q(kind="calibration") & Q(calibration=None),
                name="quality_review_calibration_says_which",
            ),
            models.CheckConstraint(condition=~Q(reviewer=F("operator")), name="quality_review_not_of_own_call"),
            models.CheckConstraint(
                condition=Q(is_passed=False) | Q(failed_critical=0, score_percent__isnull=False),
                name="quality_review_passed_without_critical",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.score_percent}"


class QualityAnswer(models.Model):
    """One answered question; empty: it does not apply. Append-only."""

    id = models.BigAutoField(primary_key=True)
    review = models.ForeignKey(QualityReview, models.PROTECT, related_name="answers", verbose_name=_("review"))
    item = models.ForeignKey(ScorecardItem, models.PROTECT, related_name="+", verbose_name=_("question"))
    value = models.PositiveSmallIntegerField(_("answer"), null=True)

    class Meta:
        verbose_name = _("answer of a review")
        verbose_name_plural = _("answers of reviews")
        ordering = ["item__position"]
        constraints = [
            models.UniqueConstraint(fields=["review", "item"], name="quality_answer_once"),
            models.CheckConstraint(condition=Q(value=None) | Q(value__lte=4), name="quality_answer_possible"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}={self.value}"


VALUE_MAX = {ScoreKind.YES_NO: 1, ScoreKind.RATING: 4}
