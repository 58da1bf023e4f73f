"""FreeSWITCH: events of its event socket (ESL, plain), as neutral events.

A call is the caller's leg: its `Unique-ID`. No kept ESL library for asyncio fits (docs/pbx.md says why); the protocol
is header blocks with a length, read here.
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from pbx.calls import Call, Calls, Told, first, told_make
from pbx.causes import name_cause, q850_cause
from pbx.link import CONNECT_S, Intake, LinkBroken, LoginRefused
from pbx.neutral import NeutralEvent, epoch_time, number_clean

log = logging.getLogger(__name__)

Event = Mapping[str, str]

FRAME_BYTES = 4 * 1024 * 1024
SILENCE_S = 65.0  # three HEARTBEATs of FreeSWITCH, which come every 20 s
EVENTS = (
    "CHANNEL_CREATE CHANNEL_EXECUTE CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_HOLD CHANNEL_UNHOLD "
    "CHANNEL_HANGUP_COMPLETE HEARTBEAT CUSTOM callcenter::info"
)
LEGS = (
    "Unique-ID",
    "Channel-Call-UUID",
    "Other-Leg-Unique-ID",
    "Bridge-A-Unique-ID",
    "Bridge-B-Unique-ID",
    "variable_bridge_uuid",
    "variable_cc_member_session_uuid",
)


@dataclass(slots=True)
class State:
    """The calls under way, and which ones are ours: those in these contexts, or that join these queues."""

    calls: Calls
    contexts: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """Where FreeSWITCH's event socket is, and its password."""

    host: str
    port: int
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of the event socket: its headers, and its body as text."""

    headers: dict[str, str]
    body: str = ""

    @property
    def kind(self) -> str:
        """Its `Content-Type`."""
        return self.headers.get("Content-Type", "")


def translate(event: Event, state: State) -> list[NeutralEvent]:
    """What an event means; nothing for one that is not of our calls."""
    handler = HANDLERS.get(event.get("Event-Name", ""))
    return handler(event, state) if handler else []


def resync(rows: Iterable[Mapping[str, Any]], known: Iterable[str], state: State) -> list[NeutralEvent]:
    """What happened while we were away, from `show channels as json`.

    `known` are the calls under way before the list was asked for: those not in it are over, nobody knows why.
    """
    channels = [{key: "" if value is None else str(value) for key, value in row.items()} for row in rows]
    present = {row.get("uuid", "") for row in channels}
    gone = [call for call in sorted(known) if call not in present]
    events = [event for call in gone for event in state.calls.finish(call, None, cause="")]
    for row in channels:
        if row.get("direction") == "inbound" and row.get("context") in state.contexts:
            at = _moment(row.get("created_epoch", ""), 1)
            events += state.calls.ring(row.get("uuid", ""), at, caller=number_clean(row.get("cid_num", "")))
    for row in channels:
        if row.get("direction") == "outbound" and row.get("callstate") == "ACTIVE":
            agent = extension(row.get("name", "")) or row.get("dest") or None
            events += state.calls.answer(row.get("call_uuid", ""), None, agent=agent, leg=row.get("uuid", ""))
    return events


def _caller_seen(event: Event, state: State) -> list[NeutralEvent]:
    """An event of a caller's leg: a new call, news of the caller, or where it was passed to."""
    if event.get("Call-Direction") != "inbound":
        return []
    raw, told = event.get("Unique-ID", ""), _told(event, state)
    call = state.calls.get(raw)
    if call is None:
        if event.get("Caller-Context") not in state.contexts:
            return []
        rung = state.calls.ring(raw, _at(event), caller=_caller(event), told=told)
        state.calls.mark(raw, event.get("Caller-Transfer-Source", ""))
        return rung
    is_news = state.calls.note(raw, told)
    return _passed_on(call, event, state) or (state.calls.again(raw, _at(event)) if is_news else [])


def _passed_on(call: Call, event: Event, state: State) -> list[NeutralEvent]:
    """A blind transfer shows as a new `Caller-Transfer-Source`; before an answer it is the dialplan's own doing."""
    source = event.get("Caller-Transfer-Source", "")
    if not source or not state.calls.mark(call.call, source):
        return []
    found = re.search(r":bl_xfer:([^/]+)", source)
    return state.calls.transfer(call.call, _at(event), agent=found[1]) if found else []


