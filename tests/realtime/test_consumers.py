"""The socket on the real channel layer and the real database, spoken to as a browser would."""

import asyncio
from collections import deque
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from accounts.permissions import Permission
from realtime import consumers, glances, hub
from realtime.consumers import CLOSE_BAD_REQUEST, CLOSE_NOT_ALLOWED, StreamConsumer
from tests import factories
from tests.realtime.test_publish import tell

pytestmark = pytest.mark.django_db(transaction=True)


def socket(user: User | None, query: str = "") -> WebsocketCommunicator:
    communicator = WebsocketCommunicator(StreamConsumer.as_asgi(), f"/ws/stream/LIVE/{query}")
    communicator.scope["user"] = user
    communicator.scope["url_route"] = {"kwargs": {"realm_code": "LIVE"}}
    return communicator


async def prepared(*roles: Role) -> User:
    await database_sync_to_async(factories.live_realm)()
    user: User = await database_sync_to_async(factories.user)(*roles)
    return user


async def events(communicator: WebsocketCommunicator, count: int) -> list[dict[str, Any]]:
    got: list[dict[str, Any]] = []
    while len(got) < count:
        message = await communicator.receive_json_from(timeout=10)
        if message["type"] == "event":
            got.append(message)
    return got


async def test_what_is_told_arrives_in_order() -> None:
    communicator = socket(await prepared(Role.CALL_TAKER))
    assert (await communicator.connect())[0]
    assert (await communicator.receive_json_from())["type"] == "hello"
    for number in range(5):
        await database_sync_to_async(tell)(1, number)
    assert [event["payload"]["number"] for event in await events(communicator, 5)] == [0, 1, 2, 3, 4]
    await communicator.disconnect()


async def test_a_reconnect_replays_what_was_missed_and_goes_on() -> None:
    user = await prepared(Role.CALL_TAKER)
    for number in range(1, 11):
        await database_sync_to_async(tell)(1, number)
    communicator = socket(user, "?after=4")
    await communicator.connect()
    await database_sync_to_async(tell)(1, 99)
    assert [event["sequence"] for event in await events(communicator, 7)] == [5, 6, 7, 8, 9, 10, 11]
    await communicator.disconnect()


async def test_without_wake_ups_the_hub_still_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.publish.wake", lambda code: None)
    monkeypatch.setattr(hub, "POLL_S", 0.1)
    communicator = socket(await prepared(Role.DISPATCHER))
    await communicator.connect()
    await database_sync_to_async(tell)(1, 7)
    assert (await events(communicator, 1))[0]["payload"]["number"] == 7
    await communicator.disconnect()


async def test_a_beat_counts_what_the_reader_may_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.consumers.HEARTBEAT_S", 0.2)
    user = await prepared(Role.CALL_TAKER)
    other = await database_sync_to_async(factories.agency)("pln")
    communicator = socket(user)
    await communicator.connect()
    await communicator.receive_json_from()
    await database_sync_to_async(tell)(1, 1, agency_ids=[other.pk])
    beats = [await communicator.receive_json_from(timeout=10) for _ in range(3)]
    assert {beat["type"] for beat in beats} == {"beat"}
    assert beats[-1]["sequence"] == 1
    await communicator.disconnect()


@pytest.mark.parametrize("role", [None, Role.TRAINER])
async def test_who_may_not_read_is_closed_and_told_nothing(role: Role | None) -> None:
    user = await prepared(*([role] if role else []))
    communicator = socket(user if role else None)
    await communicator.connect()
    assert await communicator.receive_output() == {"type": "websocket.close", "code": CLOSE_NOT_ALLOWED}


@pytest.mark.parametrize("query", ["?after=x", "?after=-1"])
async def test_a_wrong_position_is_refused(query: str) -> None:
    communicator = socket(await prepared(Role.CALL_TAKER), query)
    await communicator.connect()
    assert (await communicator.receive_output())["code"] == CLOSE_BAD_REQUEST


