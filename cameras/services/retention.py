"""Deleting pictures whose time is over. What is said of them stays; that they were deleted is recorded as well.

First the commit that says so, then the bytes: who dies in between leaves a file without a row, which the sweeper finds.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.services.audit import SYSTEM, audit_write
from cameras.choices import RecordKind, RetentionClass
from cameras.models import Snapshot
from cameras.rules.chain import moment_text
from cameras.selectors import incidents_locked
from cameras.services.evidence import Happening, head_lock, records_append
from cameras.storage import StorageUnreachable, picture_delete
from common import clock

BATCH = 50
SECOND_THOUGHT = timedelta(hours=1)
Locked = Callable[[], set[uuid.UUID]]
log = logging.getLogger(__name__)


def snapshots_delete_due(
    *, locked: Locked = incidents_locked, told: Callable[[Sequence[Snapshot]], object] = lambda _rows: None
) -> int:
    """Delete one batch of what is due, in a transaction of its own; returns how many.

    `locked` names the incidents whose pictures stay; it is asked again under the lock of the head, which whoever locks
    an incident takes too. `told` is called last in the transaction.
    """
    at = clock.now()
    with transaction.atomic():
        due = Snapshot.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related(
            "realm", "camera"
        )
        due = due.filter(deleted_at=None, delete_after__lte=at).exclude(incident_id__in=locked())
        rows = list(due.order_by("delete_after")[:BATCH])
        if not rows:
            return 0
        head_lock()
        kept = locked()
        rows = [row for row in rows if row.incident_id not in kept]
        if not rows:
            return 0
        for row in rows:
            row.deleted_at = at
        Snapshot.objects.bulk_update(rows, ["deleted_at"])
        records = records_append([_happening(row) for row in rows])
        audit_write(
            actor=SYSTEM,
            action="snapshots_deleted",
            object_type="cameras.snapshot",
            object_id=rows[0].pk,
            data={"count": len(rows), "records": [record.sequence for record in records]},
        )
        told(rows)
    bytes_delete(rows)
    return len(rows)


def snapshot_keep(snapshot: Snapshot, *, until: datetime | None = None) -> None:
    """It is part of its incident now: kept until a moment, or as long as that is open."""
    snapshot.retention_class, snapshot.delete_after = RetentionClass.INCIDENT, until
    snapshot.save(update_fields=["retention_class", "delete_after"])


def snapshot_release(snapshot: Snapshot) -> None:
    """Nothing was found and nothing is marked any more; whoever was mistaken has an hour to mark it again."""
    usual = snapshot.received_at + timedelta(hours=settings.RETENTION_UNMARKED_H)
    snapshot.retention_class = RetentionClass.UNMARKED
    snapshot.delete_after = max(usual, clock.now() + SECOND_THOUGHT)
    snapshot.save(update_fields=["retention_class", "delete_after"])


def bytes_delete(rows: Sequence[Snapshot]) -> None:
    """Take the bytes of deleted pictures away; what the store does not take now is left to the sweeper."""
    for name in (name for row in rows for name in (row.path, row.derived_path) if name):
        try:
            picture_delete(name)
        except StorageUnreachable:
            log.warning("the store does not delete now: %s", name)


def _happening(row: Snapshot) -> Happening:
    body = {
        "sha256": row.sha256,
        "byte_count": row.byte_count,
        "camera": row.camera.code,
        "received_at": moment_text(row.received_at),
        "retention_class": row.retention_class,
        "delete_after": moment_text(row.delete_after) if row.delete_after else None,
    }
    return Happening(row.realm, RecordKind.DELETED, body, row.pk, row.incident_id)
