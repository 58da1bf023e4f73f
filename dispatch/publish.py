"""Telling the consoles: each function publishes one whole entity. Call them last in the transaction."""

from dispatch.events import CALL_CHANGED, INCIDENT_CAMERA_CHANGED, INCIDENT_CHANGED, MATCH_CHANGED, TIMELINE_ADDED
from dispatch.models import Call, Incident, IncidentCamera, TimelineEntry
from dispatch.presenters import (
    call_present,
    incident_camera_present,
    incident_present,
    match_present,
    timeline_present,
)
from realtime.models import Realm
from realtime.publish import publish
from recognition.models import CandidateMatch


def tell_call(call: Call) -> None:
    """A call changed."""
    publish(realm=call.realm, kind=CALL_CHANGED, entity_id=call.pk, payload=call_present(call))


def tell_incident(incident: Incident) -> None:
    """An incident changed."""
    publish(realm=incident.realm, kind=INCIDENT_CHANGED, entity_id=incident.pk, payload=incident_present(incident))


def tell_line(realm: Realm, line: TimelineEntry) -> None:
    """A line was added to a story."""
    publish(realm=realm, kind=TIMELINE_ADDED, entity_id=line.pk, payload=timeline_present(line))


def tell_incident_camera(row: IncidentCamera) -> None:
    """A camera of an incident got further."""
    publish(realm=row.realm, kind=INCIDENT_CAMERA_CHANGED, entity_id=row.pk, payload=incident_camera_present(row))


def tell_match(match: CandidateMatch) -> None:
    """A candidate is there or was judged."""
    publish(realm=match.realm, kind=MATCH_CHANGED, entity_id=match.pk, payload=match_present(match))
