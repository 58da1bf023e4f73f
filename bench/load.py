"""What the benchmarks of the intake share: an exchange, operators at consoles, and arrivals."""

import asyncio
import json
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from asgiref.sync import sync_to_async

from accounts.choices import Role
from accounts.models import Agency
from accounts.services.audit import SYSTEM
from accounts.services.users import user_create
from common import clock
from common.signing import signature_of
from dispatch.models import PbxLink
from realtime.models import LIVE, Realm
from siaga.demo.console import Console

# Jakarta's 112 in 2024: 2,766 calls a day in the busiest month. That the busiest hour of a day brings 8 % of it is an
# assumption: an even day would bring 4.2 %.
PEAK_DAY_CALLS = 2766
BUSIEST_HOUR_SHARE = 0.08
PEAK_RATE_1_S = PEAK_DAY_CALLS * BUSIEST_HOUR_SHARE / 3600
SECRET = "bench-exchange-secret"
PASSWORD = "bench-kata-sandi-112"
EXCHANGE = "bench"


def arrivals(rate_1_s: float, duration_s: float, seed: int) -> Iterator[float]:
    """Seconds from the start at which calls come: a Poisson process."""
    chance = random.Random(seed)
    at_s = chance.expovariate(rate_1_s)
    while at_s < duration_s:
        yield at_s
        at_s += chance.expovariate(rate_1_s)


@dataclass
class Exchange:
    """An exchange that sends signed events over one pool of connections, and keeps what each request took."""

    session: aiohttp.ClientSession
    took_ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    async def tell(self, call: str, event: str, **fields: Any) -> bool:
        """One event of one line; whether it was taken."""
        content = {
            "id": f"{call}-{event}", "event": event, "call": call, "at": clock.now().isoformat(),
            "caller": None, "agent": None, "cause": "", "language": "id", "skill": "", "location": None, **fields,
        }  # fmt: skip
        body = json.dumps({"events": [content]}).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Siaga-Timestamp": timestamp,
            "X-Siaga-Signature": signature_of(SECRET, timestamp, body),
        }
        begun = time.perf_counter()
        try:
            async with self.session.post(f"/api/v1/pbx/{EXCHANGE}/events/", data=body, headers=headers) as answer:
                is_taken, text = answer.status == 202, await answer.text()
        except aiohttp.ClientError as error:
            is_taken, text = False, repr(error)
        self.took_ms.append((time.perf_counter() - begun) * 1000)
        if not is_taken:
            self.refused.append(text[:200])
        return is_taken


def exchange_session(base_url: str, connections: int = 20) -> aiohttp.ClientSession:
    """Connections that stay open, as an adapter's do."""
    return aiohttp.ClientSession(base_url, connector=aiohttp.TCPConnector(limit=connections))


@sync_to_async
def exchange_make() -> None:
    """The exchange's row."""
    pbx = PbxLink(code=EXCHANGE, name="Bench", realm=Realm.objects.get(code=LIVE))
    pbx.secret_set(SECRET)
    pbx.save()


@sync_to_async
def operators_make(count: int) -> list[str]:
    """Call-takers; returns their names."""
    agency = Agency.objects.get(code="bpbd")
    names = [f"bench-{number:02}-{uuid.uuid4().hex[:6]}" for number in range(count)]
    for name in names:
        user_create(
            actor=SYSTEM, username=name, display_name=name, password=PASSWORD, roles=[Role.CALL_TAKER], agency=agency
        )
    return names


async def consoles_open(stack: AsyncExitStack, base_url: str, count: int) -> list[Console]:
    """So many signed-in consoles with open sockets."""
    names = await operators_make(count)
    waiting = [stack.enter_async_context(Console(base_url, name, PASSWORD)) for name in names]
    opened: list[Console] = []
    for start in range(0, count, 8):  # eight at a time: signing in is meant to be slow
        opened += await asyncio.gather(*waiting[start : start + 8])
    return opened
