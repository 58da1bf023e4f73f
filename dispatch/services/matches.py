"""Candidates in the story of an incident: what people decided, and what nobody looked at in time."""

import uuid

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.services.audit import SYSTEM, Actor, audit_write
from common import clock
from common.errors import NotFoundError
from dispatch.choices import TimelineKind
from dispatch.models import Incident
from dispatch.publish import tell_line, tell_match, tell_watch
from dispatch.services.timeline import entry_add
from dispatch.services.watching import sighting_take
from realtime.models import Realm
from recognition.choices import OPEN_MATCH_STATES, Decision, EntryState, MatchState, ReviewReason
from recognition.models import CandidateMatch
from recognition.services.reviews import review_record

BATCH = 200
MATCH_ROWS = CandidateMatch.objects.select_related("realm", "snapshot__camera", "camera", "entry").prefetch_related(
    "reviews__reviewer"
)


def match_settle(
    *,
    realm: Realm,
    match_id: uuid.UUID,
    user: User,
    source: str,
    decision: Decision,
    reason: ReviewReason,
    note: str,
    viewed_ms: int,
) -> CandidateMatch:
    """Write a review with its line in the story, its audit entry and its event, in the transaction of the caller."""
    if not CandidateMatch.objects.filter(realm=realm, pk=match_id).exists():
        raise NotFoundError
    settled = review_record(
        match_id=match_id, user=user, decision=decision, reason=reason, note=note, viewed_ms=viewed_ms
    )
    match = MATCH_ROWS.all().get(pk=settled.pk)
    incident = Incident.objects.select_related("realm").get(pk=match.incident_id)
    actor = Actor(user, source)
    # The decision itself stays out of the story until the candidate is settled: a second reviewer must not know it.
    is_open = match.state in OPEN_MATCH_STATES
    data = {"match": str(match.pk), "camera": match.camera.code, "state": match.state}
    line = entry_add(
        incident=incident, kind=TimelineKind.REVIEWED, actor=actor, at=clock.now(),
        data=data if is_open else data | {"decision": decision, "reason": reason},
    )  # fmt: skip
    audit_write(
        actor=actor, action="match_reviewed", object_type="recognition.candidatematch", object_id=match.pk,
        realm=realm.code, purpose=f"incident {incident.number}",
        data={"decision": decision, "reason": reason, "viewed_ms": viewed_ms, "state": match.state},
    )  # fmt: skip
    watch = None
    if match.state == MatchState.CONFIRMED:
        watch = sighting_take(incident_id=match.incident_id, snapshot=match.snapshot)
    tell_match(match)
    tell_line(realm, line)
    if watch is not None:
        tell_watch(watch)
    return match


def matches_expire() -> int:
    """End candidates that nobody judged in time, or whose person is no longer sought; returns how many."""
    at = clock.now()
    is_over = Q(expires_at__lte=at) | ~Q(entry__state=EntryState.ACTIVE)
    late = CandidateMatch.objects.filter(is_over, state__in=OPEN_MATCH_STATES)
    count = 0
    for match_id in list(late.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            open_rows = CandidateMatch.objects.filter(pk=match_id, state__in=OPEN_MATCH_STATES)
            if not open_rows.update(state=MatchState.EXPIRED, settled_at=at):
                continue
            match = MATCH_ROWS.all().get(pk=match_id)
            audit_write(
                actor=SYSTEM, action="match_expired", object_type="recognition.candidatematch", object_id=match.pk,
                realm=match.realm.code,
            )  # fmt: skip
            tell_match(match)
            count += 1
    return count
