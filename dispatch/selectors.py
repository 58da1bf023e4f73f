"""Reading calls and incidents."""

import uuid
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission
from cameras.models import Snapshot
from common.errors import NotFoundError
from dispatch.choices import CLOSED_INCIDENT_STATES, CallState
from dispatch.models import Call, Incident, IncidentCamera, IncidentType
from dispatch.presenters import (
    call_present,
    incident_camera_present,
    incident_present,
    match_present,
    timeline_present,
)
from realtime.models import Realm
from realtime.selectors import realm_head
from recognition.models import CandidateMatch, WatchlistPhoto


def incident_get(*, realm: Realm, incident_id: uuid.UUID) -> Incident:
    """One incident of this realm; raises NotFoundError."""
    found = Incident.objects.select_related("type", "place", "opened_by").filter(realm=realm, pk=incident_id).first()
    if found is None:
        raise NotFoundError
    return found


def incident_read(*, realm: Realm, incident_id: uuid.UUID, user: User) -> dict[str, Any]:
    """One incident with its story, its calls, its cameras and its candidates, as far as the user may see them."""
    incident = incident_get(realm=realm, incident_id=incident_id)
    return {
        "incident": incident_present(incident).model_dump(),
        "timeline": [timeline_present(entry).model_dump() for entry in incident.timeline.select_related("author")],
        "calls": [call_present(call).model_dump() for call in incident.calls.select_related("answered_by")],
        **_response_read(user, [incident.pk]),
    }


def state_read(*, realm: Realm, user: User) -> dict[str, Any]:
    """All that is open and may be seen, and the event number up to which it holds.

    The head is read first, in the same snapshot as the rest: what happens meanwhile comes as an event after it, and
    applying an event twice is harmless.
    """
    with transaction.atomic():
        head = realm_head(realm_id=realm.pk)
        calls = Call.objects.select_related("answered_by").filter(realm=realm).exclude(state=CallState.CLOSED)
        incidents = (
            Incident.objects.select_related("type", "place", "opened_by")
            .filter(realm=realm)
            .exclude(state__in=CLOSED_INCIDENT_STATES)
        )
        return {
            "head": head,
            "calls": [call_present(call).model_dump() for call in calls],
            "incidents": [incident_present(incident).model_dump() for incident in incidents],
            **_response_read(user, [incident.pk for incident in incidents]),
        }


def incident_types() -> list[IncidentType]:
    """Types that can be chosen, in the order of the form."""
    return list(IncidentType.objects.filter(is_active=True))


def _response_read(user: User, incident_ids: list[uuid.UUID]) -> dict[str, Any]:
    found: dict[str, Any] = {"incident_cameras": [], "matches": []}
    if user.may(Permission.CAMERA_VIEW):
        rows = IncidentCamera.objects.filter(incident_id__in=incident_ids).select_related("camera", "snapshot")
        found["incident_cameras"] = [incident_camera_present(row).model_dump() for row in rows]
    if user.may(Permission.MATCH_VIEW):
        matches = (
            CandidateMatch.objects.filter(incident_id__in=incident_ids)
            .select_related("snapshot", "camera", "entry")
            .prefetch_related("reviews__reviewer")
        )
        found["matches"] = [match_present(match).model_dump() for match in matches]
    return found


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
