"""Recommendations for a whole city over the whole HTTP path, and what the positions of all its units cost.

500 units, 300 open incidents. The floor is PostgreSQL's own sort of the units by distance, by bare psycopg2: it
knows no run card, no coverage, no reason. Then all units send positions every five seconds, in windows that alternate
with windows without: what the web processes and PostgreSQL compute more, and whether calls reach the consoles later.
"""

import asyncio
import os
import random
import time
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import psycopg2
from asgiref.sync import sync_to_async
from django.conf import settings

from accounts.choices import Role
from accounts.models import Agency
from accounts.permissions import Permission
from accounts.services.audit import SYSTEM
from accounts.services.tokens import token_create
from accounts.services.users import user_create
from bench.city import batch, city_make, positions_renew
from bench.load import PASSWORD, Exchange, consoles_open, exchange_make, exchange_session
from bench.processes import computed_s, postgres_pid
from bench.report import Report, percentile
from bench.site import measured
from common import clock
from dispatch.models import Call
from realtime.models import LIVE
from siaga.demo.console import Console
from siaga.demo.site import DemoSite

UNITS, INCIDENTS, BUSY = 500, 300, 150
CONSOLES = 4
EVERY_S = 5.0
QUIET_S, CALLS_S, CALL_EVERY_S = 30.0, 20.0, 0.25
ORDER = (False, True, True, False)  # without and with positions, so that what drifts falls on both
NEAREST = """
SELECT u.call_sign, sqrt(power(p.lat - %(lat)s, 2) + power((p.lon - %(lon)s) * cos(radians(%(lat)s)), 2)) AS far
FROM dispatch_unit u JOIN dispatch_unitposition p ON p.unit_id = u.id
WHERE u.is_active AND u.status IN ('AV', 'AVM', 'RT', 'BR') ORDER BY far, u.call_sign LIMIT 10
"""


@dataclass
class Gateway:
    """A vehicle gateway that sends all units' positions as one message, as long as it is switched on."""

    base_url: str
    secret: str
    names: list[str]
    took_ms: list[float] = field(default_factory=list)
    accepted: int = 0

    async def run(self, until_s: float) -> None:
        """Send every EVERY_S until then."""
        chance = random.Random(uuid.uuid4().int)
        headers = {"Authorization": f"Bearer {self.secret}"}
        async with aiohttp.ClientSession(self.base_url, headers=headers) as session:
            next_s = time.perf_counter()
            while next_s < until_s:
                begun = time.perf_counter()
                body = {"positions": batch(self.names, chance)}
                async with session.post("/api/v1/unit-positions/", json=body) as answer:
                    found = await answer.json()
                    if answer.status != 200:
                        raise SystemExit(f"the gateway was refused: {answer.status} {found}")
                self.accepted += found["accepted"]
                self.took_ms.append((time.perf_counter() - begun) * 1000)
                next_s += EVERY_S
                await asyncio.sleep(max(0.0, min(next_s, until_s) - time.perf_counter()))


@dataclass
class Window:
    """What one stretch of time showed."""

    cores: float
    delays_ms: list[float] = field(default_factory=list)
    missing: int = 0


def run(say: Callable[[str], None]) -> Report:
    """All of it."""
    return measured(lambda site: _measure(site, say), say)


async def _measure(site: DemoSite, say: Callable[[str], None]) -> Report:
    report = Report("recommend")
    say(f"{UNITS} units, {INCIDENTS} open incidents, {BUSY} units at work ...")
    incidents = await city_make(units=UNITS, incidents=INCIDENTS, busy=BUSY, username="dispatcher")
    async with Console(site.base_url, "dispatcher", site.logins["dispatcher"]) as console:
        await _recommended(report, site, console, incidents, say)
    await exchange_make()
    gateway = Gateway(site.base_url, await _gateway_token(), [f"B{number:03}" for number in range(UNITS)])
    async with AsyncExitStack() as stack:
        consoles = await consoles_open(stack, site.base_url, CONSOLES)
        glances = await _glances(stack, consoles[0], site.base_url)
        await _ingested(report, site, gateway, say)
        session = await stack.enter_async_context(exchange_session(site.base_url))
        await _delayed(report, Exchange(session), consoles, gateway, say)
        report.hold("batches that consoles saw of each 10 sent", 10 * len(glances) / len(gateway.took_ms), "", ">=", 9)
    report.show("a batch of 500, p95", percentile(gateway.took_ms, 0.95), "ms")
    report.hold("positions not taken", len(gateway.took_ms) * UNITS - gateway.accepted, "", "==", 0)
    return report


