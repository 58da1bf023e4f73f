"""Prank and ghost calls by number: counted, marked for a time, reviewed by a supervisor."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from common.errors import NotFoundError
from dispatch.choices import CLOSED_INCIDENT_STATES, CallClass, CallState, NumberReview
from dispatch.models import Call, Incident, NumberReputation
from dispatch.models.incidents import IS_OPEN
from dispatch.rules.reputation import MARK_FOR, is_forgotten, is_lowered, is_to_mark
from realtime.models import Realm


def number_is_lowered(*, realm: Realm, number: str | None, at: datetime) -> bool:
    """Whether a call of this number is offered later now."""
    if number is None:
        return False
    found = NumberReputation.objects.filter(realm=realm, number=number, marked_until__gt=at).first()
    if found is None:
        return False
    return is_lowered(found.marked_until, at=at, has_open_incident=number_has_incident(realm=realm, number=number))


def number_has_incident(*, realm: Realm, number: str) -> bool:
    """Whether an incident that this number told of is still open."""
    own = Incident.objects.filter(IS_OPEN, realm=realm, caller_number=number)
    joined = Call.objects.filter(realm=realm, caller_number=number, incident__isnull=False).exclude(
        incident__state__in=CLOSED_INCIDENT_STATES
    )
    return own.exists() or joined.exists()


def numbers_raise(*, realm: Realm, numbers: Iterable[str | None]) -> list[Call]:
    """The marks of these numbers do not hold now: their waiting calls are ordinary again; returns those that changed.

    A call that somebody has locked is left to the offering, which looks at the mark again.
    """
    rows = Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related(
        "answered_by", "offered_to", "realm"
    )
    waiting = list(
        rows.filter(
            realm=realm, caller_number__in=[number for number in numbers if number], is_lowered=True,
            state__in=[CallState.QUEUED, CallState.OFFERED],
        )
    )  # fmt: skip
    for call in waiting:
        call.is_lowered = False
        call.save(update_fields=["is_lowered"])
    return waiting


def class_count(*, call: Call, at: datetime) -> NumberReputation | None:
    """Count a prank or ghost call for its number, and mark the number when there are many."""
    if call.caller_number is None or call.call_class not in {CallClass.PRANK, CallClass.GHOST}:
        return None
    found, _made = NumberReputation.objects.select_for_update(no_key=True).get_or_create(
        realm=call.realm, number=call.caller_number, defaults={"last_at": at}
    )
    if is_forgotten(found.last_at, at):
        found.prank_count = found.ghost_count = 0
    if call.call_class == CallClass.PRANK:
        found.prank_count += 1
    else:
        found.ghost_count += 1
    found.last_at = at
    is_marked = found.marked_until is not None and found.marked_until > at
    # What a supervisor lifted stays lifted until it happens so often again.
    if is_to_mark(found.prank_count, found.ghost_count) and not is_marked:
        found.marked_at, found.marked_until, found.review = at, at + MARK_FOR, NumberReview.WAITING
        found.reviewed_by, found.reviewed_at, found.review_note = None, None, ""
    found.save()
    return found


def mark_review(
    *, realm: Realm, number_id: int, user: User, is_kept: bool, note: str, at: datetime
) -> tuple[NumberReputation, list[Call]]:
    """A supervisor keeps or lifts a mark; lifting starts the counting anew. Raises NotFoundError.

    Returns it with the waiting calls that are ordinary again.
    """
    found = NumberReputation.objects.select_for_update(no_key=True).filter(realm=realm, pk=number_id).first()
    if found is None or found.marked_at is None:
        raise NotFoundError
    found.review = NumberReview.KEPT if is_kept else NumberReview.LIFTED
    found.reviewed_by, found.reviewed_at, found.review_note = user, at, note
    if not is_kept:
        found.marked_until = None
        found.prank_count = found.ghost_count = 0
    found.save()
    return found, [] if is_kept else numbers_raise(realm=realm, numbers=[found.number])