def _bridged(event: Event, state: State) -> list[NeutralEvent]:
    call = _call(event, state)
    if call is None:
        return []
    passed = _caller_seen(event, state)
    return passed + _taken(call, event, state, leg=_other_leg(call, event), agent=_agent(call, event))


def _taken(call: Call, event: Event, state: State, *, leg: str, agent: str | None) -> list[NeutralEvent]:
    """A person is on the line. Another one than before, without a blind transfer: it was passed on with a word."""
    at = _at(event)
    passed = []
    if call.phase in {"talking", "held"} and leg != call.leg and agent and agent != call.agent:
        passed = state.calls.transfer(call.call, at, agent=agent)
    return passed + state.calls.answer(call.call, at, agent=agent, leg=leg)


def _held(event: Event, state: State) -> list[NeutralEvent]:
    call = _call(event, state)
    return state.calls.hold(call.call, _at(event)) if call and not _is_caller(call, event) else []


def _resumed(event: Event, state: State) -> list[NeutralEvent]:
    call = _call(event, state)
    return state.calls.resume(call.call, _at(event)) if call and not _is_caller(call, event) else []


def _hung_up(event: Event, state: State) -> list[NeutralEvent]:
    call = state.calls.get(event.get("Unique-ID", ""))
    if call is None:
        return []
    state.calls.note(call.call, _told(event, state))
    number = event.get("variable_hangup_cause_q850", "")
    cause = name_cause(event.get("Hangup-Cause", ""), answered=call.answered) or q850_cause(
        int(number) if number.isdecimal() else 0, answered=call.answered
    )
    return state.calls.finish(call.call, _at(event), cause=cause)


def _queue(event: Event, state: State) -> list[NeutralEvent]:
    """mod_callcenter's own events; the queue is `name@domain`, and either form may be configured."""
    queue = event.get("CC-Queue", "")
    if event.get("Event-Subclass") != "callcenter::info" or not {queue, queue.partition("@")[0]} & state.queues:
        return []
    raw = event.get("CC-Member-Session-UUID", "")
    action = event.get("CC-Action")
    if action == "member-queue-start":
        caller = number_clean(event.get("CC-Member-CID-Number", ""))
        return state.calls.requeue(raw, _at(event)) or state.calls.ring(
            raw, _at(event), caller=caller, told=_told(event, state)
        )
    call = state.calls.get(raw)
    if call is None:
        return []
    if action == "bridge-agent-start":
        agent = event.get("CC-Agent", "").partition("@")[0] or None
        return state.calls.answer(raw, _at(event), agent=agent, leg=event.get("CC-Agent-UUID", ""))
    if action == "member-queue-end" and event.get("CC-Cancel-Reason") == "BREAK_OUT" and not call.answered:
        return state.calls.finish(raw, _at(event), cause="normal")
    return []


HANDLERS: dict[str, Callable[[Event, State], list[NeutralEvent]]] = {
    "CHANNEL_CREATE": _caller_seen,
    "CHANNEL_EXECUTE": _caller_seen,
    "CHANNEL_ANSWER": _caller_seen,  # the exchange's own answer, a greeting or a queue: not yet a person
    "CHANNEL_BRIDGE": _bridged,
    "CHANNEL_HOLD": _held,
    "CHANNEL_UNHOLD": _resumed,
    "CHANNEL_HANGUP_COMPLETE": _hung_up,
    "CUSTOM": _queue,
}


def extension(channel: str) -> str | None:
    """`201` of `sofia/internal/201@10.0.0.5:5060` or `sofia/internal/sip:201@10.0.0.5`; None where there is none."""
    found = re.match(r"[^/]+/(?:[^/]+/)*(?:sips?:)?([^@/;]+)@", channel)
    return found[1] if found else None


def _call(event: Event, state: State) -> Call | None:
    for name in LEGS:
        leg = event.get(name, "")
        call = state.calls.get(leg) if leg else None
        if call is not None:
            return call
    return state.calls.of_leg(event.get("Unique-ID", ""))


def _is_caller(call: Call, event: Event) -> bool:
    return event.get("Unique-ID") == call.call


def _other_leg(call: Call, event: Event) -> str:
    legs = (event.get("Other-Leg-Unique-ID"), event.get("Bridge-B-Unique-ID"), event.get("Unique-ID"))
    return next((leg for leg in legs if leg and leg != call.call), "")


