"""How long pictures are kept, by what happened to their incident; and their end. Run by the clock.

A picture with a candidate or an operator's mark is part of its incident: it stays while that is open, and for some
days after it was closed. Of incidents that were merged the one that took them counts.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.services.audit import SYSTEM, audit_write
from cameras.models import Snapshot
from cameras.selectors import incidents_locked
from cameras.services.retention import BATCH, snapshots_delete_due
from common.clock import monotonic_s
from dispatch.choices import CLOSED_INCIDENT_STATES
from dispatch.models import Incident, IncidentCamera
from dispatch.publish import tell_incident_camera

BUDGET_S = 20.0
TOLD_MAX = 500

_FOUND = """
UPDATE cameras_snapshot picture SET retention_class = 'incident', delete_after = NULL
WHERE picture.retention_class = 'unmarked' AND picture.deleted_at IS NULL
  AND EXISTS (SELECT 1 FROM recognition_candidatematch candidate WHERE candidate.snapshot_id = picture.id)
RETURNING picture.id
"""
# From each incident with pictures up to the one that was not merged into another.
_ENDED = """
WITH RECURSIVE up(id, at_id) AS (
    SELECT DISTINCT incident_id, incident_id FROM cameras_snapshot
    WHERE retention_class = 'incident' AND deleted_at IS NULL AND incident_id IS NOT NULL
  UNION
    SELECT up.id, incident.merged_into_id FROM up JOIN dispatch_incident incident ON incident.id = up.at_id
    WHERE incident.merged_into_id IS NOT NULL
), ends AS (
    SELECT up.id, CASE WHEN incident.state = ANY(%(closed)s)
        THEN incident.closed_at + make_interval(days => %(days)s) END AS delete_after
    FROM up JOIN dispatch_incident incident ON incident.id = up.at_id WHERE incident.merged_into_id IS NULL
)
UPDATE cameras_snapshot picture SET delete_after = ends.delete_after
FROM ends
WHERE ends.id = picture.incident_id AND picture.retention_class = 'incident' AND picture.deleted_at IS NULL
  AND picture.delete_after IS DISTINCT FROM ends.delete_after
RETURNING picture.id
"""


def pictures_forget() -> int:
    """Sort, then delete what is due, batch by batch, for a slice of time; returns how many were deleted."""
    retention_sort()
    until = monotonic_s() + BUDGET_S
    count = 0
    while monotonic_s() < until:
        deleted = snapshots_delete_due(locked=incidents_held, told=_tell)
        count += deleted
        if deleted < BATCH:
            break
    return count


def retention_sort() -> int:
    """Set class and end of each picture by its incident; returns how many changed. Repeated, nothing changes."""
    with transaction.atomic():
        found = _changed(_FOUND, {})
        states = [str(state) for state in CLOSED_INCIDENT_STATES]
        ended = _changed(_ENDED, {"closed": states, "days": settings.RETENTION_INCIDENT_DAYS})
        changed = found | ended
        if changed:
            audit_write(
                actor=SYSTEM, action="retention_sorted", object_type="cameras.snapshot", object_id=min(changed),
                data={"found": len(found), "ended": len(ended)},
            )  # fmt: skip
            _tell_all(changed)
    return len(changed)


def end_of(incident: Incident) -> datetime | None:
    """When pictures that are part of an incident are deleted; None while it is open."""
    while incident.merged_into is not None:
        incident = incident.merged_into
    if incident.state not in CLOSED_INCIDENT_STATES or incident.closed_at is None:
        return None
    return incident.closed_at + _days()


def incidents_held() -> set[uuid.UUID]:
    """Incidents whose pictures stay by a lock on them, or on one that they were merged into."""
    held = incidents_locked()
    new = held
    while new:
        rows = Incident.objects.filter(merged_into_id__in=new).exclude(pk__in=held)
        new = set(rows.values_list("pk", flat=True))
        held |= new
    return held


def _days() -> timedelta:
    return timedelta(days=settings.RETENTION_INCIDENT_DAYS)


def _changed(statement: str, values: dict[str, Any]) -> set[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {row[0] for row in cursor.fetchall()}


def _tell(rows: Sequence[Snapshot]) -> None:
    _tell_all(row.pk for row in rows)


def _tell_all(ids: Iterable[uuid.UUID]) -> None:
    """Consoles show the pictures of incidents that are open."""
    rows = IncidentCamera.objects.select_related("realm", "camera", "snapshot").filter(snapshot_id__in=list(ids))
    for row in rows.exclude(incident__state__in=CLOSED_INCIDENT_STATES).order_by("pk")[:TOLD_MAX]:
        tell_incident_camera(row)
