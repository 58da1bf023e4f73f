"""Judging candidates."""

import uuid

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from common.doorbell import ring
from dispatch.services.matches import match_settle
from dispatch.tasks import camera_watch_tick
from realtime.models import Realm
from recognition.choices import Decision, MatchState, ReviewReason
from recognition.models import CandidateMatch


def match_review(
    *,
    user: User,
    source: str,
    realm: Realm,
    match_id: uuid.UUID,
    decision: Decision,
    reason: ReviewReason,
    note: str,
    viewed_ms: int,
) -> CandidateMatch:
    """Judge a candidate."""
    require(user, Permission.MATCH_REVIEW)
    with transaction.atomic():
        match = match_settle(
            realm=realm,
            match_id=match_id,
            user=user,
            source=source,
            decision=decision,
            reason=reason,
            note=note,
            viewed_ms=viewed_ms,
        )
        if match.state == MatchState.CONFIRMED:
            ring(camera_watch_tick, match.incident_id)
    return match
