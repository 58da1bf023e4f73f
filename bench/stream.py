"""Delivery of events to 200 consoles, over the floor of a bare asyncio websocket server in the same run.

Both are measured by the same clients in this process, from the moment before sending to the arrival at each socket: an
event of the stream is a row, committed, then read, checked for access and sent; the floor sends the same bytes.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from asgiref.sync import sync_to_async
from django.db import close_old_connections, transaction

from bench.report import Report, percentile
from bench.site import measured
from dispatch.events import TIMELINE_ADDED, TimelinePayload
from realtime.models import LIVE, Realm
from realtime.publish import publish
from siaga.demo.console import Console
from siaga.demo.site import DemoSite, free_port

CONSOLES = 200
PACED, PACE_S = 100, 0.1
BURST = 100
SETTLE_S, SETTLE_STEP_S = 15.0, 0.05
MARK = "bench"


@dataclass(frozen=True, slots=True)
class Sent:
    """Delays in ms of one series, over all sockets, and how many arrivals were missing."""

    delays_ms: list[float]
    missing: int


def run(say: Callable[[str], None]) -> Report:
    """Both, and the ratio."""
    return measured(lambda site: _measure(site, say), say)


async def _measure(site: DemoSite, say: Callable[[str], None]) -> Report:
    async with Console(site.base_url, "agen", site.logins["agen"]) as console:
        say(f"{CONSOLES} consoles ...")
        async with _session(site.base_url, console.cookies) as session:
            ours = await _series(session, f"/ws/stream/{LIVE}/", {"Origin": site.base_url}, _published)
    say("the floor ...")
    floor = await _floor()
    report = Report("stream")
    report.show("consoles", CONSOLES, "")
    for kind, count in (("paced", PACED), ("burst", BURST)):
        mine, bare = ours[kind], floor[kind]
        name = f"{count} events {'at 10 a second' if kind == 'paced' else 'at once'}"
        report.show(f"{name}: stream, p50", percentile(mine.delays_ms, 0.5), "ms")
        report.show(f"{name}: stream, p99", percentile(mine.delays_ms, 0.99), "ms")
        report.show(f"{name}: bare websocket, p50", percentile(bare.delays_ms, 0.5), "ms")
        report.show(f"{name}: bare websocket, p99", percentile(bare.delays_ms, 0.99), "ms")
        ratio = percentile(mine.delays_ms, 0.99) / percentile(bare.delays_ms, 0.99)
        report.show(f"{name}: p99 over the floor", ratio, "x")
        report.hold(f"{name}: lost", mine.missing, "deliveries", "==", 0)
    return report


def _session(base_url: str, cookies: aiohttp.CookieJar | None = None) -> aiohttp.ClientSession:
    # Without a limit of its own a session waits at its hundredth connection for ever.
    return aiohttp.ClientSession(base_url, cookie_jar=cookies, connector=aiohttp.TCPConnector(limit=0))


@sync_to_async(thread_sensitive=False)
def _published(text: str) -> None:
    with transaction.atomic():
        payload = TimelinePayload(
            id=text, incident_id=text, kind="note", text=text, data={}, author=MARK, occurred_at=MARK
        )
        publish(realm=Realm.objects.get(code=LIVE), kind=TIMELINE_ADDED, entity_id=text, payload=payload)
    close_old_connections()


async def _series(
    session: aiohttp.ClientSession, path: str, headers: dict[str, str], send: Callable[[str], Awaitable[None]]
) -> dict[str, Sent]:
    arrived: dict[str, list[float]] = {}
    sockets = [await session.ws_connect(path, headers=headers) for _ in range(CONSOLES)]
    readers = [asyncio.create_task(_read(socket, arrived)) for socket in sockets]
    await asyncio.sleep(1)
    try:
        paced = await _sent(arrived, send, "p", PACED, PACE_S)
        burst = await _sent(arrived, send, "b", BURST, 0.0)
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in sockets), return_exceptions=True)
    return {"paced": paced, "burst": burst}


async def _sent(
    arrived: dict[str, list[float]], send: Callable[[str], Awaitable[None]], kind: str, count: int, pace_s: float
) -> Sent:
    names = [f"{MARK}-{kind}-{number}" for number in range(count)]
    begun: dict[str, float] = {}

    for name in names:  # one writer, as the counter row lets no two commit at once anyhow
        begun[name] = time.perf_counter()
        await send(name)
        await asyncio.sleep(max(0.0, pace_s - (time.perf_counter() - begun[name])))
    for _ in range(int(SETTLE_S / SETTLE_STEP_S)):
        if sum(len(arrived.get(name, ())) for name in names) >= count * CONSOLES:
            break
        await asyncio.sleep(SETTLE_STEP_S)
    delays = [(at - begun[name]) * 1000 for name in names for at in arrived.get(name, ())]
    return Sent(delays, count * CONSOLES - len(delays))


async def _read(socket: aiohttp.ClientWebSocketResponse, arrived: dict[str, list[float]]) -> None:
    async for message in socket:
        at = time.perf_counter()
        content = json.loads(message.data)
        if content.get("type") == "event" and str(content["payload"].get("id", "")).startswith(MARK):
            arrived.setdefault(content["payload"]["id"], []).append(at)


async def _floor() -> dict[str, Sent]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.bare_socket", str(port), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    try:
        async with _session(f"http://127.0.0.1:{port}") as session:
            control = await session.ws_connect("/control")

            async def send(text: str) -> None:
                # As large as an event of the stream, and sent by the server to all the others.
                await control.send_json({"type": "event", "sequence": 1, "kind": "timeline.added", "entity_id": text,
                                         "occurred_at": "2026-01-01T00:00:00.000000+00:00", "payload": {
                                             "id": text, "incident_id": text, "kind": "note", "text": text,
                                             "data": {}, "author": MARK, "occurred_at": MARK}})  # fmt: skip

            found = await _series(session, "/", {}, send)
            await control.close()
            return found
    finally:
        process.terminate()
        await process.wait()
