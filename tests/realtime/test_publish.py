import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from pydantic import ValidationError

from accounts.choices import Role
from accounts.permissions import Permission
from realtime.access import may_read_event
from realtime.events import KINDS, EventPayload, event_kind
from realtime.models import Event
from realtime.publish import publish
from realtime.selectors import events_after, events_for
from tests import factories


class Told(EventPayload):
    writer: int
    number: int


KIND = KINDS.get("test.told") or event_kind("test.told", Told, Permission.INCIDENT_VIEW)


def tell(writer: int, number: int, *, agency_ids: list[int] | None = None) -> int:
    with transaction.atomic():
        return publish(
            realm=factories.live_realm(),
            kind=KIND,
            entity_id=number,
            payload=Told(writer=writer, number=number),
            agency_ids=agency_ids,
        )


WRITERS = 12
EACH = 40


def write_many(writer: int) -> None:
    """Some commits are slow, so that others want a number meanwhile; some transactions are undone."""
    chance = random.Random(writer)
    for number in range(EACH):
        with transaction.atomic():
            publish(
                realm=factories.live_realm(), kind=KIND, entity_id=number, payload=Told(writer=writer, number=number)
            )
            if chance.random() < 0.2:
                time.sleep(0.003)
        if chance.random() < 0.1:
            with transaction.atomic():
                tell(-1, number)
                transaction.set_rollback(True)
    connection.close()


def read_until(finished: threading.Event, realm_id: int) -> list[tuple[int, int, int]]:
    """Follow the stream until nobody writes and nothing is left."""
    seen: list[tuple[int, int, int]] = []
    while True:
        was_finished = finished.is_set()
        position = seen[-1][0] if seen else 0
        events = events_after(realm_id=realm_id, sequence=position, limit=7)
        seen += [(event.sequence, event.payload["writer"], event.payload["number"]) for event in events]
        if was_finished and not events:
            connection.close()
            return seen


@pytest.mark.django_db(transaction=True)
def test_a_reader_beside_many_writers_loses_and_doubles_nothing() -> None:
    """Catching up by an ordinary id loses events that land late; the counter taken last does not."""
    realm = factories.live_realm()
    finished = threading.Event()
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reader = pool.submit(read_until, finished, realm.pk)
        for writing in [pool.submit(write_many, writer) for writer in range(WRITERS)]:
            writing.result()
        finished.set()
        seen = reader.result()
    assert [sequence for sequence, _, _ in seen] == list(range(1, WRITERS * EACH + 1))
    assert sorted((writer, number) for _, writer, number in seen) == [
        (writer, number) for writer in range(WRITERS) for number in range(EACH)
    ]


@pytest.mark.django_db
def test_undeclared_fields_and_wrong_payloads_are_refused() -> None:
    with pytest.raises(ValidationError):
        Told(writer=1, number=1, other=2)  # type: ignore[call-arg]

    class Other(EventPayload):
        pass

    with pytest.raises(TypeError, match=r"test\.told takes Told"):
        publish(realm=factories.live_realm(), kind=KIND, entity_id=1, payload=Other())
    assert not Event.objects.exists()


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        event_kind("test.told", Told, Permission.INCIDENT_VIEW)


@pytest.mark.django_db
def test_each_event_is_checked_for_each_reader() -> None:
    ours, theirs = factories.agency("bpbd"), factories.agency("pln")
    realm = factories.live_realm()
    tell(1, 1)
    tell(1, 2, agency_ids=[theirs.pk])
    tell(1, 3, agency_ids=[ours.pk, theirs.pk])
    reader = factories.user(Role.CALL_TAKER, agency=ours)
    events, reached = events_for(user=reader, realm=realm, sequence=0)
    assert [event.payload["number"] for event in events] == [1, 3]
    assert reached == 3
    assert events_for(user=factories.user(Role.TRAINER), realm=realm, sequence=0) == ([], 3)


@pytest.mark.django_db
def test_an_unknown_kind_is_read_by_nobody() -> None:
    assert not may_read_event(factories.user(*Role), "test.unknown", None)
