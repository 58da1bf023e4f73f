"""A real Asterisk with the samples of deploy/pbx: sipp calls 112, the queue rings baresip, the adapter tells of it."""

import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pbx.asterisk import Asterisk
from tests.pbx.conftest import Adapters
from tests.pbx.receiver import Receiver
from tests.pbx.sip import CALLER, Phone, calling, needs

pytestmark = [needs(asterisk="asterisk", sipp="sip-tester", baresip="baresip-core"), pytest.mark.slow]
OPTIONS = ("--user", "siaga", "--context", "siaga-112")


@dataclass(frozen=True, slots=True)
class Room:
    """An exchange, and two desks of it."""

    exchange: Asterisk
    first: Phone
    second: Phone


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with (
        Phone(tmp_path / "201").running() as first,
        Phone(tmp_path / "202", user="202").running() as second,
        first.attended(),
        second.attended(),
        Asterisk(tmp_path / "asterisk", {"201": first.sip, "202": second.sip}).running() as exchange,
    ):
        yield Room(exchange, first, second)


def told(receiver: Receiver) -> list[tuple[str, str | None, str]]:
    """What was told, without news of the caller's language."""
    events = [(event["event"], event["agent"], event["cause"]) for event in receiver.events]
    return [event for number, event in enumerate(events) if event != ("ringing", None, "") or number == 0]


async def until(receiver: Receiver, *kinds: str) -> None:
    """Wait until these were told, in this order."""
    await receiver.until(lambda: [event[0] for event in told(receiver)] == list(kinds))


async def test_answered_held_resumed_and_ended(
    room: Room, adapters: Adapters, receiver: Receiver, tmp_path: Path
) -> None:
    adapter = await adapters.start("asterisk", *OPTIONS, port=room.exchange.ami)
    async with calling(room.exchange.sip, "hung-up-on", tmp_path, service="112"):
        await room.first.until("CALL_INCOMING")
        await room.first.command("accept")
        await until(receiver, "ringing", "answered")
        room.first.press("x")
        await until(receiver, "ringing", "answered", "held")
        room.first.press("X")
        await until(receiver, "ringing", "answered", "held", "answered")
        await room.first.command("hangup")
    await until(receiver, "ringing", "answered", "held", "answered", "ended")
    assert told(receiver)[-1] == ("ended", "201", "normal")
    assert {event["caller"] for event in receiver.events} == {CALLER}
    assert len({event["call"] for event in receiver.events}) == 1
    assert receiver.events[-1]["language"] == "id"
    times = [event["at"] for event in receiver.events]
    assert times == sorted(times)
    assert await adapters.stop(adapter) == 0
    assert CALLER not in adapters.log


async def test_who_hangs_up_in_the_queue_has_abandoned_the_call(
    room: Room, adapters: Adapters, receiver: Receiver, tmp_path: Path
) -> None:
    """The queue has taken the call, so to SIP it is answered; the caller leaves when the desk rings, not by a clock."""
    adapter = await adapters.start("asterisk", *OPTIONS, port=room.exchange.ami)
    async with Phone(tmp_path / "caller", user="caller").running() as caller, caller.attended():
        await caller.command("dial", f"sip:112@127.0.0.1:{room.exchange.sip}")
        await room.first.until("CALL_INCOMING")
        await until(receiver, "ringing")
        await caller.command("hangup")
        await until(receiver, "ringing", "abandoned")
    assert await adapters.stop(adapter) == 0


async def test_passed_on_to_another_desk_which_hangs_up(
    room: Room, adapters: Adapters, receiver: Receiver, tmp_path: Path
) -> None:
    adapter = await adapters.start("asterisk", *OPTIONS, port=room.exchange.ami)
    async with calling(room.exchange.sip, "hung-up-on", tmp_path, service="112"):
        await room.first.until("CALL_INCOMING")
        await room.first.command("accept")
        await until(receiver, "ringing", "answered")
        await room.first.command("transfer", f"sip:202@127.0.0.1:{room.exchange.sip}")
        await until(receiver, "ringing", "answered", "transferred")
        await room.second.until("CALL_INCOMING")
        await room.second.command("accept")
        await until(receiver, "ringing", "answered", "transferred", "answered")
        await room.second.command("hangup")
    await until(receiver, "ringing", "answered", "transferred", "answered", "ended")
    assert [agent for _, agent, _ in told(receiver)] == [None, "201", "202", "202", "202"]
    assert await adapters.stop(adapter) == 0


async def test_killed_in_the_middle_and_started_again(
    room: Room, adapters: Adapters, receiver: Receiver, tmp_path: Path
) -> None:
    """What happened meanwhile comes from Asterisk's list of channels."""
    adapter = await adapters.start("asterisk", *OPTIONS, port=room.exchange.ami)
    async with calling(room.exchange.sip, "hung-up-on", tmp_path, service="112"):
        await room.first.until("CALL_INCOMING")
        await until(receiver, "ringing")
        await adapters.stop(adapter, signal.SIGKILL)
        await room.first.command("accept")
        await room.first.until("CALL_ESTABLISHED")
        adapter = await adapters.start("asterisk", *OPTIONS, port=room.exchange.ami)
        await until(receiver, "ringing", "answered")
        assert told(receiver)[1] == ("answered", "201", "")
        await room.first.command("hangup")
    await until(receiver, "ringing", "answered", "ended")
    assert await adapters.stop(adapter) == 0
