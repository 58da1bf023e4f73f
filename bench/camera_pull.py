"""The puller: an incident's tick with bad cameras in it, its speed against peers, and RTSP with bad streams in it.

The cameras are simulated by another process on the same machine, so its share of the two cores is in every figure.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2

from bench.camera_peers import by_aiohttp, by_requests, by_requests_tuned
from bench.camera_server import HTTP_BAD, RTSP_BAD
from bench.report import Report, percentile
from cameras.drivers.decoder import DECODER
from cameras.drivers.guard import Guard
from cameras.drivers.measured import measured
from cameras.drivers.puller import Puller
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits

GUARD = Guard.parse(["127.0.0.0/8"], "1024-65535")
LIMITS = GrabLimits(total_timeout_s=4.0)
DEADLINE_S = 4.0
# A round ends at its deadline; what the machine needs to close everything comes on top.
CLOSING_S = 0.25
TICKS = 5
CAMERAS, BAD = 120, 24
STREAMS, BAD_STREAMS = 24, 8
RATE_CAMERAS, RATE_PICTURES, RATE_ROUNDS = 60, 1200, 3


@dataclass(frozen=True, slots=True)
class Cameras:
    """Where the simulated ones are."""

    http_port: int
    rtsp_port: int
    still_bytes: int

    def still(self, number: int, path: str = "good") -> str:
        """Each camera has an address of its own, as real ones have."""
        return f"http://127.1.{number // 250}.{number % 250 + 1}:{self.http_port}/{path}/{number}"

    def stream(self, number: int, path: str = "good") -> str:
        """The same for RTSP."""
        return f"rtsp://127.2.{number // 250}.{number % 250 + 1}:{self.rtsp_port}/{path}"


def run(say: Callable[[str], None]) -> Report:
    """All three."""
    cv2.setNumThreads(1)
    report = Report("camera_pull")
    with cameras_started() as cameras:
        report.show("a still", cameras.still_bytes / 1024, "KiB")
        say("an incident's tick ...")
        report.take(tick(cameras))
        say("pictures a second ...")
        report.take(rate(cameras, say))
        say("RTSP ...")
        report.take(streams(cameras))
    return report


def tick(cameras: Cameras) -> Report:
    """One incident's tick over 120 HTTP cameras of which 24 are bad, several times over."""
    jobs = [
        (f"good{n}", CameraSource("http_jpeg", cameras.still(n))) if n % (CAMERAS // BAD) else
        (f"bad{n}", CameraSource("http_jpeg", cameras.still(n, HTTP_BAD[n // 5 % len(HTTP_BAD)])))
        for n in range(CAMERAS)
    ]  # fmt: skip
    return _ticks(jobs, f"{CAMERAS} HTTP cameras, {BAD} bad", CAMERAS - BAD)


def streams(cameras: Cameras) -> Report:
    """24 RTSP cameras at once of which 8 are bad, several times over."""
    jobs = [
        (f"good{n}", CameraSource("rtsp", cameras.stream(n))) if n % (STREAMS // BAD_STREAMS) else
        (f"bad{n}", CameraSource("rtsp", cameras.stream(n, RTSP_BAD[n // 3 % len(RTSP_BAD)])))
        for n in range(STREAMS)
    ]  # fmt: skip
    asyncio.run(_warm(cameras))
    report = _ticks(jobs, f"{STREAMS} RTSP cameras, {BAD_STREAMS} bad", STREAMS - BAD_STREAMS, p95_max_ms=2500)
    DECODER.stop()
    return report


def rate(cameras: Cameras, say: Callable[[str], None]) -> Report:
    """Pictures a second of one process, and of its peers, in turns so that the machine's moods meet all alike."""
    urls = [cameras.still(n % RATE_CAMERAS) for n in range(RATE_PICTURES)]
    ways: dict[str, Callable[[list[str]], int]] = {
        "ours": lambda some: asyncio.run(_ours(some)), "bare aiohttp": by_aiohttp, "requests and Pillow": by_requests,
        "requests and Pillow, tuned": by_requests_tuned,
    }  # fmt: skip
    found: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():  # once unmeasured: imports, threads, connections
        way(urls[:60])
    for number in range(RATE_ROUNDS):
        say(f"  round {number + 1} of {RATE_ROUNDS}")
        for name, way in ways.items():
            began = time.perf_counter()
            assert way(urls) == len(urls), name
            found[name].append(len(urls) / (time.perf_counter() - began))
    report = Report("rate")
    medians = {name: statistics.median(values) for name, values in found.items()}
    for name, value in medians.items():
        report.show(f"one process, {name}", value, "pictures/s")
    report.hold("ours over bare aiohttp", medians["ours"] / medians["bare aiohttp"], "x", ">=", 0.75)
    report.hold("ours over requests and Pillow", medians["ours"] / medians["requests and Pillow"], "x", ">=", 2)
    report.show("ours over requests and Pillow, tuned", medians["ours"] / medians["requests and Pillow, tuned"], "x")
    return report


@contextmanager
def cameras_started() -> Iterator[Cameras]:
    """The other process, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.camera_server"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parent.parent,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    try:
        yield Cameras(*(int(word) for word in process.stdout.readline().split()))
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def _ticks(jobs: list[tuple[str, CameraSource]], name: str, good: int, p95_max_ms: float = 1000) -> Report:
    """A new puller each time: an incident's first tick finds no connection open."""
    times_ms, lasted_s, lost, wrong = [], [], 0, 0
    for _ in range(TICKS):
        came_ms, whole_s, bad_pictures = asyncio.run(_tick(jobs))
        times_ms += came_ms
        lasted_s.append(whole_s)
        lost += good - len(came_ms)
        wrong += bad_pictures
    report = Report(name)
    report.show(f"{name}: good ones, p50", percentile(times_ms, 0.5), "ms")
    report.hold(f"{name}: good ones, p95", percentile(times_ms, 0.95), "ms", "<=", p95_max_ms)
    report.show(f"{name}: good ones, last", max(times_ms), "ms")
    report.hold(f"{name}: good ones lost", lost, "", "==", 0)
    report.hold(f"{name}: pictures of bad ones", wrong, "", "==", 0)
    report.hold(f"{name}: all closed after", max(lasted_s), "s", "<=", DEADLINE_S + CLOSING_S)
    return report


async def _tick(jobs: list[tuple[str, CameraSource]]) -> tuple[list[float], float, int]:
    """When each good picture was there, measured and all; how long the whole took; how many bad ones gave one."""
    began = time.perf_counter()
    came_ms, bad = [], 0
    async with Puller(guard=GUARD, limits=LIMITS) as puller:
        async for key, result in measured(puller.many(jobs, deadline_s=DEADLINE_S)):
            if not isinstance(result, CameraFault) and key.startswith("good"):
                came_ms.append((time.perf_counter() - began) * 1000)
            bad += not isinstance(result, CameraFault) and key.startswith("bad")
    return came_ms, time.perf_counter() - began, bad


async def _ours(urls: list[str]) -> int:
    """The puller as it is used, its limits of 64 in all, two of a host and one of a camera included."""
    jobs = [(url, CameraSource("http_jpeg", url)) for url in urls]
    async with Puller(guard=GUARD, limits=LIMITS) as puller:
        return await _count(measured(puller.many(jobs, deadline_s=120.0)))


async def _count(results: AsyncIterator[tuple[str, object]]) -> int:
    return sum([1 async for _, result in results if not isinstance(result, CameraFault)])


async def _warm(cameras: Cameras) -> None:
    """The decoder process runs, as it does in a worker that has served an incident before."""
    async with Puller(guard=GUARD, limits=GrabLimits(total_timeout_s=15.0)) as puller:
        assert isinstance(await puller.grab("warm", CameraSource("rtsp", cameras.stream(200))), Grab)
