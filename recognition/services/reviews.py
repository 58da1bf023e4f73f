"""What people make of a candidate."""

import uuid

from accounts.access import Permission, require
from accounts.models import User
from common import clock
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from recognition.choices import OPEN_MATCH_STATES, Decision, EntryKind, EntryState, MatchState, ReviewReason
from recognition.models import CandidateMatch, Review

VIEWED_MS_MIN = 2000


def review_record(
    *, match_id: uuid.UUID, user: User, decision: Decision, reason: ReviewReason, note: str, viewed_ms: int
) -> CandidateMatch:
    """Write one person's decision and what follows for the candidate's state.

    A rejection settles it. A confirmation settles it too, but for a wanted person, where a second reviewer must
    confirm; "unsure" always asks a second one. Raises ConflictError `match_settled` or `already_reviewed`.
    """
    require(user, Permission.MATCH_REVIEW)
    _check(decision, reason, note, viewed_ms)
    match = (
        CandidateMatch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("entry")
        .filter(pk=match_id)
        .first()
    )
    if match is None:
        raise NotFoundError
    at = clock.now()
    if match.state not in OPEN_MATCH_STATES or match.expires_at <= at:
        raise ConflictError(
            "match_settled", gettext_noop("This candidate was already decided or has expired."), {"state": match.state}
        )
    if match.entry.state != EntryState.ACTIVE:
        raise ConflictError("entry_ended", gettext_noop("This person is no longer sought; nothing is left to judge."))
    earlier = list(match.reviews.values_list("reviewer_id", "decision"))
    if user.pk in {reviewer for reviewer, _ in earlier}:
        raise ConflictError(
            "already_reviewed", gettext_noop("You have judged this candidate; a second person must now judge it.")
        )
    Review.objects.create(
        match=match, reviewer=user, decision=decision, reason=reason, note=note, viewed_ms=viewed_ms, reviewed_at=at
    )
    confirmations = sum(1 for _, earlier_decision in earlier if earlier_decision == Decision.CONFIRM)
    match.state = _state_after(match.entry.kind, decision, confirmations)
    match.settled_at = None if match.state == MatchState.SECOND_REVIEW else at
    match.save(update_fields=["state", "settled_at"])
    return match


def _state_after(kind: str, decision: Decision, confirmations: int) -> MatchState:
    if decision == Decision.REJECT:
        return MatchState.REJECTED
    if decision == Decision.UNSURE:
        return MatchState.SECOND_REVIEW
    needed = 2 if kind == EntryKind.WANTED else 1
    return MatchState.CONFIRMED if confirmations + 1 >= needed else MatchState.SECOND_REVIEW


def _check(decision: Decision, reason: ReviewReason, note: str, viewed_ms: int) -> None:
    if reason == ReviewReason.OTHER and not note.strip():
        raise ValidationError(
            "note_missing", gettext_noop("Write what the decision rests on."), {"fields": {"note": [""]}}
        )
    if decision == Decision.CONFIRM and viewed_ms < VIEWED_MS_MIN:
        raise ValidationError(
            "viewed_too_short",
            gettext_noop("Look at both pictures for at least two seconds before you confirm."),
            {"fields": {"viewed_ms": [str(viewed_ms)]}},
        )
