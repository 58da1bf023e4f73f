"""Writing and verifying the hash-chained record of what was done."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import AuditEntry, AuditHead, User
from common import clock

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something and by what way; `user` is None for the system itself.

    A user who came by a token has that token as the source, whatever way the caller names.
    """

    user: User | None
    source: str

    def __post_init__(self) -> None:
        """See above; done here, so that no action can forget it."""
        if self.user is not None and self.user.token is not None:
            object.__setattr__(self, "source", f"token {self.user.token.prefix}")

    @property
    def label(self) -> str:
        """A name for timelines."""
        return str(self.user) if self.user else "Siaga"


SYSTEM = Actor(None, "task")


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first place where the chain does not hold."""

    sequence: int
    reason: str


def audit_write(
    *,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: object,
    realm: str = "",
    purpose: str = "",
    data: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry to the chain, in the transaction of what it records.

    The head row stays locked until that transaction ends, so entries stand in the order of their commits. Call it
    before `realtime.publish` and after everything slow.
    """
    return audit_write_all(
        actor=actor,
        action=action,
        object_type=object_type,
        objects=[(object_id, data or {})],
        realm=realm,
        purpose=purpose,
    )[0]


def audit_write_all(
    *,
    actor: Actor,
    action: str,
    object_type: str,
    objects: Iterable[tuple[object, Mapping[str, Any]]],
    realm: str = "",
    purpose: str = "",
) -> list[AuditEntry]:
    """One entry for each (id, data), all of one act: thousands cost little more than one. As `audit_write`."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("audit_write belongs into the transaction it records")
    head = AuditHead.objects.select_for_update(no_key=True).get_or_create(pk=1)[0]
    entries = []
    for object_id, data in objects:
        entry = AuditEntry(
            sequence=head.sequence + 1,
            occurred_at=clock.now(),
            actor=actor.user,
            source=actor.source,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            realm=realm,
            purpose=purpose[:300],
            data=dict(data),
            previous_hash=head.hash,
        )
        entry.hash = entry_hash(entry)
        head.sequence, head.hash = entry.sequence, entry.hash
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries, batch_size=1000)
    head.save(update_fields=["sequence", "hash"])
    return entries


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the previous hash and a canonical form of the entry."""
    body = json.dumps(
        [
            entry.sequence,
            _moment(entry.occurred_at),
            entry.actor_id,
            entry.source,
            entry.action,
            entry.object_type,
            entry.object_id,
            entry.realm,
            entry.purpose,
            entry.data,
        ],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(f"{entry.previous_hash}\n{body}".encode()).hexdigest()


def audit_faults() -> Iterator[ChainFault]:
    """Walk the whole chain and yield every fault: a gap, a broken link, changed content, a wrong head."""
    expected, previous = 1, FIRST_HASH
    for entry in AuditEntry.objects.order_by("sequence").iterator(chunk_size=2000):
        if entry.sequence != expected:
            yield ChainFault(expected, "missing")
        if entry.previous_hash != previous:
            yield ChainFault(entry.sequence, "link broken")
        if entry.hash != entry_hash(entry):
            yield ChainFault(entry.sequence, "content changed")
        expected, previous = entry.sequence + 1, entry.hash
    head = AuditHead.objects.filter(pk=1).first()
    sequence, head_hash = (head.sequence, head.hash) if head else (0, FIRST_HASH)
    if (sequence, head_hash) != (expected - 1, previous):
        yield ChainFault(sequence, "head differs from the last entry")


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