async def _recommended(
    report: Report, site: DemoSite, console: Console, incidents: list[str], say: Callable[[str], None]
) -> None:
    say("a recommendation for each, twice ...")
    await sync_to_async(positions_renew)()
    for key in incidents[:10]:
        await console.read(f"incidents/{key}/recommendation/")
    took_ms, found = [], []
    before = await _computed(site)
    for alarm in (1, 2):
        for key in incidents:
            begun = time.perf_counter()
            found.append(await console.read(f"incidents/{key}/recommendation/?alarm={alarm}"))
            took_ms.append((time.perf_counter() - begun) * 1000)
    computed = {name: seconds - before[name] for name, seconds in (await _computed(site)).items()}
    floor_ms = await sync_to_async(_floor)(incidents)
    reasons = [item["reasons"] for answer in found for item in answer["proposed"]]
    report.show("units", UNITS, "")
    report.show("open incidents", INCIDENTS, "")
    report.show("units proposed", len(reasons), "")
    report.hold("units proposed without a reason", sum(1 for reason in reasons if not reason), "", "==", 0)
    report.hold("needs neither met nor told as missing", sum(map(_untold, found)), "", "==", 0)
    report.show("recommendation, p50", percentile(took_ms, 0.5), "ms")
    report.hold("recommendation, p95", percentile(took_ms, 0.95), "ms", "<=", 50)
    report.show("recommendation, slowest", max(took_ms), "ms")
    report.show("load of the machine meanwhile", os.getloadavg()[0], "")
    for name, seconds in computed.items():
        report.show(f"of that, computed by {name}", seconds / len(took_ms) * 1000, "ms")
    report.show("ten nearest by bare psycopg2, p50", percentile(floor_ms, 0.5), "ms")
    report.show("ten nearest by bare psycopg2, p95", percentile(floor_ms, 0.95), "ms")
    report.show("recommendation over that floor, p50", percentile(took_ms, 0.5) / percentile(floor_ms, 0.5), "x")


def _untold(answer: dict[str, Any]) -> int:
    needed = sum(int(need["open"]) for need in answer["needs"])
    return abs(needed - len(answer["proposed"]) - sum(int(item["missing"]) for item in answer["shortfalls"]))


def _floor(incidents: list[str]) -> list[float]:
    took_ms = []
    with psycopg2.connect(settings.DATABASE_URL) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT lat, lon FROM dispatch_incident WHERE id = ANY(%s::uuid[])", [incidents])
        for lat, lon in 2 * cursor.fetchall():
            begun = time.perf_counter()
            cursor.execute(NEAREST, {"lat": lat, "lon": lon})
            cursor.fetchall()
            took_ms.append((time.perf_counter() - begun) * 1000)
    connection.close()
    return took_ms


async def _ingested(report: Report, site: DemoSite, gateway: Gateway, say: Callable[[str], None]) -> None:
    say(f"what positions cost: {len(ORDER)} windows of {QUIET_S:.0f} s ...")
    found: dict[tuple[str, bool], list[float]] = {}
    for is_on in ORDER:
        before = await _computed(site)
        begun = time.perf_counter()
        await asyncio.gather(asyncio.sleep(QUIET_S), *([gateway.run(begun + QUIET_S)] if is_on else []))
        after, took_s = await _computed(site), time.perf_counter() - begun
        for name, seconds in after.items():
            found.setdefault((name, is_on), []).append((seconds - before[name]) / took_s)
    cost = 0.0
    for name in ("web processes", "PostgreSQL"):
        without, together = (sum(found[name, is_on]) / len(found[name, is_on]) for is_on in (False, True))
        cost += together - without
        report.show(f"{name} without positions", without, "cores")
        report.show(f"{name} with positions", together, "cores")
    report.hold("500 positions every 5 s cost", cost, "cores", "<=", 0.1)


async def _computed(site: DemoSite) -> dict[str, float]:
    names = ["web", *(f"web-{number}" for number in range(2, settings.WEB_PROCESSES + 1))]
    web = [pid for name in names if (pid := site.supervisor.process_id(name))]
    postgres = await sync_to_async(postgres_pid)()
    return {"web processes": computed_s(web), "PostgreSQL": computed_s([postgres] if postgres else [])}


