"""Asterisk: events of its manager interface (AMI), read with panoramisk, as neutral events.

A call is the `Linkedid` of its channels: the `Uniqueid` of the caller's channel. Other channels of it are agents'.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from panoramisk.ami_protocol import AMIProtocol

from pbx.calls import Calls, Told, first, told_make
from pbx.causes import q850_cause
from pbx.link import CONNECT_S, Intake, LinkBroken, LoginRefused
from pbx.neutral import NeutralEvent, epoch_time, number_clean

log = logging.getLogger(__name__)

Event = Mapping[str, str]

PING_S = 10.0
ANSWER_S = 10.0
HELPERS = {"CBAnn", "CBRec", "Announcer", "Recorder", "Snoop", "ConfBridge", "Bridge", "Message"}


@dataclass(slots=True)
class State:
    """The calls under way, and which ones are ours: those in these contexts, or that join these queues."""

    calls: Calls
    contexts: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """Where Asterisk's manager interface is, and the user of manager.conf."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)


def translate(event: Event, state: State) -> list[NeutralEvent]:
    """What an AMI event means; nothing for one that is not of our calls."""
    handler = HANDLERS.get(event.get("Event", ""))
    return handler(event, state) if handler else []


def resync(channels: Iterable[Event], known: Iterable[str], state: State) -> list[NeutralEvent]:
    """What happened while we were away, from a list of all channels (`CoreShowChannel` events).

    `known` are the calls under way before the list was asked for: those not in it are over, nobody knows why.
    """
    rows = list(channels)
    present = {row.get("Uniqueid", "") for row in rows}
    events = [
        event for call in sorted(known) if call not in present for event in state.calls.finish(call, None, cause="")
    ]
    for row in rows:
        events += _caller_seen(row, state)
    for row in rows:
        if row.get("BridgeId") or row.get("BridgeID"):
            events += _bridge_entered(row, state)
    return events


def _caller_seen(event: Event, state: State) -> list[NeutralEvent]:
    call = event.get("Uniqueid", "")
    if not call or not _is_caller(event):
        return []
    told = _told(event, state)
    news = state.calls.news(call, _at(event), told)
    # `h` runs after the caller left; `Dialing` is a channel that Asterisk itself calls.
    ours = event.get("Context") in state.contexts and event.get("Exten") != "h"
    if not ours or event.get("ChannelStateDesc") == "Dialing":
        return news
    return news + state.calls.ring(call, _at(event), caller=_caller(event), told=told)


def _queue_joined(event: Event, state: State) -> list[NeutralEvent]:
    call, told = _call(event), _told(event, state)
    news = state.calls.news(call, _at(event), told)
    passed = state.calls.requeue(call, _at(event))
    if passed or event.get("Queue") not in state.queues:
        return news + passed
    return news + state.calls.ring(call, _at(event), caller=_caller(event), told=told)


def _queue_abandoned(event: Event, state: State) -> list[NeutralEvent]:
    call = state.calls.get(_call(event))
    if call is None or call.answered:  # back in a queue after a transfer: the hangup tells
        return []
    return state.calls.finish(call.call, _at(event), cause="")


def _agent_connected(event: Event, state: State) -> list[NeutralEvent]:
    agent = extension(first(event, "Interface", "DestChannel")) or event.get("MemberName") or None
    return state.calls.answer(_call(event), _at(event), agent=agent, leg=event.get("DestUniqueid", ""))


def _bridge_entered(event: Event, state: State) -> list[NeutralEvent]:
    channel = event.get("Channel", "")
    if _is_caller(event) or channel.partition("/")[0] in HELPERS:
        return []
    return state.calls.answer(
        event.get("Linkedid", ""), _at(event), agent=extension(channel), leg=event.get("Uniqueid", "")
    )


def _held(event: Event, state: State) -> list[NeutralEvent]:
    return [] if _is_caller(event) else state.calls.hold(event.get("Linkedid", ""), _at(event))


def _resumed(event: Event, state: State) -> list[NeutralEvent]:
    return [] if _is_caller(event) else state.calls.resume(event.get("Linkedid", ""), _at(event))


def _blind_transferred(event: Event, state: State) -> list[NeutralEvent]:
    if event.get("Result") != "Success":
        return []
    call = _known(event, state, "TransfereeLinkedid", "TransfererLinkedid")
    return state.calls.transfer(call, _at(event), agent=event.get("Extension") or None)


def _attended_transferred(event: Event, state: State) -> list[NeutralEvent]:
    if event.get("Result") != "Success" or event.get("DestType") == "Fail":
        return []
    call = _known(
        event,
        state,
        "TransfereeLinkedid",
        "OrigTransfererLinkedid",
        "SecondTransfererLinkedid",
        "TransferTargetLinkedid",
    )
    agent = extension(event.get("TransferTargetChannel", "")) or first(
        event, "TransferTargetCallerIDNum", "SecondTransfererConnectedLineNum", "SecondTransfererExten"
    )
    at = _at(event)
    passed = state.calls.transfer(call, at, agent=agent or None)
    if event.get("DestType") == "App":  # voicemail, a queue: nobody is there yet
        return passed
    return passed + state.calls.answer(call, at, agent=agent or None, leg=event.get("TransferTargetUniqueid", ""))


def _hung_up(event: Event, state: State) -> list[NeutralEvent]:
    call = state.calls.get(event.get("Uniqueid", ""))
    if call is None:
        return []
    state.calls.note(call.call, _told(event, state))
    number = event.get("Cause", "")
    cause = q850_cause(int(number) if number.isdecimal() else 0, answered=call.answered)
    return state.calls.finish(call.call, _at(event), cause=cause)


