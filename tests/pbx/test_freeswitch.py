"""FreeSWITCH's events as neutral ones: the translator alone, and the adapter as a process beside an ESL server."""

import asyncio
import signal
from collections.abc import Iterable
from typing import Any

import pytest

from pbx.calls import Calls
from pbx.freeswitch import State, extension, frame_read, headers_parse, resync, translate
from pbx.link import LinkBroken
from pbx.neutral import NeutralEvent
from tests.pbx.conftest import Adapters
from tests.pbx.exchanges import Esl, running
from tests.pbx.receiver import Receiver

CALL = "0f5a1f5e-5e1d-4c64-9b7c-6d3a2f7d0a01"
LEG = "7f5a1f5e-5e1d-4c64-9b7c-6d3a2f7d0b02"
NEXT = "8f5a1f5e-5e1d-4c64-9b7c-6d3a2f7d0c03"
CALLER = "+6281234567890"
OPTIONS = ("--context", "siaga-112", "--queue", "q112")


def state() -> State:
    return State(Calls(), frozenset({"siaga-112"}), frozenset({"q112"}))


def esl(kind: str, second: float = 0, **fields: str) -> dict[str, str]:
    """An event of the caller's leg. Names are written with `_` for `-` and `__` for `_`."""
    named = {name.replace("__", " ").replace("_", "-").replace(" ", "_"): value for name, value in fields.items()}
    return {
        "Event-Name": kind,
        "Core-UUID": "d9297f0a-0000-4000-8000-000000000000",
        "Event-Date-Timestamp": str(1772337906_000000 + int(second * 1_000_000)),
        "Event-Sequence": "2497",
        "Channel-Name": "sofia/external/caller@198.51.100.7",
        "Unique-ID": CALL,
        "Call-Direction": "inbound",
        "Channel-Call-UUID": CALL,
        "Caller-Caller-ID-Number": CALLER,
        "Caller-Destination-Number": "112",
        "Caller-Context": "siaga-112",
    } | named


def other_leg(leg: str = LEG, desk: str = "201") -> dict[str, str]:
    return {
        "Other-Leg-Unique-ID": leg,
        "Other-Leg-Channel-Name": f"sofia/internal/{desk}@10.0.0.5:5060",
        "Other-Leg-Destination-Number": desk,
        "Bridge-A-Unique-ID": CALL,
        "Bridge-B-Unique-ID": leg,
    }


def of_agent(kind: str, second: float, leg: str = LEG, desk: str = "201") -> dict[str, str]:
    return esl(kind, second) | {
        "Unique-ID": leg,
        "Call-Direction": "outbound",
        "Channel-Name": f"sofia/internal/{desk}@10.0.0.5:5060",
        "Caller-Context": "default",
    }


RING = [esl("CHANNEL_CREATE"), esl("CHANNEL_EXECUTE", 0.1), esl("CHANNEL_ANSWER", 0.2)]
BRIDGE = [of_agent("CHANNEL_CREATE", 1), of_agent("CHANNEL_ANSWER", 3), esl("CHANNEL_BRIDGE", 3.1) | other_leg()]


def hangup(second: float, cause: str = "NORMAL_CLEARING", q850: str = "16") -> dict[str, str]:
    return esl("CHANNEL_HANGUP_COMPLETE", second, Hangup_Cause=cause, variable__hangup__cause__q850=q850)


def told(events: Iterable[dict[str, str]], at: State | None = None) -> list[NeutralEvent]:
    where = at or state()
    return [neutral for event in events for neutral in translate(event, where)]


def short(events: Iterable[NeutralEvent]) -> list[tuple[str, str | None, str]]:
    return [(event.event, event.agent, event.cause) for event in events]


def test_answered_held_resumed_ended() -> None:
    holds = [of_agent("CHANNEL_HOLD", 10), of_agent("CHANNEL_UNHOLD", 20), esl("CHANNEL_HOLD", 21)]
    events = told([*RING, *BRIDGE, *holds, of_agent("CHANNEL_HANGUP_COMPLETE", 30), hangup(30.1)])
    assert short(events) == [
        ("ringing", None, ""),
        ("answered", "201", ""),
        ("held", "201", ""),
        ("answered", "201", ""),
        ("ended", "201", "normal"),
    ]
    assert {(event.call, event.caller) for event in events} == {(CALL, CALLER)}
    assert events[1].at.isoformat() == "2026-03-01T04:05:09.100000+00:00"


