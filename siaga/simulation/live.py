"""Calls to a running site in real time, as the signed events of an exchange."""

import asyncio
import ipaddress
import secrets
import signal
import socket
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from common import clock
from common.clock import monotonic_s
from dispatch.rules.traffic import PlannedCall, TrafficSettings, traffic_draw
from siaga.simulation.desk import Answer
from siaga.simulation.phones import Phones
from siaga.simulation.places import spots_of_file
from siaga.simulation.switchboard import Switchboard
from siaga.simulation.transports import HttpTransport
from siaga.simulation.world import Tally

CONNECTIONS = 32
SAY_EVERY_S = 5.0


class AddressRefused(Exception):
    """The site is not on this machine, and nobody said that this is wanted."""


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """Where to, for how long (s), and how much: `rate` calls a second, or else `speed` times the traffic of a real day.

    `first_hour` is the hour of the day (local) at which the traffic starts; `extensions` are telephones that lift by
    themselves.
    """

    base_url: str
    exchange: str
    key: str = field(repr=False)
    duration_s: float
    seed: int = 1
    rate: float | None = None
    speed: float = 1.0
    first_hour: float = 0.0
    extensions: tuple[str, ...] = ()

    def traffic(self) -> TrafficSettings:
        """The traffic to draw: with `speed` more of the day passes than of real time."""
        return TrafficSettings(
            duration_s=self.duration_s * self.speed, seed=self.seed, first_hour=self.first_hour,
            calls_a_second=None if self.rate is None else self.rate / self.speed,
        )  # fmt: skip


@dataclass(slots=True)
class LiveRun:
    """What was sent, and what became of it."""

    kinds: Counter[str] = field(default_factory=Counter)
    cities: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)
    latencies_s: list[float] = field(default_factory=list)
    wall_s: float = 0.0

    @property
    def calls(self) -> int:
        """Calls that rang."""
        return self.kinds.total()

    def summary(self) -> dict[str, Any]:
        """Figures for JSON."""
        return {
            "wall_s": round(self.wall_s, 1),
            "calls": self.calls,
            "calls_a_second": round(self.calls / self.wall_s, 2) if self.wall_s else 0.0,
            "kinds": dict(self.kinds.most_common()),
            "cities": dict(self.cities.most_common()),
            "accepted": dict(sorted(self.tally.done.items())),
            "refused": dict(sorted(self.tally.broken.items())),
            "answer_ms": _percentiles_ms(self.latencies_s),
        }


class RealTime:
    """The machine's clock; `end` wakes whoever waits."""

    def __init__(self) -> None:
        self.tasks, self._ending = asyncio.TaskGroup(), asyncio.Event()

    @property
    def is_ending(self) -> bool:
        """Whether nothing new shall begin."""
        return self._ending.is_set()

    def end(self) -> None:
        """Let everything come to its end now."""
        self._ending.set()

    def now(self) -> datetime:
        """The present moment."""
        return clock.now()

    async def sleep(self, seconds: float) -> None:
        """Wait so long, or until the end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), max(0.0, seconds))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else."""
        self.tasks.create_task(work)


def address_require(base_url: str, *, is_remote_allowed: bool) -> None:
    """Raise AddressRefused unless every address of the host is this machine's own, or others are allowed."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressRefused(f"{base_url!r} is not the address of a site")
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(parts.hostname, parts.port or 80)}
    except OSError as error:
        raise AddressRefused(f"{parts.hostname} has no address: {error}") from error
    others = sorted(address for address in found if not ipaddress.ip_address(address.partition("%")[0]).is_loopback)
    if others and not is_remote_allowed:
        raise AddressRefused(f"{parts.hostname} is not this machine ({', '.join(others)}); --allow-remote sends there")


async def live_run(settings: LiveSettings, say: Callable[[str], object]) -> LiveRun:
    """Send calls for so long, then let every caller hang up. Raises ExchangeRefused, SiteAway."""
    run, time = LiveRun(), RealTime()
    phones = Phones(time, settings.extensions, settings.seed)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:
        switchboard = Switchboard(
            world=time, transport=_Timed(session, settings.base_url, run.latencies_s), code=settings.exchange,
            secret=settings.key, tally=run.tally, seed=settings.seed, run=f"{secrets.token_hex(4)}-", rings=phones.ring,
        )  # fmt: skip
        await switchboard.check()
        with suppress(NotImplementedError, RuntimeError, ValueError):  # not every thread may hear of Ctrl+C
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, time.end)
        began_s = monotonic_s()
        async with time.tasks:
            time.spawn(_progress(time, run, say, began_s))
            calls = _counted(traffic_draw(settings.traffic(), spots_of_file()), run)
            time.spawn(switchboard.feed(calls, time.now(), speed=settings.speed))
            await time.sleep(settings.duration_s)
            run.wall_s = monotonic_s() - began_s
            time.end()
    return run


def _counted(calls: Iterator[PlannedCall], run: LiveRun) -> Iterator[PlannedCall]:
    for call in calls:
        yield call
        # Only now: the one that is waited for when the time is up does not ring any more.
        run.kinds[call.kind] += 1
        run.cities[call.event.spot.city] += 1


async def _progress(time: RealTime, run: LiveRun, say: Callable[[str], object], began_s: float) -> None:
    while not time.is_ending:
        await time.sleep(SAY_EVERY_S)
        accepted, refused = run.tally.done.total(), run.tally.broken.total()
        say(f"{monotonic_s() - began_s:6.1f} s · {run.calls} calls · {accepted} events accepted, {refused} refused")


class _Timed(HttpTransport):
    """Keeps how long each answer took, with everything that was tried for it."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, latencies_s: list[float]) -> None:
        super().__init__(session, base_url)
        self._latencies_s = latencies_s

    async def request(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request."""
        began_s = monotonic_s()
        answer = await super().request(method, path, headers=headers, body=body)
        self._latencies_s.append(monotonic_s() - began_s)
        return answer


def _percentiles_ms(latencies_s: list[float]) -> dict[str, float]:
    if len(latencies_s) < 2:
        return {}
    cuts = quantiles(latencies_s, n=100, method="inclusive")
    return {
        "p50": round(cuts[49] * 1000, 1), "p95": round(cuts[94] * 1000, 1), "max": round(max(latencies_s) * 1000, 1)
    }  # fmt: skip