@pytest.mark.parametrize(
    "text", ["no json", '{"type": "publish"}', "[1]", '{"type":"ping","x":"' + "y" * 70_000 + '"}']
)
async def test_the_socket_takes_nothing_but_ping_and_ack(text: str) -> None:
    communicator = socket(await prepared(Role.CALL_TAKER))
    await communicator.connect()
    await communicator.receive_json_from()
    await communicator.send_to(text_data=text)
    assert (await communicator.receive_output(timeout=5))["code"] == CLOSE_BAD_REQUEST
    await communicator.disconnect()


async def test_a_disabled_user_is_out_at_the_next_authorisation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.consumers.REAUTHORISE_S", 0.0)
    user = await prepared(Role.CALL_TAKER)
    communicator = socket(user)
    await communicator.connect()
    await communicator.receive_json_from()
    await User.objects.filter(pk=user.pk).aupdate(is_active=False)
    await database_sync_to_async(tell)(1, 1)
    assert (await communicator.receive_output(timeout=10))["code"] == CLOSE_NOT_ALLOWED
    await communicator.disconnect()


def test_nothing_is_told_when_the_transaction_is_undone() -> None:
    realm = factories.live_realm()
    with transaction.atomic():
        tell(1, 1)
        transaction.set_rollback(True)
    realm.refresh_from_db()
    assert realm.head == 0


async def test_a_glance_reaches_who_may_see_it_and_never_goes_before_an_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub, "GLANCE_S", 0.05)
    seen = {"count": 0}

    def make(_realm_id: int) -> glances.Look:
        def look() -> dict[str, Any] | None:
            seen["count"] += 1
            return {"number": seen["count"]} if seen["count"] < 4 else None

        return look

    kind = glances.GlanceKind("test.place", Permission.UNIT_VIEW, make)
    monkeypatch.setattr(glances, "KINDS", {"test.place": kind})
    reader, stranger = await database_sync_to_async(_two_readers)()
    one, other = socket(reader), socket(stranger)
    for communicator in (one, other):
        await communicator.connect()
        assert (await communicator.receive_json_from())["type"] == "hello"
    got = [await one.receive_json_from(timeout=5) for _ in range(3)]
    assert got == [{"type": "glance", "kind": "test.place", "payload": {"number": number}} for number in (1, 2, 3)]
    assert await other.receive_nothing(timeout=0.3)
    for communicator in (one, other):
        await communicator.disconnect()


def test_an_event_that_waits_goes_before_a_glance_and_old_glances_are_left_out() -> None:
    consumer = StreamConsumer()
    consumer.waiting = asyncio.Queue(10)
    consumer.glances = deque(maxlen=2)
    consumer.glance([glances.Glance(Permission.UNIT_VIEW, "1")])
    assert consumer.waiting.qsize() == 1  # the sender wakes
    for text in "234":
        consumer.glance([glances.Glance(Permission.UNIT_VIEW, text)])
    assert [item.text for item in consumer.glances] == ["3", "4"]
    assert consumer.waiting.qsize() == 1  # many of them fill no queue


async def test_who_sees_none_of_the_events_gets_beats_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "HEARTBEAT_S", 0.3)
    monkeypatch.setattr(hub, "POLL_S", 0.05)
    _reader, stranger = await database_sync_to_async(_two_readers)()
    communicator = socket(stranger)
    await communicator.connect()
    assert (await communicator.receive_json_from())["type"] == "hello"
    for number in range(8):
        await database_sync_to_async(tell)(1, number)
        await asyncio.sleep(0.1)
    beat = await communicator.receive_json_from(timeout=1)
    assert beat["type"] == "beat"
    assert beat["sequence"] > 0
    await communicator.disconnect()


def _two_readers() -> tuple[User, User]:
    factories.live_realm()
    # An officer of an agency reads the stream, but neither units nor incidents.
    return factories.user(Role.DISPATCHER), factories.user(Role.AGENCY_OFFICER, agency=factories.agency())