@pytest.mark.parametrize(
    ("answered", "cause", "q850", "expected"),
    [
        (False, "ORIGINATOR_CANCEL", "16", ("abandoned", "normal")),
        (False, "NORMAL_CIRCUIT_CONGESTION", "34", ("abandoned", "failed")),
        (True, "MEDIA_TIMEOUT", "16", ("ended", "dropped")),
        (True, "NORMAL_TEMPORARY_FAILURE", "41", ("ended", "dropped")),
        (True, "SOMETHING_NEW", "38", ("ended", "dropped")),
        (True, "SOMETHING_NEW", "", ("ended", "")),
    ],
)
def test_how_calls_end(*, answered: bool, cause: str, q850: str, expected: tuple[str, str]) -> None:
    last = told([*RING, *(BRIDGE if answered else []), hangup(30, cause, q850), hangup(31)])[-1]
    assert (last.event, last.cause) == expected


def test_a_call_that_the_public_context_sends_on_is_ours_when_it_arrives() -> None:
    source = {"Caller-Transfer-Source": f"1772337906:{CALL}:bl_xfer:112/siaga-112/XML"}
    events = [esl("CHANNEL_CREATE", Caller_Context="public"), esl("CHANNEL_EXECUTE", 0.1) | source]
    assert short(told([*events, *(event | source for event in BRIDGE)])) == [
        ("ringing", None, ""),
        ("answered", "201", ""),
    ]


def test_a_blind_transfer_waits_for_the_next_person() -> None:
    source = {"Caller-Transfer-Source": f"1772337916:{CALL}:bl_xfer:202/default/XML"}
    moved = [esl("CHANNEL_EXECUTE", 10, Caller_Context="default") | source]
    bridged = esl("CHANNEL_BRIDGE", 14) | other_leg(NEXT, "202") | source
    assert short(told([*RING, *BRIDGE, *moved, bridged, hangup(60)]))[2:] == [
        ("transferred", "202", ""),
        ("answered", "202", ""),
        ("ended", "202", "normal"),
    ]


def test_an_attended_transfer_is_a_bridge_to_another_desk() -> None:
    bridged = esl("CHANNEL_BRIDGE", 40) | other_leg(NEXT, "203")
    events = told([*RING, *BRIDGE, of_agent("CHANNEL_HOLD", 10), bridged, of_agent("CHANNEL_HOLD", 41, NEXT, "203")])
    assert short(events)[3:] == [("transferred", "203", ""), ("answered", "203", ""), ("held", "203", "")]


def test_a_call_centre_queue() -> None:
    common = {"Event-Subclass": "callcenter::info", "CC-Queue": "q112@siaga", "CC-Member-Session-UUID": CALL}
    own = esl("CUSTOM", Caller_Context="other") | common
    start = own | {"CC-Action": "member-queue-start", "CC-Member-CID-Number": CALLER, "variable_siaga_skill": "fire"}
    bridge = own | {"CC-Action": "bridge-agent-start", "CC-Agent": "201@siaga", "CC-Agent-UUID": LEG}
    end = own | {"CC-Action": "member-queue-end", "CC-Cause": "Cancel", "CC-Cancel-Reason": "BREAK_OUT"}
    events = told([start, bridge, BRIDGE[2], end, hangup(30)])
    assert short(events) == [("ringing", None, ""), ("answered", "201", ""), ("ended", "201", "normal")]
    assert events[0].skill == "fire"
    assert short(told([start, end, hangup(30)])) == [("ringing", None, ""), ("abandoned", None, "normal")]
    assert short(told([start, bridge, start, bridge | {"CC-Agent": "202@siaga"}, hangup(30)]))[2:] == [
        ("transferred", None, ""),
        ("answered", "202", ""),
        ("ended", "202", "normal"),
    ]
    assert told([start | {"CC-Queue": "sales@siaga"}, own | {"CC-Action": "agent-status-change"}]) == []


def test_what_the_dialplan_knows_of_the_caller_comes_along() -> None:
    known = {"variable_siaga_language": "id", "variable_siaga_location": "-6.2,106.8,30,aml,2026-03-01T11:05:00+07:00"}
    ringing = told([esl("CHANNEL_EXECUTE") | known])[0]
    assert ringing.language == "id"
    assert ringing.location is not None
    assert ringing.location.source == "aml"


