"""baresip's messages as neutral events, without a phone. They are those of baresip 1.0 (test_sip.py runs it)."""

import asyncio
import json
from typing import Any

import pytest

from pbx.baresip import Line, State, calls_parse, netstring_make, netstring_read, sip_user, translate
from pbx.calls import Calls
from pbx.link import LinkBroken
from pbx.neutral import NeutralEvent
from tests.pbx.conftest import Adapters
from tests.pbx.receiver import Receiver

PEER = "sip:+6281234567890@198.51.100.7"
ONE_ACCOUNT = {"response": True, "ok": True, "data": "\n--- User Agents (1) ---\n> sip:201@10.0.0.2\n\n"}


def state() -> State:
    return State(Calls())


def told(*messages: dict[str, Any], at: State | None = None) -> list[NeutralEvent]:
    where = at or state()
    return [event for message in messages for event in translate(message, where)]


def message(kind: str, param: str = "", **fields: str) -> dict[str, Any]:
    own = {"accountaor": "sip:201@10.0.0.2", "direction": "incoming", "peeruri": PEER, "id": "a84b4c76e66710"}
    return {"event": True, "type": kind, "class": "call", "param": param} | own | fields


def listing(*lines: str) -> dict[str, Any]:
    rows = "".join(f"> [line {n}]  0:00:09  ESTABLISHED  {line}\n" for n, line in enumerate(lines, 1))
    return {"response": True, "ok": True, "data": f"\n--- Active calls ({len(lines)}) ---\n{rows}\n"}


HELD = listing(f"(on hold)  {PEER}")
TALKING = listing(f"           {PEER}")
UP = (ONE_ACCOUNT, message("CALL_INCOMING"), message("CALL_ESTABLISHED"))


def test_answered_held_resumed_ended() -> None:
    events = told(*UP, TALKING, HELD, HELD, TALKING, message("CALL_CLOSED", "Connection reset by user"))
    assert [event.event for event in events] == ["ringing", "answered", "held", "answered", "ended"]
    assert (events[-1].caller, events[-1].agent, events[-1].cause) == ("+6281234567890", "201", "normal")
    assert len({event.id for event in events}) == 5


def test_abandoned_and_broken() -> None:
    closed = message("CALL_CLOSED", "Connection reset by peer")
    assert [event.event for event in told(UP[1], closed, closed)] == ["ringing", "abandoned"]
    assert told(*UP, message("CALL_CLOSED", "Connection timed out"))[-1].cause == "dropped"
    assert [event.event for event in told(closed)] == ["ringing", "abandoned"]  # all of it while we were away


def test_calls_out_and_the_callers_own_hold_say_nothing() -> None:
    out = {"direction": "outgoing"}
    assert (
        told(message("CALL_ESTABLISHED", **out), message("CALL_CLOSED", **out), {"event": True, "type": "EXIT"}) == []
    )
    assert [event.event for event in told(*UP, message("CALL_HOLD"))] == ["ringing", "answered"]


def test_a_call_that_is_gone_from_the_list_is_over() -> None:
    assert [event.event for event in told(*UP, listing())][-1] == "ended"
    many = ONE_ACCOUNT | {"data": "\n--- User Agents (2) ---\n"}
    assert [event.event for event in told(*UP, many, listing())] == ["ringing", "answered"]  # the list is another's
    twice = listing(f"(on hold)  {PEER}", f"           {PEER}")
    assert [event.event for event in told(*UP, twice)] == ["ringing", "answered"]


def test_lists_and_addresses() -> None:
    assert calls_parse("command not found") is None
    assert calls_parse("--- Active calls (1) ---\n> [line 1, id x]  0:00:01  ESTABLISHED  (on hold)  sip:a@b\n") == [
        Line("sip:a@b", held=True)
    ]
    assert [
        sip_user(text) for text in ("sip:%2B62811@h;x=y", '"S" <sips:201@h>', "tel:112", "sip:anonymous@h", "")
    ] == [
        "+62811",
        "201",
        "112",
        None,
        None,
    ]


async def test_netstrings_are_read_whole_or_not_at_all() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(netstring_make("listcalls") + b'4:"no",')
    assert await netstring_read(reader) == {"command": "listcalls"}
    with pytest.raises(LinkBroken):
        await netstring_read(reader)
    for wrong in (b"x:{},", b"999999:", b"2:{}.", b"2:{],", b"0000002:{},"):
        bad = asyncio.StreamReader()
        bad.feed_data(wrong)
        with pytest.raises(LinkBroken):
            await netstring_read(bad)


async def test_the_phone_goes_and_comes_back(adapters: Adapters, receiver: Receiver) -> None:
    """First connection: a call is answered. Second: the phone was started again, and has no calls."""
    connections: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(len(connections))
        answers = [*UP] if len(connections) == 1 else [ONE_ACCOUNT, listing()]
        await netstring_read(reader)
        for answer in answers:
            body = json.dumps(answer).encode()
            writer.write(b"%d:%s," % (len(body), body))
        if len(connections) > 1:
            await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        adapter = await adapters.start("baresip", port=server.sockets[0].getsockname()[1])
        await receiver.kinds("ringing", "answered", "ended")
        assert await adapters.stop(adapter) == 0
    assert len(connections) == 2
