"""Pictures, and what they may be looked at for."""

import uuid

from accounts.models import User
from cameras.models import Snapshot
from common.errors import NotFoundError
from dispatch.models import Incident
from dispatch.selectors.state import incident_get
from realtime.models import Realm
from recognition.choices import OPEN_MATCH_STATES
from recognition.models import CandidateMatch, WatchlistPhoto


def snapshot_of(*, realm: Realm, snapshot_id: uuid.UUID, incident_id: uuid.UUID) -> tuple[Snapshot, Incident]:
    """A picture that was taken for this incident; raises NotFoundError."""
    snapshot = Snapshot.objects.filter(realm=realm, pk=snapshot_id, incident_id=incident_id).first()
    if snapshot is None:
        raise NotFoundError
    return snapshot, incident_get(realm=realm, incident_id=incident_id)


def snapshot_get(*, realm: Realm, snapshot_id: uuid.UUID) -> Snapshot:
    """A picture of this realm; raises NotFoundError."""
    snapshot = Snapshot.objects.select_related("camera").filter(realm=realm, pk=snapshot_id).first()
    if snapshot is None:
        raise NotFoundError
    return snapshot


def may_judge(*, user: User, match_id: uuid.UUID, snapshot: Snapshot) -> bool:
    """Whether there is a candidate in this picture that waits for this person's judgement."""
    matches = CandidateMatch.objects.filter(pk=match_id, snapshot=snapshot, state__in=OPEN_MATCH_STATES)
    return matches.exclude(reviews__reviewer=user).exists()


def reference_of(*, realm: Realm, match_id: uuid.UUID) -> tuple[WatchlistPhoto, Incident]:
    """The photo a candidate is compared with, and the incident it was found for; raises NotFoundError."""
    match = CandidateMatch.objects.select_related("photo", "entry").filter(realm=realm, pk=match_id).first()
    if match is None:
        raise NotFoundError
    photo = match.photo or match.entry.photos.order_by("added_at").first()
    if photo is None:
        raise NotFoundError
    return photo, incident_get(realm=realm, incident_id=match.incident_id)
