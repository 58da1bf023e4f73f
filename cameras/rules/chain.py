"""The form of the chained record: what is hashed, what is signed, how one record holds the one before.

The hash of a record covers the previous hash, the sequence and the hash of its content. So a record of somebody else's
incident can be shown as a bare link, by its content's hash alone: the chain verifies and tells nothing of it.
`cameras/export/verify.py` does the same without us; a test holds the two together.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

FIRST_HASH = "0" * 64
SEAL_PREFIX = "siaga-evidence-seal-1"
MANIFEST_PREFIX = "siaga-evidence-manifest-1"


class FaultKind(StrEnum):
    """What can be wrong with the record of evidence."""

    CONTENT_CHANGED = "content_changed"
    GAP = "gap"
    BROKEN_LINK = "broken_link"
    WRONG_HEAD = "wrong_head"
    BAD_SIGNATURE = "bad_signature"
    FILE_MISSING = "file_missing"
    FILE_CHANGED = "file_changed"
    FILE_WITHOUT_ROW = "file_without_row"
    ROW_GONE = "row_gone"
    ROW_WITHOUT_RECORD = "row_without_record"
    DELETED_WITHOUT_RECORD = "deleted_without_record"


@dataclass(frozen=True, slots=True)
class EvidenceFault:
    """One place where the record does not hold; `subject` is a sequence, a picture's id or a path."""

    kind: FaultKind
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """What the chain needs of a record."""

    sequence: int
    previous_hash: str
    content_hash: str
    hash: str


def canonical(value: object) -> str:
    """The one way in which a value is written before it is hashed: sorted keys, no blanks, UTF-8 as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def moment_text(value: datetime) -> str:
    """A moment in UTC, to the microsecond."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def content_of(
    *, kind: str, realm: str, snapshot_id: object, incident_id: object, recorded_at: datetime, body: Mapping[str, Any]
) -> dict[str, Any]:
    """What a record says, in the form that is hashed and exported."""
    return {
        "kind": kind,
        "realm": realm,
        "snapshot": None if snapshot_id is None else str(snapshot_id),
        "incident": None if incident_id is None else str(incident_id),
        "recorded_at": moment_text(recorded_at),
        "body": dict(body),
    }


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of a record's content."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def link_hash(*, sequence: int, previous_hash: str, content_hash: str) -> str:
    """The record's own hash."""
    return hashlib.sha256(f"{previous_hash}\n{sequence}\n{content_hash}".encode()).hexdigest()


def seal_message(*, sequence: int, head_hash: str, signed_at: datetime) -> bytes:
    """What a seal signs."""
    return f"{SEAL_PREFIX}\n{sequence}\n{head_hash}\n{moment_text(signed_at)}\n".encode()


def manifest_message(manifest: bytes) -> bytes:
    """What is signed of an export: its manifest, which names the hash of everything else."""
    return f"{MANIFEST_PREFIX}\n{hashlib.sha256(manifest).hexdigest()}\n".encode()


def link_faults(links: Iterable[Link], *, sequence: int = 0, head: str = FIRST_HASH) -> Iterator[EvidenceFault]:
    """Walk records in order from the one after `sequence`, whose hash is `head`, and yield what does not hold.

    After a gap the link is not blamed as well: what is missing cannot be linked to.
    """
    for link in links:
        is_gap = link.sequence != sequence + 1
        if is_gap:
            yield EvidenceFault(FaultKind.GAP, str(sequence + 1), f"{sequence + 1}-{link.sequence - 1}")
        elif link.previous_hash != head:
            yield EvidenceFault(FaultKind.BROKEN_LINK, str(link.sequence))
        expected = link_hash(sequence=link.sequence, previous_hash=link.previous_hash, content_hash=link.content_hash)
        if link.hash != expected:
            yield EvidenceFault(FaultKind.CONTENT_CHANGED, str(link.sequence))
        sequence, head = link.sequence, link.hash
