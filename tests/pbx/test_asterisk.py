"""Asterisk's events as neutral ones: the translator alone, and the adapter as a process beside an AMI server."""

import asyncio
import signal
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pbx.asterisk import State, extension, resync, translate
from pbx.calls import Calls
from pbx.neutral import NeutralEvent
from tests.pbx.conftest import Adapters
from tests.pbx.exchanges import Ami, running
from tests.pbx.receiver import Receiver

CALL = "1772337906.100"
LEG = "1772337907.101"
CALLER = "+6281234567890"
NOW = datetime(2026, 3, 1, 5, tzinfo=UTC)


def state() -> State:
    return State(Calls(now=lambda: NOW), frozenset({"siaga-112"}), frozenset({"q112"}))


def ami(kind: str, second: float = 0, /, **fields: str) -> dict[str, str]:
    """An event of the caller's channel, as Asterisk 20 writes it with `timestampevents = yes`."""
    return {
        "Event": kind,
        "Privilege": "call,all",
        "Timestamp": f"{1772337906 + second:.6f}",
        "Channel": "PJSIP/trunk-0000002a",
        "ChannelState": "4",
        "ChannelStateDesc": "Ring",
        "CallerIDNum": CALLER,
        "CallerIDName": "<unknown>",
        "ConnectedLineNum": "<unknown>",
        "ConnectedLineName": "<unknown>",
        "Language": "en",
        "AccountCode": "",
        "Context": "siaga-112",
        "Exten": "112",
        "Priority": "1",
        "Uniqueid": CALL,
        "Linkedid": CALL,
    } | fields


def agent(kind: str, second: float = 0, extension: str = "201", leg: str = LEG, **fields: str) -> dict[str, str]:
    """An event of an agent's channel in the same call."""
    own = {"Channel": f"PJSIP/{extension}-0000002b", "CallerIDNum": extension, "Uniqueid": leg, "Context": "desks"}
    return ami(kind, second, **(own | fields))


RING = [
    ami("Newchannel", 0, Context="from-trunk"),
    ami("Newexten", 0.1, Application="Answer", AppData=""),
    ami("Newstate", 0.2, ChannelState="6", ChannelStateDesc="Up"),
    ami("QueueCallerJoin", 0.3, Queue="q112", Position="1", Count="1"),
]
ANSWER = [
    agent("Newchannel", 1, ChannelStateDesc="Down"),
    agent("BridgeEnter", 3, BridgeUniqueid="b1", BridgeNumChannels="1"),
    ami("BridgeEnter", 3.1, BridgeUniqueid="b1", BridgeNumChannels="2"),
    ami(
        "AgentConnect",
        3.2,
        Queue="q112",
        Interface="PJSIP/201",
        MemberName="Sari",
        DestChannel="PJSIP/201-0000002b",
        DestUniqueid=LEG,
        DestLinkedid=CALL,
    ),
]


def hangup(second: float, cause: str = "16", **fields: str) -> dict[str, str]:
    return ami("Hangup", second, Cause=cause, **{"Cause-txt": "words"}, **fields)


def told(events: Iterable[dict[str, str]], at: State | None = None) -> list[NeutralEvent]:
    where = at or state()
    return [neutral for event in events for neutral in translate(event, where)]


def short(events: Iterable[NeutralEvent]) -> list[tuple[str, str | None, str]]:
    return [(event.event, event.agent, event.cause) for event in events]


def test_answered_held_resumed_ended() -> None:
    events = told(
        [
            *RING,
            *ANSWER,
            agent("Hold", 10, MusicClass="default"),
            agent("Unhold", 20),
            agent("Hangup", 30, Cause="16"),
            hangup(30.1),
        ]
    )
    assert short(events) == [
        ("ringing", None, ""),
        ("answered", "201", ""),
        ("held", "201", ""),
        ("answered", "201", ""),
        ("ended", "201", "normal"),
    ]
    assert {event.call for event in events} == {CALL}
    assert {event.caller for event in events} == {CALLER}
    assert events[0].at == datetime.fromtimestamp(1772337906.1, UTC)
    assert len({event.id for event in events}) == 5
    assert [event.id for event in told([*RING, *ANSWER])] == [event.id for event in events[:2]]


