"""Scorecards: versioned lists of questions by which conversations are judged."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from dispatch.choices.supervision import ScorecardState, ScoreKind


class Scorecard(models.Model):
    """One list by its code; what it asks stands in its versions."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name_id = models.CharField(_("Indonesian name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_id


class ScorecardVersion(models.Model):
    """One version of a scorecard. A published one is never changed: a new version takes its place."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="versions", verbose_name=_("scorecard"))
    number = models.PositiveIntegerField(_("version"), editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=ScorecardState.choices, default=ScorecardState.DRAFT, editable=False
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("passed from (%)"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(_("made at"), editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(_("in use since"), null=True, editable=False)

    class Meta:
        verbose_name = _("version of a scorecard")
        verbose_name_plural = _("versions of scorecards")
        ordering = ["card", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["card", "number"], name="scorecard_version_once"),
            models.UniqueConstraint(
                fields=["card"], condition=Q(state="published"), name="scorecard_version_one_published"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="scorecard_version_published_when"
            ),
            models.CheckConstraint(condition=Q(pass_percent__range=(1, 100)), name="scorecard_version_pass_possible"),
        ]

    def __str__(self) -> str:
        return f"{self.card} v{self.number}"


class ScorecardItem(models.Model):
    """One question, with what it weighs. Whoever fails a critical one does not pass, whatever the score."""

    version = models.ForeignKey(ScorecardVersion, models.CASCADE, related_name="items", verbose_name=_("version"))
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=30)
    kind = models.CharField(_("answered by"), max_length=10, choices=ScoreKind.choices, default=ScoreKind.YES_NO)
    text_id = models.CharField(_("Indonesian text"), max_length=200)
    text_en = models.CharField(_("English text"), max_length=200)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    is_critical = models.BooleanField(_("critical"), default=False)
    may_be_skipped = models.BooleanField(_("may not apply"), default=False)

    class Meta:
        verbose_name = _("question of a scorecard")
        verbose_name_plural = _("questions of scorecards")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="scorecard_item_once"),
            models.UniqueConstraint(fields=["version", "position"], name="scorecard_item_one_position"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="scorecard_item_weighs_something"),
            models.CheckConstraint(condition=Q(kind__in=ScoreKind.values), name="scorecard_item_known_kind"),
        ]

    def __str__(self) -> str:
        return self.code
