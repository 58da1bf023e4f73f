"""Incidents that a new report may belong to."""

from datetime import datetime
from typing import Any

from django.db.models import Max

from dispatch.models import Incident
from dispatch.models.incidents import IS_OPEN
from dispatch.presenters.incidents import incident_present
from dispatch.rules.duplicates import Likeness, Report, likeness
from dispatch.selectors.state import INCIDENTS
from realtime.models import Realm

PROPOSED_MAX = 5


def duplicates_propose(*, realm: Realm, report: Report, without: object = None) -> list[dict[str, Any]]:
    """The open incidents most like a report, best first, with score (0 to 1), reasons and distance (m)."""
    rows = INCIDENTS.filter(IS_OPEN, realm=realm).annotate(last_call_at=Max("calls__arrived_at"))
    found: list[tuple[Likeness, Incident]] = []
    for incident in rows:
        if incident.pk == without:
            continue
        alike = likeness(report, _report_of(incident, incident.last_call_at))
        if alike.is_proposed:
            found.append((alike, incident))
    found.sort(key=lambda item: (-item[0].score, item[1].number))
    return [
        {
            "incident": incident_present(incident).model_dump(),
            "score": alike.score,
            "reasons": list(alike.reasons),
            "distance_m": alike.distance_m,
        }
        for alike, incident in found[:PROPOSED_MAX]
    ]


def _report_of(incident: Incident, last_call_at: datetime | None) -> Report:
    # An incident of this morning that people still call about is of now.
    return Report(
        type_code=incident.type.code,
        at=max(incident.opened_at, last_call_at or incident.opened_at),
        lat=incident.lat,
        lon=incident.lon,
        radius_m=incident.radius_m,
        words=f"{incident.place_text} {incident.summary}",
    )
