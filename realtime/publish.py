"""Putting an event into a realm's stream."""

from collections.abc import Collection

from django.db import connection, transaction

from common import clock
from realtime.events import EventKind, EventPayload
from realtime.models import Event, Realm
from realtime.wake import wake


def publish(
    *,
    realm: Realm,
    kind: EventKind,
    entity_id: object,
    payload: EventPayload,
    agency_ids: Collection[int] | None = None,
) -> int:
    """Number an event and store it; wake the consoles after the commit. Returns its number.

    Call it last in the transaction: the counter row stays locked until the commit, which is what makes the numbers
    land in order. A wake-up that is lost costs nothing, since the consoles' hub also polls.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("publish belongs into the transaction of what it tells")
    if not isinstance(payload, kind.payload):
        raise TypeError(f"{kind.name} takes {kind.payload.__name__}, not {type(payload).__name__}")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE realtime_realm SET head = head + 1 WHERE id = %s RETURNING head", [realm.pk])
        sequence: int = cursor.fetchone()[0]
    Event.objects.create(
        realm=realm,
        sequence=sequence,
        kind=kind.name,
        entity_id=str(entity_id),
        payload=payload.model_dump(mode="json"),
        agency_ids=sorted(agency_ids) if agency_ids is not None else None,
        occurred_at=clock.now(),
    )
    transaction.on_commit(lambda: wake(realm.code), robust=True)
    return sequence