def _agent(call: Call, event: Event) -> str | None:
    """The extension of the leg that is not the caller's."""
    if _is_caller(call, event):
        agent = first(event, "Other-Leg-Destination-Number", "Other-Leg-Callee-ID-Number")
        return extension(event.get("Other-Leg-Channel-Name", "")) or agent or None
    agent = first(event, "variable_dialed_user", "Caller-Destination-Number")
    return extension(event.get("Channel-Name", "")) or agent or None


def _caller(event: Event) -> str | None:
    return number_clean(event.get("Caller-Caller-ID-Number", ""))


def _at(event: Event) -> datetime | None:
    return _moment(event.get("Event-Date-Timestamp", ""), 1_000_000)


def _moment(number: str, per_second: int) -> datetime | None:
    try:
        return epoch_time(int(number) / per_second)
    except ValueError:
        return None


def _told(event: Event, state: State) -> Told:
    return told_make(
        language=event.get("variable_siaga_language", ""),
        skill=event.get("variable_siaga_skill", ""),
        location=event.get("variable_siaga_location", ""),
        measured_at=_at(event) or state.calls.now(),
    )


def headers_parse(text: str) -> dict[str, str]:
    """A block of `Name: value` lines; values are URL-encoded, as FreeSWITCH writes them in plain events."""
    lines = (line.partition(":") for line in text.splitlines() if ":" in line)
    return {name.strip(): unquote(value.strip()) for name, _, value in lines}


async def frame_read(reader: asyncio.StreamReader) -> Frame:
    """The next message; raises EOFError when FreeSWITCH closes, LinkBroken for what is no message."""
    try:
        head = await reader.readuntil(b"\n\n")
        headers = headers_parse(head.decode(errors="replace"))
        length = int(headers.get("Content-Length", "0"))
        if not 0 <= length <= FRAME_BYTES:
            raise LinkBroken("a message of impossible length")
        body = await reader.readexactly(length)
    except (asyncio.LimitOverrunError, ValueError) as error:
        raise LinkBroken("not the event socket's protocol") from error
    return Frame(headers, body.decode(errors="replace"))


async def session(account: Account, state: State, intake: Intake) -> None:
    """One connection, from login until it breaks; raises LinkBroken, LoginRefused, OSError, EOFError or
    TimeoutError.
    """
    async with asyncio.timeout(CONNECT_S):
        reader, writer = await asyncio.open_connection(account.host, account.port, limit=FRAME_BYTES)
    try:
        async with asyncio.timeout(CONNECT_S):
            await _login(reader, writer, account)
        intake.up("FreeSWITCH")
        writer.write(f"event plain {EVENTS}\n\napi show channels as json\n\n".encode())
        known = state.calls.known()
        while True:
            async with asyncio.timeout(SILENCE_S):
                frame = await frame_read(reader)
            _take(frame, known, state, intake)
    finally:
        writer.close()


async def _login(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, account: Account) -> None:
    frame = await frame_read(reader)
    if frame.kind == "text/rude-rejection":
        raise LoginRefused("this address is not in the access list of event_socket.conf")
    if frame.kind != "auth/request":
        raise LinkBroken("not the event socket's greeting")
    writer.write(f"auth {account.password}\n\n".encode())
    frame = await frame_read(reader)
    if not frame.headers.get("Reply-Text", "").startswith("+OK"):
        raise LoginRefused("see the password of event_socket.conf")


def _take(frame: Frame, known: frozenset[str], state: State, intake: Intake) -> None:
    if frame.kind == "text/event-plain":
        intake.hear(lambda: translate(headers_parse(frame.body.partition("\n\n")[0]), state))
    elif frame.kind == "api/response":
        rows = _rows(frame.body)
        if rows is None:
            log.warning("FreeSWITCH did not list its channels")
        else:
            intake.hear(lambda: resync(rows, known, state))
    elif frame.kind == "command/reply" and frame.headers.get("Reply-Text", "").startswith("-ERR"):
        raise LinkBroken("FreeSWITCH does not send these events")
    elif frame.kind == "text/disconnect-notice":
        raise LinkBroken("closed by FreeSWITCH")


def _rows(body: str) -> list[Mapping[str, Any]] | None:
    """The channels of `show channels as json`; None for an answer of another kind."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    if not isinstance(answer, dict) or "row_count" not in answer:
        return None
    return [row for row in answer.get("rows", []) if isinstance(row, dict)]
