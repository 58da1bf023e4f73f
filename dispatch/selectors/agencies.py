"""Incidents as one agency sees them."""

import uuid
from typing import Any

from accounts.models import Agency
from common.errors import NotFoundError
from dispatch.choices import CLOSED_INCIDENT_STATES, TimelineKind
from dispatch.models import AgencyPart, Incident, TimelineEntry
from dispatch.presenters.agencies import agency_incident_present, is_told_who_called
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
    own = PARTS.get(incident=incident, agency=agency)
    lines = incident.timeline.select_related("author").filter(kind__in=SHARED_LINES)
    return {
        "incident": _present(incident, agency, list(PARTS.filter(incident=incident))),
        "timeline": [line for entry in lines if (line := _line_present(entry, own)) is not None],
    }


def _line_present(entry: TimelineEntry, own: AgencyPart) -> dict[str, Any] | None:
    """A line as this agency may read it: others' reasons are theirs, and who only looks on reads no words."""
    if entry.kind == TimelineKind.NOTE and not is_told_who_called(own):
        return None
    is_of_another = entry.kind == TimelineKind.PART and entry.data.get("agency") != own.agency.code
    hides = is_of_another or (not is_told_who_called(own) and entry.kind != TimelineKind.PART)
    return timeline_present(entry).model_dump() | ({"text": ""} if hides else {})


def _present(incident: Incident, agency: Agency, parts: list[AgencyPart]) -> dict[str, Any]:
    own = next(part for part in parts if part.agency_id == agency.pk)
    return agency_incident_present(incident, own, parts).model_dump()