async def _delayed(
    report: Report, exchange: Exchange, consoles: list[Console], gateway: Gateway, say: Callable[[str], None]
) -> None:
    say(f"calls with and without positions: {2 * len(ORDER)} windows of {CALLS_S:.0f} s ...")
    await exchange.tell(f"warm-{uuid.uuid4()}", "ringing")
    delays: dict[bool, list[float]] = {False: [], True: []}
    for is_on in (*ORDER, *ORDER[::-1]):
        until_s = time.perf_counter() + CALLS_S
        sending = asyncio.create_task(gateway.run(until_s)) if is_on else None
        calls = await _calls(exchange, until_s)
        if sending is not None:
            await sending
        await asyncio.sleep(3)
        delays[is_on] += await _arrived(calls, consoles)
    for is_on in (False, True):
        name = f"call to console {'with' if is_on else 'without'} positions"
        report.show(f"{name}, p50", percentile(delays[is_on], 0.5), "ms")
        report.show(f"{name}, p95", percentile(delays[is_on], 0.95), "ms")
    report.show("deliveries of each", min(map(len, delays.values())), "")
    report.hold("with over without, p50", _ratio(delays, 0.5), "x", "<=", 1.2)
    report.hold("with over without, p95", _ratio(delays, 0.95), "x", "<=", 1.5)
    report.hold("calls that a console never heard of", sum(map(_lost, delays.values())), "deliveries", "==", 0)
    report.hold("calls refused", len(exchange.refused), "", "==", 0)


def _ratio(delays: dict[bool, list[float]], share: float) -> float:
    return percentile(delays[True], share) / percentile(delays[False], share)


def _lost(delays_ms: list[float]) -> int:
    return sum(1 for delay_ms in delays_ms if delay_ms == float("inf"))


async def _calls(exchange: Exchange, until_s: float) -> dict[str, datetime]:
    """One call every CALL_EVERY_S, with the moment before it was told."""
    begun: dict[str, datetime] = {}
    next_s = time.perf_counter()
    while next_s < until_s:
        line = f"bench-{uuid.uuid4()}"
        begun[line] = clock.now()
        await exchange.tell(line, "ringing")
        next_s += CALL_EVERY_S
        await asyncio.sleep(max(0.0, next_s - time.perf_counter()))
    return begun


async def _arrived(calls: dict[str, datetime], consoles: list[Console]) -> list[float]:
    """From telling a call until each console has it, in ms; infinite where it never came."""
    ids = await _ids(list(calls))
    delays = []
    for console in consoles:
        first: dict[str, datetime] = {}
        for seen in console.seen:
            if seen.kind == "call.changed":
                first.setdefault(seen.payload["id"], seen.received_at)
        console.seen.clear()
        for line, at in calls.items():
            came = first.get(ids.get(line, ""))
            delays.append((came - at).total_seconds() * 1000 if came else float("inf"))
    return delays


@sync_to_async
def _ids(lines: list[str]) -> dict[str, str]:
    rows = Call.objects.filter(pbx_call__in=lines).values_list("pbx_call", "pk")
    return {str(line): str(key) for line, key in rows}


async def _glances(stack: AsyncExitStack, console: Console, base_url: str) -> list[int]:
    """A socket beside the console's own that keeps how many positions each message held."""
    session = await stack.enter_async_context(aiohttp.ClientSession(base_url, cookie_jar=console.cookies))
    socket = await session.ws_connect(f"/ws/stream/{LIVE}/", headers={"Origin": base_url}, max_msg_size=1024 * 1024)
    seen: list[int] = []

    async def read() -> None:
        async for message in socket:
            content = message.json()
            if content.get("kind") == "unit.positions":
                seen.append(len(content["payload"]["positions"]))

    reader = asyncio.create_task(read())
    stack.callback(reader.cancel)
    stack.push_async_callback(socket.close)
    return seen


@sync_to_async
def _gateway_token() -> str:
    owner = user_create(
        actor=SYSTEM, username="bench-gateway", display_name="Bench", password=PASSWORD,
        roles=[Role.POSITION_GATEWAY], agency=Agency.objects.get(code="bpbd"),
    )  # fmt: skip
    _token, secret = token_create(
        actor=SYSTEM, name="bench", owner=owner, scopes=[Permission.UNIT_POSITION_SEND],
        expires_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    return secret
