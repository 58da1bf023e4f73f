"""Writing the chained record of pictures, in the transaction of what it records.

Order of locks (docs/adr/0011-locks.md): what is changed, then the head of the evidence, then the head of the audit
record, then the realm's counter. So call this after everything slow and before `audit_write` and `publish`.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from cameras.choices import RecordKind
from cameras.models import EvidenceHead, EvidenceRecord, Snapshot
from cameras.rules.chain import content_hash, content_of, link_hash, moment_text
from common import clock
from realtime.models import Realm


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to be recorded of a picture, or of all pictures of an incident."""

    realm: Realm
    kind: RecordKind
    body: Mapping[str, Any] = field(default_factory=dict)
    snapshot_id: uuid.UUID | None = None
    incident_id: uuid.UUID | None = None


def record_append(
    *,
    realm: Realm,
    kind: RecordKind,
    body: Mapping[str, Any],
    snapshot: Snapshot | None = None,
    incident_id: uuid.UUID | None = None,
) -> EvidenceRecord:
    """Append one record; its head stays locked until the transaction ends."""
    happening = Happening(realm, kind, body, snapshot.pk if snapshot else None, incident_id)
    return records_append([happening])[0]


def records_append(happenings: Sequence[Happening]) -> list[EvidenceRecord]:
    """Append several records under one lock of the head."""
    head = head_lock()
    at = clock.now()
    made = []
    for item in happenings:
        record = EvidenceRecord(
            sequence=head.sequence + 1,
            realm=item.realm,
            kind=item.kind,
            snapshot_id=item.snapshot_id,
            incident_id=item.incident_id,
            recorded_at=at,
            body=dict(item.body),
            previous_hash=head.hash,
        )
        record.hash = record_hash(record)
        made.append(record)
        head.sequence, head.hash = record.sequence, record.hash
    EvidenceRecord.objects.bulk_create(made)
    head.save(update_fields=["sequence", "hash"])
    return made


def head_lock() -> EvidenceHead:
    """The head, locked until the transaction ends: whoever holds it is alone in changing what may be deleted."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a record belongs into the transaction of what it records")
    return EvidenceHead.objects.select_for_update(no_key=True).get_or_create(pk=1)[0]


def record_content(record: EvidenceRecord) -> dict[str, Any]:
    """What a record says, as it is hashed; reads `realm`."""
    return content_of(
        kind=record.kind,
        realm=record.realm.code,
        snapshot_id=record.snapshot_id,
        incident_id=record.incident_id,
        recorded_at=record.recorded_at,
        body=record.body,
    )


def record_hash(record: EvidenceRecord) -> str:
    """The hash that a record must have."""
    content = content_hash(record_content(record))
    return link_hash(sequence=record.sequence, previous_hash=record.previous_hash, content_hash=content)


def kept_body(snapshot: Snapshot) -> dict[str, Any]:
    """What is recorded of a picture when it is kept; reads `camera`."""
    return {
        "sha256": snapshot.sha256,
        "byte_count": snapshot.byte_count,
        "content_type": snapshot.content_type,
        "is_original": snapshot.is_original,
        "width": snapshot.width,
        "height": snapshot.height,
        "camera": snapshot.camera.code,
        "camera_version": snapshot.camera_version,
        "purpose": snapshot.purpose,
        "requested_at": moment_text(snapshot.requested_at),
        "first_byte_at": moment_text(snapshot.first_byte_at),
        "received_at": moment_text(snapshot.received_at),
    }