@pytest.mark.parametrize("by_queue", [True, False])
def test_abandoned(*, by_queue: bool) -> None:
    leave = [ami("QueueCallerAbandon", 9, Queue="q112", OriginalPosition="1", Position="1", HoldTime="8")]
    after = [ami("Newexten", 9.1, Exten="h", Application="NoOp"), ami("Newexten", 9.2, Application="NoOp"), hangup(9.3)]
    events = told([*RING, *(leave if by_queue else []), *after])
    assert [event.event for event in events] == ["ringing", "abandoned"]


def test_a_broken_line_is_a_dropped_call() -> None:
    assert short(told([*RING, *ANSWER, hangup(30, "41")]))[-1] == ("ended", "201", "dropped")
    assert short(told([*RING, hangup(30, "34")]))[-1] == ("abandoned", None, "failed")
    assert short(told([*RING, hangup(30, "0")]))[-1] == ("abandoned", None, "")


def test_a_blind_transfer_waits_for_the_next_person() -> None:
    events = told(
        [
            *RING,
            *ANSWER,
            ami("BlindTransfer", 9, Result="Fail", TransfererLinkedid=CALL, TransfereeLinkedid=CALL, Extension="202"),
            ami(
                "BlindTransfer", 10, Result="Success", TransfererLinkedid=CALL, TransfereeLinkedid=CALL, Extension="202"
            ),
            agent("Hangup", 10.1, Cause="16"),
            agent("BridgeEnter", 14, "202", "1772337916.102"),
            agent("Hold", 15, "202", "1772337916.102"),
            hangup(60),
        ]
    )
    assert short(events)[2:] == [
        ("transferred", "202", ""),
        ("answered", "202", ""),
        ("held", "202", ""),
        ("ended", "202", "normal"),
    ]


def test_an_attended_transfer_is_answered_at_once() -> None:
    second = "1772337926.103"
    transfer = ami(
        "AttendedTransfer",
        30,
        Result="Success",
        DestType="Bridge",
        OrigTransfererLinkedid=CALL,
        SecondTransfererLinkedid=second,
        SecondTransfererExten="203",
        TransferTargetChannel="PJSIP/203-0000002d",
        TransferTargetUniqueid="1772337926.104",
    )
    events = told([*RING, *ANSWER, agent("Hold", 20), transfer, hangup(60)])
    assert short(events)[3:] == [("transferred", "203", ""), ("answered", "203", ""), ("ended", "203", "normal")]
    assert events[3].at < events[4].at  # Siaga orders events by their times


def test_a_caller_who_leaves_after_a_transfer_was_answered_before() -> None:
    passed = ami("BlindTransfer", 10, Result="Success", TransfereeLinkedid=CALL, Extension="q112")
    again = [ami("QueueCallerJoin", 11, Queue="q112"), ami("QueueCallerAbandon", 20, Queue="q112"), hangup(20.1)]
    assert [event.event for event in told([*RING, *ANSWER, passed, *again])][2:] == ["transferred", "ended"]


def test_a_caller_whose_agent_hung_up_and_who_is_in_the_queue_again_waits_for_the_next() -> None:
    again = [agent("Hangup", 10, Cause="16"), ami("QueueCallerJoin", 10.1, Queue="q112")]
    second = ami("AgentConnect", 15, Interface="PJSIP/202", DestUniqueid="1772337916.102")
    assert short(told([*RING, *ANSWER, *again, second, hangup(60)]))[2:] == [
        ("transferred", None, ""),
        ("answered", "202", ""),
        ("ended", "202", "normal"),
    ]


def test_other_calls_and_helpers_are_not_ours() -> None:
    where = state()
    other = {"Uniqueid": "9.1", "Linkedid": "9.1", "Context": "office"}
    assert told([ami("Newchannel", **other), ami("QueueCallerJoin", Queue="sales", **other)], where) == []
    assert told([ami("Hangup", Cause="16", **other), ami("PeerStatus"), {"Event": "Nonsense"}, {}], where) == []
    assert [event.event for event in told(RING, where)] == ["ringing"]
    helper = ami("BridgeEnter", 2, Channel="CBAnn/112-00000001;2", Uniqueid="7.7")
    hold_by_caller = ami("Hold", 4)
    assert told([helper], where) == []
    assert [event.event for event in told([*ANSWER, hold_by_caller], where)] == ["answered"]
    third = agent("BridgeEnter", 9, "209", "7.9")  # a supervisor listens
    assert told([third], where) == []