def test_other_calls_are_not_ours() -> None:
    office = esl("CHANNEL_CREATE", Caller_Context="office")
    outbound = esl("CHANNEL_CREATE", Call_Direction="outbound")
    assert told([office, outbound, hangup(1), esl("CHANNEL_BRIDGE") | other_leg(), esl("HEARTBEAT"), {}]) == []


def test_a_list_of_channels_tells_what_was_missed() -> None:
    where = state()
    told([*RING, *BRIDGE], where)
    told([esl("CHANNEL_CREATE") | {"Unique-ID": "gone"}], where)
    inbound = {"direction": "inbound", "context": "siaga-112", "created_epoch": "1772337906", "callstate": "ACTIVE"}
    rows: list[dict[str, Any]] = [
        {"uuid": CALL, **inbound},
        {"uuid": "new", "cid_num": "+62811", **inbound},
        {
            "uuid": "leg",
            "direction": "outbound",
            "callstate": "ACTIVE",
            "call_uuid": "new",
            "name": "sofia/internal/205@h",
            "dest": None,
        },
        {"uuid": "office", **(inbound | {"context": "office"})},
    ]
    events = resync(rows, where.calls.known(), where)
    assert [(event.event, event.call, event.agent) for event in events] == [
        ("abandoned", "gone", None),
        ("ringing", "new", None),
        ("answered", "new", "205"),
    ]


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("sofia/internal/201@10.0.0.5:5060", "201"),
        ("sofia/internal/sip:201@10.0.0.5", "201"),
        ("loopback/201-a", None),
        ("", None),
    ],
)
def test_extensions_of_channels(channel: str, expected: str | None) -> None:
    assert extension(channel) == expected


async def test_frames_are_read_whole_or_not_at_all() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"Content-Length: 9\nContent-Type: text/event-plain\n\nA: b%20c\n\nContent-Length: -1\n\n")
    frame = await frame_read(reader)
    assert (frame.kind, headers_parse(frame.body)) == ("text/event-plain", {"A": "b c"})
    with pytest.raises(LinkBroken):
        await frame_read(reader)
    reader.feed_eof()
    with pytest.raises(EOFError):
        await frame_read(reader)


async def test_a_call_from_the_socket_to_the_webhook(adapters: Adapters, receiver: Receiver) -> None:
    async with running(Esl()) as exchange:
        process = await adapters.start("freeswitch", *OPTIONS, port=exchange.port)
        await exchange.ready()
        await exchange.emit(*RING, *BRIDGE, of_agent("CHANNEL_HOLD", 9), of_agent("CHANNEL_UNHOLD", 12), hangup(30))
        events = await receiver.kinds("ringing", "answered", "held", "answered", "ended")
        assert (events[4]["caller"], events[4]["agent"], events[4]["cause"]) == (CALLER, "201", "normal")
        assert await adapters.stop(process) == 0
    assert CALLER not in adapters.log


async def test_killed_between_the_exchange_and_siaga(adapters: Adapters, receiver: Receiver) -> None:
    receiver.down = 500
    async with running(Esl()) as exchange:
        process = await adapters.start("freeswitch", *OPTIONS, port=exchange.port)
        await exchange.ready()
        await exchange.emit(*RING, *BRIDGE)
        await receiver.until(lambda: receiver.tries >= 2)
        await adapters.stop(process, signal.SIGKILL)
        receiver.down = 0
        process = await adapters.start("freeswitch", *OPTIONS, port=exchange.port)
        await receiver.kinds("ringing", "answered", "ended")  # no channel is left after the restart
        exchange.hang_up_on_adapters()
        await exchange.ready(3)
        assert await adapters.stop(process) == 0
    assert len(receiver.events) == 3


async def test_a_wrong_password_is_said_and_tried_again(adapters: Adapters) -> None:
    (adapters.spool.parent / "password").write_text("another one")
    async with running(Esl()) as exchange:
        process = await adapters.start("freeswitch", *OPTIONS, port=exchange.port)
        await exchange.refusals(2)
        assert await adapters.stop(process) == 0
    assert "refused the login" in adapters.log
