"""Ten times the intake's load for a minute, nearly all of it about one fire; operators work, and callers give up.

A fifth of what the exchange sends is sent twice, as a line that is slow to answer makes it do.
"""

import asyncio
import random
import time
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async

from bench.intake import CONSOLES, TIMES_PEAK
from bench.load import PEAK_RATE_1_S, Exchange, arrivals, consoles_open, exchange_make, exchange_session
from bench.report import Report, percentile
from bench.site import measured
from common import clock
from dispatch.choices import CallState
from dispatch.models import Call, Storm
from siaga.demo.console import Console, Seen, StoryBroken
from siaga.demo.site import DemoSite

SURGE_S = 60.0
TIMES_MORE = 10
ABOUT_ONE = 0.95
TWICE = 0.2
FIRE = (-6.1700, 106.8000)
ELSEWHERE = (-6.2900, 106.8800)
TALK_S = (3.0, 6.0)
PATIENCE_MEAN_S, PATIENCE_MAX_S = 30.0, 90.0
NORMAL_WITHIN_S = 120.0
READY_AGAIN_S = 30.0


@dataclass
class Night:
    """What all who take part know."""

    exchange: Exchange
    chance: random.Random = field(default_factory=lambda: random.Random(112))
    fire_id: str | None = None
    fire_opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    lines: dict[str, bool] = field(default_factory=dict)  # line -> whether it tells of the fire
    answered: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def run(say: Callable[[str], None]) -> Report:
    """One minute, and what is left of it."""
    return measured(lambda site: _measure(site, say), say)


async def _measure(site: DemoSite, say: Callable[[str], None]) -> Report:
    await exchange_make()
    async with exchange_session(site.base_url, 100) as session, AsyncExitStack() as stack:
        say(f"{CONSOLES} consoles ...")
        consoles = await consoles_open(stack, site.base_url, CONSOLES)
        night = Night(Exchange(session))
        stop = asyncio.Event()
        desks = [asyncio.create_task(_desk(night, console, stop)) for console in consoles]
        await asyncio.sleep(2)
        rate = PEAK_RATE_1_S * TIMES_PEAK * TIMES_MORE
        say(f"{rate:.1f} calls a second for {SURGE_S:.0f} s ...")
        await _surge(night, rate)
        say("the surge is over; until the queue is empty ...")
        normal_s = await _until_normal()
        await asyncio.sleep(TALK_S[1] + 1)
        stop.set()
        await asyncio.gather(*desks)
        await asyncio.sleep(12)  # those who hung up come onto the callback list
        settled = await _settle(consoles[0])
        return await _reported(night, consoles, rate, normal_s, settled)


async def _surge(night: Night, rate: float) -> None:
    begun = time.perf_counter()
    callers = []
    for at_s in arrivals(rate, SURGE_S, seed=113):
        await asyncio.sleep(max(0.0, begun + at_s - time.perf_counter()))
        callers.append(asyncio.create_task(_caller(night)))
    await asyncio.gather(*callers)


async def _caller(night: Night) -> None:
    """Rings; hangs up when nobody has answered for too long, unless the matter is another one."""
    line, is_fire = str(uuid.uuid4()), night.chance.random() < ABOUT_ONE
    night.lines[line] = is_fire
    lat, lon = FIRE if is_fire else ELSEWHERE
    spread = 0.003 if is_fire else 0.08
    location = {
        "lat": lat + night.chance.uniform(-spread, spread), "lon": lon + night.chance.uniform(-spread, spread),
        "radius_m": night.chance.choice([20.0, 50.0, 150.0]), "source": "aml", "measured_at": clock.now().isoformat(),
    }  # fmt: skip
    number = f"+62812{night.chance.randrange(10**7):07}"
    at = clock.now().isoformat()
    for _ in range(2 if night.chance.random() < TWICE else 1):
        await night.exchange.tell(line, "ringing", caller=number, location=location, at=at)
    if is_fire:
        await asyncio.sleep(min(PATIENCE_MAX_S, night.chance.expovariate(1 / PATIENCE_MEAN_S)))
        if line not in night.answered:
            await night.exchange.tell(line, "abandoned", caller=number)


async def _desk(night: Night, console: Console, stop: asyncio.Event) -> None:
    """An operator: ready, answers what is offered, talks, opens or appends, closes."""
    seen, said_at = 0, 0.0
    while not stop.is_set():
        if time.perf_counter() - said_at > READY_AGAIN_S:
            said_at = time.perf_counter()
            await console.send("presence/", {"state": "ready"})
        offered = None
        for item in console.seen[seen:]:
            seen += 1
            if item.kind == "call.changed" and item.payload["offered_to"] == console._username:
                offered = item.payload
        if offered is None:
            await asyncio.sleep(0.05)
            continue
        try:
            await _conversation(night, console, offered)
        except StoryBroken as broken:
            if not any(code in str(broken) for code in ("call_taken", "state_conflict")):
                night.faults.append(str(broken))


