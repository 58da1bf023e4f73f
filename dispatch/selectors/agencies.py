"""Incidents as one agency sees them."""

import uuid
from typing import Any

from accounts.models import Agency
from common.errors import NotFoundError
from dispatch.choices import CLOSED_INCIDENT_STATES, TimelineKind
from dispatch.models import AgencyPart, Incident
from dispatch.presenters.agencies import agency_incident_present
from dispatch.presenters.incidents import timeline_present
from realtime.models import Realm

PARTS = AgencyPart.objects.select_related("agency", "forwarded_to", "disposition")
# What an agency reads of the story: what was noted, how it went on. Not calls, candidates, or who was overdue.
SHARED_LINES = (TimelineKind.NOTE, TimelineKind.STATE, TimelineKind.PART, TimelineKind.ASSIGNMENT)


def agency_incidents(*, realm: Realm, agency: Agency) -> list[dict[str, Any]]:
    """Open incidents that this agency has a part in."""
    incidents = (
        Incident.objects.select_related("type", "place")
        .filter(realm=realm, parts__agency=agency)
        .exclude(state__in=CLOSED_INCIDENT_STATES)
        .order_by("-opened_at")
    )
    rows = list(incidents)
    parts: dict[uuid.UUID, list[AgencyPart]] = {incident.pk: [] for incident in rows}
    for part in PARTS.filter(incident__in=rows):
        parts[part.incident_id].append(part)
    return [_present(incident, agency, parts[incident.pk]) for incident in rows]


def agency_incident(*, realm: Realm, agency: Agency, incident_id: uuid.UUID) -> dict[str, Any]:
    """One incident, with the lines of its story that agencies share; NotFoundError where it has no part."""
    incident = (
        Incident.objects.select_related("type", "place")
        .filter(realm=realm, parts__agency=agency, pk=incident_id)
        .first()
    )
    if incident is None:
        raise NotFoundError
    lines = incident.timeline.select_related("author").filter(kind__in=SHARED_LINES)
    return {
        "incident": _present(incident, agency, list(PARTS.filter(incident=incident))),
        "timeline": [timeline_present(line).model_dump() for line in lines],
    }


def _present(incident: Incident, agency: Agency, parts: list[AgencyPart]) -> dict[str, Any]:
    own = next(part for part in parts if part.agency_id == agency.pk)
    return agency_incident_present(incident, own, parts).model_dump()
