"""The same person before the same camera, picture after picture, is one candidate and not one for every picture."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from recognition.choices import OPEN_MATCH_STATES, MatchState, MatchTier
from recognition.models import CandidateMatch

SEEN_AGAIN_AFTER = timedelta(minutes=5)  # who was confirmed at a camera and is still there is not news


def earlier_of(
    *, incident_id: uuid.UUID, camera_id: int, entry_ids: Iterable[str], at: datetime
) -> dict[str, CandidateMatch]:
    """By entry the candidate of this incident and camera that a new picture adds to, locked; others begin anew.

    One that waits takes the picture up; one that a person rejected stands for the whole incident; one
    that was confirmed stands for a while. What expired unjudged does not count.
    """
    rows = CandidateMatch.objects.select_for_update(of=("self",), no_key=True).filter(
        incident_id=incident_id, camera_id=camera_id, entry_id__in=list(entry_ids)
    )
    found = {str(row.entry_id): row for row in rows.order_by("proposed_at")}
    return {key: row for key, row in found.items() if _stands(row, at)}


def taken_up(match: CandidateMatch, *, is_pushed: bool, expires_at: datetime) -> bool:
    """Count one more picture; whether consoles are to be told: only when it becomes worth an alarm."""
    match.frames += 1
    fields = ["frames"]
    is_news = False
    if match.state in OPEN_MATCH_STATES:
        match.expires_at = expires_at
        fields.append("expires_at")
        is_news = is_pushed and match.tier != MatchTier.PUSHED
    if is_news:
        match.tier = MatchTier.PUSHED
        fields.append("tier")
    match.save(update_fields=fields)
    return is_news


def _stands(row: CandidateMatch, at: datetime) -> bool:
    if row.state in OPEN_MATCH_STATES or row.state == MatchState.REJECTED:
        return True
    return row.state == MatchState.CONFIRMED and row.settled_at is not None and at - row.settled_at < SEEN_AGAIN_AFTER
