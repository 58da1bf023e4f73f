"""Pictures, and what they may be looked at for."""

import uuid

from cameras.models import Snapshot
from common.errors import NotFoundError
from dispatch.models import Incident, IncidentCamera
from dispatch.selectors.state import incident_get
from realtime.models import Realm
from recognition.models import CandidateMatch, WatchlistPhoto


def snapshot_of(*, realm: Realm, snapshot_id: uuid.UUID, incident_id: uuid.UUID) -> tuple[Snapshot, Incident]:
    """A picture that was taken for this incident; raises NotFoundError."""
    row = (
        IncidentCamera.objects.select_related("snapshot", "incident")
        .filter(realm=realm, snapshot_id=snapshot_id, incident_id=incident_id)
        .first()
    )
    if row is None or row.snapshot is None:
        raise NotFoundError
    return row.snapshot, row.incident


def reference_of(*, realm: Realm, match_id: uuid.UUID) -> tuple[WatchlistPhoto, Incident]:
    """The photo a candidate is compared with, and the incident it was found for; raises NotFoundError."""
    match = CandidateMatch.objects.select_related("photo", "entry").filter(realm=realm, pk=match_id).first()
    if match is None:
        raise NotFoundError
    photo = match.photo or match.entry.photos.order_by("added_at").first()
    if photo is None:
        raise NotFoundError
    return photo, incident_get(realm=realm, incident_id=match.incident_id)