HANDLERS: dict[str, Callable[[Event, State], list[NeutralEvent]]] = {
    "Newchannel": _caller_seen,
    "Newexten": _caller_seen,
    "Newstate": _caller_seen,
    "QueueCallerJoin": _queue_joined,
    "QueueCallerAbandon": _queue_abandoned,
    "AgentConnect": _agent_connected,
    "BridgeEnter": _bridge_entered,
    "Hold": _held,
    "Unhold": _resumed,
    "BlindTransfer": _blind_transferred,
    "AttendedTransfer": _attended_transferred,
    "Hangup": _hung_up,
}


def extension(channel: str) -> str | None:
    """`201` of `PJSIP/201-0000002a`, `PJSIP/201` or `Local/201@agents-00000001;1`; None where there is none."""
    found = re.match(r"[^/]+/([^@/;]+?)(?:-[0-9a-f]{8})?(?:[@/;].*)?$", channel)
    return found[1] if found else None


def variables(event: Event) -> dict[str, str]:
    """The channel variables that manager.conf's `channelvars` adds: `ChanVariable: NAME=value`, one a line."""
    lines = event.get("ChanVariable", "").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def plain(message: Mapping[str, Any]) -> dict[str, str]:
    """A message as panoramisk gives it, with a header that is there many times joined by line ends."""
    return {key: "\n".join(value) if isinstance(value, list) else str(value) for key, value in message.items()}


def _call(event: Event) -> str:
    return first(event, "Linkedid", "Uniqueid")


def _is_caller(event: Event) -> bool:
    return event.get("Uniqueid", "") == event.get("Linkedid")


def _known(event: Event, state: State, *names: str) -> str:
    return next((event[name] for name in names if name in event and state.calls.get(event[name])), "")


def _caller(event: Event) -> str | None:
    return number_clean(event.get("CallerIDNum", ""))


def _at(event: Event) -> datetime | None:
    """The event's own time: `timestampevents = yes` in manager.conf adds it."""
    try:
        return epoch_time(float(event["Timestamp"]))
    except (KeyError, ValueError):
        return None


def _told(event: Event, state: State) -> Told:
    known = variables(event)
    return told_make(
        language=known.get("SIAGA_LANGUAGE", ""),
        skill=known.get("SIAGA_SKILL", ""),
        location=known.get("SIAGA_LOCATION", ""),
        measured_at=_at(event) or state.calls.now(),
    )


class _Protocol(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """panoramisk's framing and its match of answers to actions, with the events in a queue of ours."""

    forgetable_actions = ("login", "ping", "coreshowchannels", "logoff")

    def __init__(self) -> None:
        self.events: asyncio.Queue[dict[str, str] | None] = asyncio.Queue()
        self.awaiting_actions: list[Any] = []
        self.encoding = "utf-8"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.factory = self

    def connection_lost(self, exc: BaseException | None) -> None:
        self.close()
        self.events.put_nowait(None)

    def dispatch(self, message: Mapping[str, Any]) -> None:
        self.events.put_nowait(plain(message))

    async def ask(self, action: dict[str, str], *, as_list: bool | None = None) -> Any:
        """Send an action and wait for what it brings; raises TimeoutError."""
        async with asyncio.timeout(ANSWER_S):
            return await self.send(action, as_list=as_list)


async def session(account: Account, state: State, intake: Intake) -> None:
    """One connection, from login until it breaks; raises LinkBroken, LoginRefused, OSError or TimeoutError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(CONNECT_S):
        _, protocol = await loop.create_connection(_Protocol, account.host, account.port)
    try:
        await _login(protocol, account)
        intake.up("Asterisk")
        await _catch_up(protocol, state, intake)
        while True:
            await _pump(protocol, state, intake)
    finally:
        protocol.close()


async def _login(protocol: _Protocol, account: Account) -> None:
    action = {"Action": "Login", "Username": account.user, "Secret": account.password, "Events": "on"}
    try:
        answer = await protocol.ask(action)
    except TimeoutError as error:
        raise LinkBroken("no answer to the login") from error
    if not answer.success:
        raise LoginRefused("see manager.conf: user, secret, permit")


async def _catch_up(protocol: _Protocol, state: State, intake: Intake) -> None:
    known = state.calls.known()
    try:
        answer = await protocol.ask({"Action": "CoreShowChannels"}, as_list=True)
    except TimeoutError:
        log.warning("Asterisk did not list its channels: its user needs `write = reporting`")
        return
    while not protocol.events.empty():  # they came before the list was whole
        _take(protocol.events.get_nowait(), state, intake)
    rows = [plain(row) for row in answer if row.event == "CoreShowChannel"]
    intake.hear(lambda: resync(rows, known, state))


async def _pump(protocol: _Protocol, state: State, intake: Intake) -> None:
    """The next event, or a question whether anybody is there."""
    try:
        async with asyncio.timeout(
            PING_S
        ):  # never `wait_for`: before Python 3.12 it may swallow the end of the process
            message = await protocol.events.get()
    except TimeoutError:
        await protocol.ask({"Action": "Ping"})
        return
    _take(message, state, intake)


def _take(message: dict[str, str] | None, state: State, intake: Intake) -> None:
    if message is None:
        raise LinkBroken("closed by Asterisk")
    intake.hear(lambda: translate(message, state))
