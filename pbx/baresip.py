"""baresip: a softphone at a desk, by its module ctrl_tcp (netstrings of JSON), as neutral events.

A call is the phone's SIP `Call-ID`. The phone tells who calls and when a call stands and ends. It tells nothing when
its own user holds a call: that is in its list of calls, which is asked for every second.
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote

from pbx.calls import Calls
from pbx.causes import sip_cause
from pbx.link import CONNECT_S, Intake, LinkBroken
from pbx.neutral import NeutralEvent, number_clean

log = logging.getLogger(__name__)

Event = Mapping[str, Any]

LENGTH_DIGITS = 6
NETSTRING_BYTES = 256 * 1024
POLL_S = 1.0
SILENCE_S = 30.0


@dataclass(slots=True)
class State:
    """The calls under way at this phone, and how many accounts it says it has (0: not known yet)."""

    calls: Calls
    accounts: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the phone's control port is."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the phone's list of calls: the other side's address, and whether our side holds the call."""

    peer: str
    held: bool


def translate(event: Event, state: State) -> list[NeutralEvent]:
    """What a message of the phone means: an event of an incoming call, or its list of calls."""
    if event.get("response"):
        return _answered_us(event, state)
    raw = str(event.get("id") or "")
    if not event.get("event") or not raw or event.get("direction") == "outgoing":
        return []
    handler = HANDLERS.get(str(event.get("type")))
    return handler(raw, event, state) if handler else []


def _rung(raw: str, event: Event, state: State) -> list[NeutralEvent]:
    peer = str(event.get("peeruri") or "")
    rung = state.calls.ring(raw, None, caller=sip_user(peer))
    state.calls.mark(raw, peer)
    return rung


def _established(raw: str, event: Event, state: State) -> list[NeutralEvent]:
    agent = sip_user(str(event.get("accountaor") or ""))
    return _rung(raw, event, state) + state.calls.answer(raw, None, agent=agent)


def _closed(raw: str, event: Event, state: State) -> list[NeutralEvent]:
    rung = _rung(raw, event, state)  # one that came while we were away: better told late than never
    call = state.calls.get(raw)
    if call is None:
        return rung
    cause = sip_cause(str(event.get("param") or ""), answered=call.answered)
    return rung + state.calls.finish(raw, None, cause=cause)


HANDLERS: dict[str, Callable[[str, Event, State], list[NeutralEvent]]] = {
    "CALL_INCOMING": _rung,
    "CALL_ESTABLISHED": _established,
    "CALL_CLOSED": _closed,
}


def calls_parse(text: str) -> list[Line] | None:
    """The phone's answer to `listcalls`; None for any other text."""
    if "--- Active calls (" not in text:
        return None
    found = (re.search(r"\[line\b.*?(sips?:\S+)", line) for line in text.splitlines())
    return [Line(match[1], "(on hold)" in match[0]) for match in found if match]


def sip_user(address: str) -> str | None:
    """`201` of `sip:201@10.0.0.5`, `"Sari" <sip:201@10.0.0.5>` or `tel:201`; None where it is withheld."""
    found = re.search(r"(?:sips?|tel):([^@;>]+)", address)
    return number_clean(unquote(found[1])) if found else None


def _answered_us(event: Event, state: State) -> list[NeutralEvent]:
    text = str(event.get("data") or "")
    accounts = re.search(r"--- User Agents \((\d+)\) ---", text)
    if accounts:
        state.accounts = int(accounts[1])
    lines = calls_parse(text)
    return [] if lines is None else _compared(lines, state)


def _compared(lines: list[Line], state: State) -> list[NeutralEvent]:
    """Holds and ends that no event told. The list names calls by their other side only: two alike are left alone."""
    peers = [line.peer for line in lines]
    held = {line.peer: line.held for line in lines}
    events: list[NeutralEvent] = []
    for key in sorted(state.calls.known()):
        call = state.calls.get(key)
        if call is None or peers.count(call.mark) > 1:
            continue
        if call.mark in held:
            turn = state.calls.hold if held[call.mark] else state.calls.resume
            events += turn(key, None)
        elif state.accounts == 1:  # with more accounts the list is that of one of them
            events += state.calls.finish(key, None, cause="")
    return events


async def netstring_read(reader: asyncio.StreamReader) -> dict[str, Any]:
    """The next message; raises EOFError when the phone closes, LinkBroken for what is no message."""
    try:
        head = await reader.readuntil(b":")
        if not re.fullmatch(rb"\d{1,%d}:" % LENGTH_DIGITS, head) or int(head[:-1]) > NETSTRING_BYTES:
            raise LinkBroken("not a netstring")
        body = await reader.readexactly(int(head[:-1]) + 1)
        message = json.loads(body[:-1].decode(errors="replace"))
    except (asyncio.LimitOverrunError, ValueError) as error:
        raise LinkBroken("not the protocol of ctrl_tcp") from error
    if body[-1:] != b"," or not isinstance(message, dict):
        raise LinkBroken("not the protocol of ctrl_tcp")
    return message


def netstring_make(command: str) -> bytes:
    """A command as the phone takes it."""
    body = json.dumps({"command": command}).encode()
    return b"%d:%s," % (len(body), body)


async def session(address: Address, state: State, intake: Intake) -> None:
    """One connection until it breaks; raises LinkBroken, OSError, EOFError or TimeoutError.

    The phone serves one connection at a time: a newer one ends ours.
    """
    async with asyncio.timeout(CONNECT_S):
        reader, writer = await asyncio.open_connection(address.host, address.port, limit=NETSTRING_BYTES)
    state.accounts = 0
    writer.write(netstring_make("reginfo"))
    poller = asyncio.create_task(_poll(writer))
    try:
        intake.up("baresip")
        while True:
            async with asyncio.timeout(SILENCE_S):
                message = await netstring_read(reader)
            intake.hear(partial(translate, message, state))
    finally:
        poller.cancel()
        writer.close()


async def _poll(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):  # the reader tells
        while True:
            writer.write(netstring_make("listcalls"))
            await writer.drain()
            await asyncio.sleep(POLL_S)