def test_what_the_dialplan_knows_of_the_caller_comes_along() -> None:
    where = state()
    variables = "SIAGA_LANGUAGE=en_US\nSIAGA_SKILL=fire\nSIAGA_LOCATION=-6.2,106.8,150,cell\nOTHER=a=b"
    events = told([*RING[:3], RING[3] | {"ChanVariable": variables}, *ANSWER], where)
    ringing, news, answered = events
    assert [event.event for event in events] == ["ringing", "ringing", "answered"]  # in time for the choice of a desk
    assert (ringing.language, ringing.skill, ringing.location) == ("", "", None)
    assert (news.language, news.skill) == (answered.language, answered.skill) == ("en", "fire")
    assert news.location is not None
    assert (news.location.lat, news.location.radius_m, news.location.source) == (-6.2, 150, "cell")
    assert answered.location is None
    later = told([agent("Hold", 9) | {"ChanVariable": variables}, hangup(20, ChanVariable=variables)], where)
    assert [event.location for event in later] == [None, None]  # told once
    moved = told([RING[0] | {"Uniqueid": "7", "Linkedid": "7", "Context": "siaga-112"}], where)
    moved += told(
        [ami("Newexten", 1, Uniqueid="7", Linkedid="7", ChanVariable="SIAGA_LOCATION=1,2,3\nSIAGA_SKILL=a b")], where
    )
    moved += told([hangup(20, Uniqueid="7", Linkedid="7", ChanVariable="SIAGA_LOCATION=1,2,4")], where)
    assert [event.location.radius_m if event.location else None for event in moved] == [None, 3.0, 4.0]
    assert moved[1].skill == ""
    by_queue = State(Calls(), queues=frozenset({"q112"}))
    assert told([RING[3] | {"ChanVariable": variables}], by_queue)[0].skill == "fire"


def test_without_timestamps_our_clock_and_a_count_are_taken() -> None:
    plain = [{key: value for key, value in event.items() if key != "Timestamp"} for event in [*RING, *ANSWER]]
    hold, unhold = (
        {key: value for key, value in agent(kind).items() if key != "Timestamp"} for kind in ("Hold", "Unhold")
    )
    events = told([*plain, hold, unhold, hold])
    assert [event.event for event in events] == ["ringing", "answered", "held", "answered", "held"]
    assert [event.at for event in events] == [NOW + timedelta(microseconds=n) for n in range(5)]
    assert len({event.id for event in events}) == 5


def test_a_list_of_channels_tells_what_was_missed() -> None:
    where = state()
    told([*RING, *ANSWER], where)
    told([ami("Newchannel", Uniqueid="5.1", Linkedid="5.1")], where)
    new = {"Uniqueid": "6.1", "Linkedid": "6.1", "CallerIDNum": "+62811"}
    rows = [
        ami("CoreShowChannel", ChannelStateDesc="Up", BridgeId="b1"),
        ami("CoreShowChannel", ChannelStateDesc="Up", BridgeId="b6", **new),
        agent("CoreShowChannel", BridgeId="b6", extension="205", leg="6.2", Linkedid="6.1", ChannelStateDesc="Up"),
        ami("CoreShowChannel", Uniqueid="8.1", Linkedid="8.1", Context="office", BridgeId=""),
    ]
    events = resync(rows, where.calls.known(), where)
    assert [(event.event, event.call, event.agent) for event in events] == [
        ("abandoned", "5.1", None),
        ("ringing", "6.1", None),
        ("answered", "6.1", "205"),
    ]


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("PJSIP/201-0000002a", "201"),
        ("PJSIP/201", "201"),
        ("Local/201@desks/n", "201"),
        ("Local/201@desks-00000001;2", "201"),
        ("PJSIP/trunk-out-0000002a", "trunk-out"),
        ("", None),
        ("nonsense", None),
    ],
)
def test_extensions_of_channels(channel: str, expected: str | None) -> None:
    assert extension(channel) == expected