async def _conversation(night: Night, console: Console, call: dict[str, Any]) -> None:
    path = f"calls/{call['id']}"
    await console.send(f"{path}/answer/", {})
    line = await _line_of(call["id"])
    if line not in night.lines:  # the call that the demo begins with
        await console.send(f"{path}/close/", {"call_class": "test"})
        return
    night.answered.add(line)
    await asyncio.sleep(night.chance.uniform(*TALK_S))
    if night.lines[line]:
        async with night.fire_opening:
            if night.fire_id is None:
                night.fire_id = (await console.send("incidents/", _incident("kebakaran", call)))["id"]
        await console.send(f"incidents/{night.fire_id}/calls/", {"call": call["id"]})
    else:
        await console.send("incidents/", _incident("medis", call))
    await console.send(f"{path}/close/", {"call_class": "emergency"})


def _incident(kind: str, call: dict[str, Any]) -> dict[str, Any]:
    where = call["position"]
    return {"type": kind, "call": call["id"], "place_text": "bench", "lat": where["lat"], "lon": where["lon"]}


async def _until_normal() -> float:
    begun = time.perf_counter()
    while await _waiting() and time.perf_counter() - begun < NORMAL_WITHIN_S * 2:  # noqa: ASYNC110  # rows, not events
        await asyncio.sleep(0.5)
    return time.perf_counter() - begun


async def _settle(console: Console) -> int:
    storm_id = await _storm_id()
    if storm_id is None:
        return 0
    closed: int = 0
    while True:
        answer = await console.send(f"storms/{storm_id}/settle/", {})
        closed += answer["closed"]
        if not answer["left"]:
            return int(closed)


async def _reported(night: Night, consoles: list[Console], rate: float, normal_s: float, settled: int) -> Report:
    report = Report("surge")
    rows = await _rows()
    fires = [row for row in rows if night.lines[row["pbx_call"]]]
    others = [row for row in rows if not night.lines[row["pbx_call"]]]
    ids = {str(row["id"]) for row in rows}
    grouped = [row for row in fires if row["storm"] or str(row["incident"]) == night.fire_id]
    report.show("rate", rate, "calls/s")
    report.show("calls", len(night.lines), "")
    report.show("of them about the fire", len(fires), "")
    report.hold("calls lost or doubled", abs(len(rows) - len(night.lines)), "calls", "==", 0)
    report.hold("refused", len(night.exchange.refused), "requests", "==", 0)
    report.show("event accepted, p50", percentile(night.exchange.took_ms, 0.5), "ms")
    report.hold("event accepted, p95", percentile(night.exchange.took_ms, 0.95), "ms", "<=", 2000)
    report.hold("about the fire and not grouped", len(fires) - len(grouped), "calls", "==", 0)
    report.hold("about something else and grouped", sum(1 for row in others if row["storm"]), "calls", "==", 0)
    report.show("wait of a call about something else, p95", percentile(_waits(others), 0.95), "s")
    report.show("wait of an answered call about the fire, p95", percentile(_waits(fires), 0.95), "s")
    report.hold(
        "something else and never answered", sum(1 for row in others if row["answered_at"] is None), "", "==", 0
    )
    report.show("answered", sum(1 for row in rows if row["answered_at"]), "calls")
    report.show("hung up in the queue, then closed with the storm in one act", settled, "calls")
    report.hold("left open at the end", sum(1 for row in rows if row["state"] != CallState.CLOSED), "calls", "==", 0)
    report.hold("queue empty after the surge", normal_s, "s", "<=", NORMAL_WITHIN_S)
    report.hold("storms", await _storms(), "", "==", 1)
    missed = max(len(ids - {seen.payload["id"] for seen in console.seen if _is_call(seen)}) for console in consoles)
    report.hold("calls that a console never heard of", missed, "calls", "==", 0)
    report.hold("faults of operators", len(night.faults), "", "==", 0)
    for fault in night.faults[:5]:
        print(fault)
    return report


def _is_call(seen: Seen) -> bool:
    return seen.kind == "call.changed"


def _waits(rows: list[dict[str, Any]]) -> list[float]:
    def wait_s(row: dict[str, Any]) -> float:
        answered_at: datetime = row["answered_at"]
        arrived_at: datetime = row["arrived_at"]
        return (answered_at - arrived_at).total_seconds()

    return [wait_s(row) for row in rows if row["answered_at"]] or [float("inf")]


@sync_to_async
def _line_of(call_id: str) -> str:
    return str(Call.objects.values_list("pbx_call", flat=True).get(pk=call_id))


@sync_to_async
def _waiting() -> int:
    return Call.objects.filter(state__in=[CallState.QUEUED, CallState.OFFERED], pbx__isnull=False).count()


@sync_to_async
def _rows() -> list[dict[str, Any]]:
    rows = Call.objects.filter(pbx__isnull=False)
    fields = ("id", "pbx_call", "state", "storm", "incident", "arrived_at", "answered_at")
    return [dict(zip(fields, row, strict=True)) for row in rows.values_list(*fields)]


@sync_to_async
def _storm_id() -> str | None:
    newest = Storm.objects.order_by("-started_at").first()
    return str(newest.pk) if newest else None


@sync_to_async
def _storms() -> int:
    return Storm.objects.count()
