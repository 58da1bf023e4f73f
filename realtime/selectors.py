"""Reading a realm's stream."""

import json
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import User
from common.errors import NotFoundError
from realtime.access import may_read_event, may_read_realm
from realtime.models import Event, Realm

BATCH = 500


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """An event as the hub hands it on: plain data, no model. `text` is its message, written once for all sockets."""

    sequence: int
    kind: str
    entity_id: str
    payload: dict[str, Any]
    agency_ids: frozenset[int] | None
    occurred_at: str
    text: str = ""

    def message(self) -> dict[str, Any]:
        """The JSON object that goes to a console."""
        return {
            "type": "event",
            "sequence": self.sequence,
            "kind": self.kind,
            "entity_id": self.entity_id,
            "payload": self.payload,
            "occurred_at": self.occurred_at,
        }


def realm_get(*, code: str, user: User) -> Realm:
    """The realm; NotFoundError when it is not there or not for this user."""
    realm = Realm.objects.filter(code=code).first()
    if realm is None or not may_read_realm(user, realm):
        raise NotFoundError
    return realm


def events_after(*, realm_id: int, sequence: int, limit: int = BATCH) -> list[StreamEvent]:
    """Events with a higher number, in order, at most `limit`."""
    rows = Event.objects.filter(realm_id=realm_id, sequence__gt=sequence).order_by("sequence")[:limit]
    return [_stream_event(row) for row in rows]


def _stream_event(row: Event) -> StreamEvent:
    event = StreamEvent(
        sequence=row.sequence,
        kind=row.kind,
        entity_id=row.entity_id,
        payload=row.payload,
        agency_ids=frozenset(row.agency_ids) if row.agency_ids is not None else None,
        occurred_at=row.occurred_at.isoformat(),
    )
    return replace(event, text=json.dumps(event.message()))


def events_for(*, user: User, realm: Realm, sequence: int, limit: int = BATCH) -> tuple[list[StreamEvent], int]:
    """What this user may read after `sequence`, and the number up to which was read (hidden ones count)."""
    events = events_after(realm_id=realm.pk, sequence=sequence, limit=limit)
    reached = events[-1].sequence if events else sequence
    return [event for event in events if may_read_event(user, event.kind, event.agency_ids)], reached


def realm_head(*, realm_id: int) -> int:
    """The number of the last committed event."""
    return Realm.objects.values_list("head", flat=True).get(pk=realm_id)
