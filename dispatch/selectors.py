"""Reading calls and incidents."""

import uuid
from typing import Any

from django.db import transaction

from common.errors import NotFoundError
from dispatch.choices import CLOSED_INCIDENT_STATES, CallState
from dispatch.models import Call, Incident
from dispatch.presenters import call_present, incident_present, timeline_present
from realtime.models import Realm
from realtime.selectors import realm_head


def call_get(*, realm: Realm, call_id: uuid.UUID) -> Call:
    """One call of this realm; raises NotFoundError."""
    call = Call.objects.select_related("answered_by", "incident").filter(realm=realm, pk=call_id).first()
    if call is None:
        raise NotFoundError
    return call


def incident_get(*, realm: Realm, incident_id: uuid.UUID) -> Incident:
    """One incident of this realm; raises NotFoundError."""
    found = Incident.objects.select_related("type", "place", "opened_by").filter(realm=realm, pk=incident_id).first()
    if found is None:
        raise NotFoundError
    return found


def incident_read(*, realm: Realm, incident_id: uuid.UUID) -> dict[str, Any]:
    """One incident with its story and its calls."""
    incident = incident_get(realm=realm, incident_id=incident_id)
    return {
        "incident": incident_present(incident).model_dump(),
        "timeline": [timeline_present(entry).model_dump() for entry in incident.timeline.select_related("author")],
        "calls": [call_present(call).model_dump() for call in incident.calls.select_related("answered_by")],
    }


def state_read(*, realm: Realm) -> dict[str, Any]:
    """All that is open, and the event number up to which it holds.

    The head is read first, in the same snapshot as the rest: what happens meanwhile comes as an event after it, and
    applying an event twice is harmless.
    """
    with transaction.atomic():
        head = realm_head(realm_id=realm.pk)
        calls = Call.objects.select_related("answered_by").filter(realm=realm).exclude(state=CallState.CLOSED)
        incidents = Incident.objects.select_related("type", "place", "opened_by").filter(realm=realm)
        return {
            "head": head,
            "calls": [call_present(call).model_dump() for call in calls],
            "incidents": [
                incident_present(incident).model_dump()
                for incident in incidents.exclude(state__in=CLOSED_INCIDENT_STATES)
            ],
        }
