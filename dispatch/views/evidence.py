"""Pages of evidence: which incidents have pictures, what holds them, who looked, and whether the record holds."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse

from accounts.permissions import Permission
from cameras.choices import RecordKind
from cameras.models import EvidenceRecord
from common.errors import NotFoundError
from dispatch.selectors.evidence import (
    access_of,
    incidents_with_evidence,
    locks_of,
    records_of,
    seal_last,
    snapshots_of,
    verification_last,
)
from dispatch.selectors.state import incident_get
from dispatch.views.base import ROWS_MAX, live, needs, show


@needs(Permission.EVIDENCE_VIEW)
def evidence(request: HttpRequest) -> HttpResponse:
    """Incidents with pictures, newest first; what the last verification found."""
    realm = live()
    return show(
        request,
        "work/evidence.html",
        {
            "rows": incidents_with_evidence(realm=realm, count=ROWS_MAX),
            "verification": verification_last(),
            "seal": seal_last(),
        },
        realm=realm,
    )


@needs(Permission.EVIDENCE_VIEW)
def incident(request: HttpRequest, incident_id: uuid.UUID) -> HttpResponse:
    """The pictures of one incident with their records, locks, and who opened them."""
    realm = live()
    try:
        found = incident_get(realm=realm, incident_id=incident_id)
    except NotFoundError as error:
        raise Http404 from error
    snapshots = list(snapshots_of(realm=realm, incident_id=found.pk))
    records = list(records_of(realm=realm, incident_id=found.pk))
    numbers = {record.snapshot_id: record.sequence for record in records if record.kind == RecordKind.KEPT}
    locks = list(locks_of(realm=realm, incident_id=found.pk))
    return show(
        request,
        "work/evidence_incident.html",
        {
            "incident": found,
            "rows": [(snapshot, numbers.get(snapshot.pk)) for snapshot in snapshots],
            "records": [(record, _words(record)) for record in records],
            "locks": [lock for lock in locks if lock.is_active],
            "past": [lock for lock in locks if not lock.is_active],
            "access": access_of(snapshots),
        },
        realm=realm,
    )


def _words(record: EvidenceRecord) -> str:
    """What people want to know of a record at a glance."""
    body = record.body
    said = [body.get("camera"), body.get("by"), body.get("reason")]
    if record.kind == RecordKind.EXPORTED:
        said.append(body.get("purpose"))
    return " · ".join(str(part) for part in said if part)
