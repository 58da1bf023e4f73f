"""Who may be sought, what the machine proposed, and what people decided."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera, Snapshot
from common.crypto import Sealer
from common.ids import uuid7
from realtime.models import Realm
from recognition.choices import Decision, EntryKind, EntryState, MatchState, MatchTier, ReviewReason


class WatchlistEntry(models.Model):
    """A person sought, with the lawful basis for it. Nothing of the basis may be empty, and it always ends."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    label = models.CharField(_("label"), max_length=80, help_text=_("How the console calls this person."))
    kind = models.CharField(_("kind"), max_length=20, choices=EntryKind.choices)
    is_minor = models.BooleanField(_("minor"), default=False)
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    authority = models.CharField(_("authority"), max_length=120)
    document_number = models.CharField(_("document number"), max_length=80)
    case_number = models.CharField(_("case number"), max_length=80)
    incident_id = models.UUIDField(
        _("only for incident"),
        null=True,
        blank=True,
        help_text=_("Empty: applies to every incident with face matching."),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=EntryState.choices, default=EntryState.DRAFT, editable=False
    )
    valid_from = models.DateTimeField(_("valid from"))
    expires_at = models.DateTimeField(_("expires at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False,
        verbose_name=_("approved by"),
    )  # fmt: skip
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)

    class Meta:
        verbose_name = _("watchlist entry")
        verbose_name_plural = _("watchlist entries")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")), name="entry_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state=EntryState.ACTIVE) | (Q(approved_by__isnull=False) & Q(approved_at__isnull=False)),
                name="entry_active_is_approved",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("valid_from")), name="entry_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(legal_basis="") & ~Q(authority="") & ~Q(document_number="") & ~Q(case_number=""),
                name="entry_has_legal_basis",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class WatchlistPhoto(models.Model):
    """A reference photo and its vector, both sealed to this row. The vector is of one engine and version only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(WatchlistEntry, models.CASCADE, related_name="photos", verbose_name=_("entry"))
    provenance = models.CharField(_("provenance"), max_length=200, help_text=_("Who gave this photo, and when."))
    content_type = models.CharField(max_length=20)
    width = models.IntegerField()
    height = models.IntegerField()
    sha256 = models.CharField("SHA-256", max_length=64)
    photo_sealed = models.BinaryField()
    engine = models.CharField(_("engine"), max_length=20)
    engine_version = models.CharField(_("engine version"), max_length=40)
    vector_sealed = models.BinaryField()
    quality = models.JSONField(_("quality"), default=dict)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)

    class Meta:
        verbose_name = _("watchlist photo")
        verbose_name_plural = _("watchlist photos")
        ordering = ["added_at"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "sha256", "engine", "engine_version"], name="photo_once"),
            models.CheckConstraint(condition=~Q(provenance=""), name="photo_has_provenance"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.added_at:%Y-%m-%d}"

    def seal(self, *, photo: bytes, vector: bytes) -> None:
        """Put both in, bound to this row's identity."""
        sealer = Sealer(settings.SEAL_KEYS)
        self.photo_sealed = sealer.seal(photo, context=self._context("photo"))
        self.vector_sealed = sealer.seal(vector, context=self._context("vector"))

    def photo_read(self) -> bytes:
        """The photo's bytes as they were given."""
        return Sealer(settings.SEAL_KEYS).unseal(bytes(self.photo_sealed), context=self._context("photo"))

    def vector_read(self) -> bytes:
        """The vector as little-endian float32."""
        return Sealer(settings.SEAL_KEYS).unseal(bytes(self.vector_sealed), context=self._context("vector"))

    def _context(self, column: str) -> str:
        return f"recognition.watchlistphoto/{self.pk}/{column}"


class FaceAnalysis(models.Model):
    """What was done with one picture: counts only. Of people who are not sought nothing else is kept."""

    snapshot = models.OneToOneField(Snapshot, models.CASCADE, related_name="analysis", primary_key=True)
    incident_id = models.UUIDField(db_index=True)
    engine = models.CharField(max_length=20)
    engine_version = models.CharField(max_length=40)
    faces_found = models.IntegerField(_("faces found"))
    faces_searched = models.IntegerField(_("faces searched"))
    comparisons = models.IntegerField(_("comparisons"))
    candidates = models.IntegerField(_("candidates"))
    flags = models.JSONField(_("picture flags"), default=list)
    duration_ms = models.FloatField(_("duration (ms)"))
    analysed_at = models.DateTimeField(_("analysed at"), auto_now_add=True)

    class Meta:
        verbose_name = _("face analysis")
        verbose_name_plural = _("face analyses")

    def __str__(self) -> str:
        return f"{self.snapshot_id}: {self.faces_found}"


class CandidateMatch(models.Model):
    """The machine's proposal that a face in a picture may be a person sought. It changes nothing by itself."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    incident_id = models.UUIDField(db_index=True)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="matches", verbose_name=_("snapshot"))
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="+", verbose_name=_("camera"))
    entry = models.ForeignKey(WatchlistEntry, models.PROTECT, related_name="matches", verbose_name=_("entry"))
    photo = models.ForeignKey(WatchlistPhoto, models.SET_NULL, null=True, related_name="+")
    tier = models.CharField(_("tier"), max_length=8, choices=MatchTier.choices)
    state = models.CharField(_("state"), max_length=14, choices=MatchState.choices, default=MatchState.PROPOSED)
    raw_score = models.FloatField(_("raw score"))
    normalised_score = models.FloatField(_("normalised score"), null=True)
    threshold = models.FloatField(_("threshold"))
    expected_false_candidates = models.FloatField(
        _("expected false candidates"), null=True, help_text=_("In this run; empty where the rate is not calibrated.")
    )
    box = models.JSONField(_("face box"), help_text="[x, y, width, height] in pixels of the snapshot")
    quality = models.JSONField(_("quality"), default=dict)
    engine = models.CharField(_("engine"), max_length=20)
    engine_version = models.CharField(_("engine version"), max_length=40)
    frames = models.IntegerField(
        _("pictures"), default=1, help_text=_("Of the same camera that propose the same person.")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    expires_at = models.DateTimeField(_("expires at"))
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("candidate match")
        verbose_name_plural = _("candidate matches")
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "entry"], name="match_once_per_picture"),
            models.CheckConstraint(condition=Q(state__in=MatchState.values), name="match_known_state"),
            models.CheckConstraint(
                condition=Q(state__in=[MatchState.PROPOSED, MatchState.SECOND_REVIEW], settled_at__isnull=True)
                | (~Q(state__in=[MatchState.PROPOSED, MatchState.SECOND_REVIEW]) & Q(settled_at__isnull=False)),
                name="match_settled_when_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.get_state_display()}"


class Review(models.Model):
    """One person's decision on one candidate, with what it rests on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    match = models.ForeignKey(CandidateMatch, models.PROTECT, related_name="reviews", verbose_name=_("candidate"))
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reviewer"))
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices)
    reason = models.CharField(_("reason"), max_length=20, choices=ReviewReason.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)
    viewed_ms = models.IntegerField(_("viewed for (ms)"), help_text=_("How long both pictures were on the screen."))
    reviewed_at = models.DateTimeField(_("reviewed at"))

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["reviewed_at"]
        constraints = [
            models.UniqueConstraint(fields=["match", "reviewer"], name="review_once_per_person"),
            models.CheckConstraint(condition=~Q(reason=""), name="review_has_reason"),
            models.CheckConstraint(condition=~Q(reason="other") | ~Q(note=""), name="review_other_has_note"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id} {self.decision}"
