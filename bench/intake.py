"""Taking in calls: the whole HTTP path over the floor of the same rows, and how long it takes beside everything else.

First as fast as it goes, then at twenty times Jakarta's peak rate with forty consoles connected and cameras pulled and
faces searched all the time.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from asgiref.sync import sync_to_async

from bench.floor import Copy, rows_per_second, statements
from bench.load import (
    PEAK_RATE_1_S,
    Exchange,
    arrivals,
    consoles_open,
    exchange_make,
    exchange_session,
)
from bench.pipeline import PLACE
from bench.report import Report, percentile
from bench.site import measured
from dispatch.models import Call, IncidentCamera
from siaga.demo.console import Console, StoryBroken
from siaga.demo.seed import INCIDENT_TYPE
from siaga.demo.site import DemoSite

CONSOLES = 40
TIMES_PEAK = 20
LOADED_S = 90.0
FLAT_OUT_S = 10.0
CLIENTS = 8
ROWS = (
    Copy("dispatch_call", "pbx_id IS NOT NULL", ("id", "number", "pbx_call")),
    Copy("dispatch_calltransition", "true", ("call_id",)),
    Copy("dispatch_pbxevent", "true", ("event_id", "pbx_call")),
    Copy("realtime_event", "kind = 'call.changed'", ("sequence", "entity_id")),
    Copy("accounts_auditentry", "true", ("sequence", "hash"), serial=""),
)
COUNTERS = 2  # the head of the stream and the head of the audit chain


def run(say: Callable[[str], None]) -> Report:
    """Both, and what must hold of them."""
    return measured(lambda site: _measure(site, say), say)


async def _measure(site: DemoSite, say: Callable[[str], None]) -> Report:
    report = Report("intake")
    await exchange_make()
    async with exchange_session(site.base_url) as session:
        await _flat_out(report, session_exchange := Exchange(session), say)
        if session_exchange.refused:
            raise SystemExit(f"the exchange was refused: {session_exchange.refused[0]}")
        await _floor(report, say)
        async with AsyncExitStack() as stack:
            say(f"{CONSOLES} consoles ...")
            consoles = await consoles_open(stack, site.base_url, CONSOLES)
            await _loaded(report, Exchange(session), consoles, say)
    return report


async def _flat_out(report: Report, exchange: Exchange, say: Callable[[str], None]) -> None:
    say(f"calls as fast as {CLIENTS} connections can, {FLAT_OUT_S:.0f} s ...")
    await exchange.tell(f"warm-{uuid.uuid4()}", "ringing")
    exchange.took_ms.clear()
    until = time.perf_counter() + FLAT_OUT_S
    before = await _stored()

    async def client() -> None:
        while time.perf_counter() < until:
            await exchange.tell(str(uuid.uuid4()), "ringing", caller=None)

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    took_s = time.perf_counter() - begun
    report.show("calls accepted a second, whole path", len(exchange.took_ms) / took_s, "1/s")
    report.hold("accepted but not stored", len(exchange.took_ms) - (await _stored() - before), "calls", "==", 0)


async def _floor(report: Report, say: Callable[[str], None]) -> None:
    say("the floor ...")
    found = await sync_to_async(statements)(ROWS)
    ours = report.checks[0].value
    for connections in (1, 4):
        rate = await sync_to_async(rows_per_second)(
            found, connections=connections, duration_s=5.0, counters=COUNTERS
        )  # fmt: skip
        name = f"the same rows by bare psycopg2, {connections} connection{'s' if connections > 1 else ''}"
        report.show(name, rate, "1/s")
        report.show(f"whole path over that floor ({connections})", ours / rate, "x")


async def _loaded(report: Report, exchange: Exchange, consoles: list[Console], say: Callable[[str], None]) -> None:
    rate = PEAK_RATE_1_S * TIMES_PEAK
    say(f"{rate:.2f} calls a second for {LOADED_S:.0f} s, {len(consoles)} consoles, faces searched meanwhile ...")
    before, searched_before = await _stored(), await _searched()
    stop = asyncio.Event()
    faces = asyncio.create_task(_faces(consoles[-1], stop))
    steps: dict[str, list[float]] = {"answered": [], "incident": [], "closed": []}
    begun = time.perf_counter()
    tasks = []
    for number, at_s in enumerate(arrivals(rate, LOADED_S, seed=112)):
        await asyncio.sleep(max(0.0, begun + at_s - time.perf_counter()))
        tasks.append(asyncio.create_task(_call(exchange, consoles[number % (len(consoles) - 1)], number, steps)))
    await asyncio.gather(*tasks)
    stop.set()
    await faces
    count = len(tasks)
    report.show("rate", rate, "calls/s")
    report.show("consoles", len(consoles), "")
    report.show("pictures analysed meanwhile", await _searched() - searched_before, "")
    report.show("call accepted, p50", percentile(exchange.took_ms, 0.5), "ms")
    report.hold("call accepted, p95", percentile(exchange.took_ms, 0.95), "ms", "<=", 100)
    report.show("call accepted, slowest", max(exchange.took_ms), "ms")
    for step, took in steps.items():
        report.hold(f"{step}, p95", percentile(took, 0.95), "ms", "<=", 200)
    report.hold("refused", len(exchange.refused), "requests", "==", 0)
    report.hold("calls lost or doubled", abs(await _stored() - before - count), "calls", "==", 0)


async def _call(exchange: Exchange, console: Console, number: int, steps: dict[str, list[float]]) -> None:
    """One call as the exchange and one operator live it; every twentieth becomes an incident."""
    line = f"load-{uuid.uuid4()}"
    await exchange.tell(line, "ringing", caller=f"+62811{number:07}")
    call_id = await _id_of(line)
    await _timed(steps["answered"], console.send(f"calls/{call_id}/answer/", {}))
    if number % 20 == 0:
        body = {
            "type": "kebakaran",
            "place_text": "Jl. Contoh",
            "lat": -6.3 + number / 1e4,
            "lon": 106.7,
            "call": call_id,
        }
        await _timed(steps["incident"], console.send("incidents/", body))
        await console.send(f"calls/{call_id}/close/", {"call_class": "emergency"})
    else:
        await _timed(steps["closed"], console.send(f"calls/{call_id}/close/", {"call_class": "prank"}))


async def _timed(into: list[float], sent: Awaitable[object]) -> None:
    begun = time.perf_counter()
    await sent
    into.append((time.perf_counter() - begun) * 1000)


async def _faces(console: Console, stop: asyncio.Event) -> None:
    """Have the cameras of one incident pulled and searched again and again."""
    incident = await console.send("incidents/", {"type": INCIDENT_TYPE, "summary": "bench", **PLACE})
    while not stop.is_set():
        try:
            await console.send(f"incidents/{incident['id']}/rounds/", {})
        except StoryBroken as broken:
            if "round_running" not in str(broken):
                raise
        await asyncio.sleep(0.2)


@sync_to_async
def _id_of(line: str) -> str:
    return str(Call.objects.values_list("pk", flat=True).get(pbx_call=line))


@sync_to_async
def _stored() -> int:
    return Call.objects.filter(pbx__isnull=False).count()


@sync_to_async
def _searched() -> int:
    return IncidentCamera.objects.filter(faces_found__isnull=False).count()
