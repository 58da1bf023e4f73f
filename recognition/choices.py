"""Kinds and states of the watchlist and its candidates."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EntryKind(TextChoices):
    """Why a person is sought."""

    MISSING = "missing", _("missing person")
    VICTIM_AT_RISK = "victim_at_risk", _("victim at risk")
    WANTED = "wanted", _("wanted person")


class EntryState(TextChoices):
    """DRAFT -> (a second person approves) ACTIVE -> EXPIRED | WITHDRAWN, both with photos and vectors erased."""

    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")


class MatchState(TextChoices):
    """PROPOSED -> (second review) -> CONFIRMED | REJECTED | EXPIRED."""

    PROPOSED = "proposed", _("candidate")
    SECOND_REVIEW = "second_review", _("waits for a second reviewer")
    CONFIRMED = "confirmed", _("confirmed by a person")
    REJECTED = "rejected", _("rejected")
    EXPIRED = "expired", _("expired unreviewed")


class MatchTier(TextChoices):
    """Whether a candidate raises an alarm or only stands in the list."""

    PUSHED = "pushed", _("alarm")
    LISTED = "listed", _("list")


class Decision(TextChoices):
    """A reviewer's own word."""

    CONFIRM = "confirm", _("same person")
    REJECT = "reject", _("not this person")
    UNSURE = "unsure", _("unsure")


class ReviewReason(TextChoices):
    """What the decision rests on."""

    FEATURES = "features", _("distinctive features")
    FACE_SHAPE = "face_shape", _("shape of face, ears, hairline")
    CLOTHING = "clothing", _("clothing as described")
    CONTEXT = "context", _("place and time fit")
    OTHER_PERSON = "other_person", _("clearly another person")
    QUALITY = "quality", _("picture too poor")
    OTHER = "other", _("other (see note)")


OPEN_ENTRY_STATES = (EntryState.DRAFT, EntryState.ACTIVE)
OPEN_MATCH_STATES = (MatchState.PROPOSED, MatchState.SECOND_REVIEW)