OPTIONS = ("--user", "siaga", "--context", "siaga-112", "--queue", "q112")


def said(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


async def test_a_call_from_the_socket_to_the_webhook(adapters: Adapters, receiver: Receiver) -> None:
    async with running(Ami()) as exchange:
        process = await adapters.start("asterisk", *OPTIONS, port=exchange.port)
        await exchange.ready()
        await exchange.emit(*RING, *ANSWER, hangup(30, ChanVariable="SIAGA_LANGUAGE=id\nSIAGA_SKILL=medic"))
        events = await receiver.kinds("ringing", "answered", "ended")
        assert events[2] | {"id": ""} == {
            "id": "",
            "event": "ended",
            "call": CALL,
            "at": "2026-03-01T04:05:36+00:00",
            "caller": CALLER,
            "agent": "201",
            "cause": "normal",
            "language": "id",
            "skill": "medic",
            "location": None,
        }
        assert await adapters.stop(process) == 0
    assert CALLER not in adapters.log
    assert "exchange password" not in adapters.log


async def test_killed_between_the_exchange_and_siaga(adapters: Adapters, receiver: Receiver) -> None:
    """Siaga is down, the adapter is killed, the call goes on: all of it arrives once."""
    receiver.down = 503
    async with running(Ami()) as exchange:
        process = await adapters.start("asterisk", *OPTIONS, port=exchange.port)
        await exchange.ready()
        await exchange.emit(*RING, *ANSWER)
        await receiver.until(lambda: receiver.tries >= 2)
        await adapters.stop(process, signal.SIGKILL)
        receiver.down = 0
        exchange.channels = [
            ami("CoreShowChannel", ChannelStateDesc="Up", BridgeId="b1"),
            agent("CoreShowChannel", BridgeId="b1"),
        ]
        process = await adapters.start("asterisk", *OPTIONS, port=exchange.port)
        await exchange.ready(2)
        await exchange.emit(hangup(40, "38"))
        events = await receiver.kinds("ringing", "answered", "ended")
        assert events[2]["cause"] == "dropped"
        assert await adapters.stop(process) == 0


async def test_the_exchange_goes_and_comes_back(adapters: Adapters, receiver: Receiver) -> None:
    async with running(Ami()) as exchange:
        process = await adapters.start("asterisk", *OPTIONS, port=exchange.port)
        await exchange.ready()
        await exchange.emit(*RING, *ANSWER)
        await receiver.kinds("ringing", "answered")
        exchange.hang_up_on_adapters()
        await exchange.ready(2)  # no channel is left: the call ended meanwhile, nobody knows how
        events = await receiver.kinds("ringing", "answered", "ended")
        assert events[2]["cause"] == ""
        assert await adapters.stop(process, signal.SIGINT) == 0


async def test_a_wrong_password_is_said_and_tried_again(adapters: Adapters, receiver: Receiver) -> None:
    async with running(Ami()) as exchange:
        process = await adapters.start("asterisk", "--user", "other", "--queue", "q112", port=exchange.port)
        await exchange.refusals(2)
        assert await adapters.stop(process) == 0
    assert "refused the login" in adapters.log


async def test_a_second_adapter_cannot_have_the_same_spool(adapters: Adapters) -> None:
    async with running(Ami()) as exchange:
        first = await adapters.start("asterisk", *OPTIONS, port=exchange.port)
        await exchange.ready()
        second = await adapters.start("asterisk", *OPTIONS, port=exchange.port)
        assert await asyncio.wait_for(second.wait(), 10) == 3
        assert await adapters.stop(first) == 0
    assert "another adapter has this spool" in adapters.log


async def test_an_adapter_must_be_told_which_calls(adapters: Adapters) -> None:
    process = await adapters.start("asterisk", "--user", "siaga", port=1)
    assert await asyncio.wait_for(process.wait(), 10) == 2
    assert "--context or --queue" in adapters.log
