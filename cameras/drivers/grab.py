"""One picture from any kind of camera, or many at once without one waiting for another."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from cameras.drivers.guard import Guard
from cameras.drivers.http import http_grab
from cameras.drivers.rtsp import rtsp_grab
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits

RETRY_PAUSE_S = 0.2


class Driver(Protocol):
    """Every driver: one picture or a CameraFault, within the limits."""

    def __call__(self, source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Awaitable[Grab]:
        """Pull one picture."""


DRIVERS: dict[str, Driver] = {"http_jpeg": http_grab, "mjpeg": http_grab, "rtsp": rtsp_grab}


async def grab(source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Grab:
    """One picture, with one more try where that may help; raises CameraFault."""
    driver = DRIVERS.get(source.kind)
    if driver is None:
        raise CameraFault("kind_unknown")
    try:
        async with asyncio.timeout(limits.total_timeout_s):
            try:
                return await driver(source, guard=guard, limits=limits)
            except CameraFault as fault:
                if not fault.retry_helps:
                    raise
            await asyncio.sleep(RETRY_PAUSE_S * (0.5 + random.random()))  # noqa: S311  # jitter, no secret
            return await driver(source, guard=guard, limits=limits)
    except TimeoutError as error:
        raise CameraFault("timeout") from error


async def grab_many(
    jobs: Sequence[tuple[str, CameraSource]],
    *,
    guard: Guard,
    limits: GrabLimits,
    deadline_s: float,
    per_host_limit: int = 2,
    global_limit: int = 64,
) -> AsyncIterator[tuple[str, Grab | CameraFault]]:
    """Yield each (key, result) as it comes; whatever is not done at the deadline is a `timeout`.

    One address (host and port: a recorder with many channels) is asked `per_host_limit` pictures at a time.
    """
    everywhere = asyncio.Semaphore(global_limit)
    hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_host_limit))
    results: asyncio.Queue[tuple[str, Grab | CameraFault]] = asyncio.Queue()

    async def one(key: str, source: CameraSource) -> None:
        async with hosts[urlsplit(source.url).netloc], everywhere:
            try:
                results.put_nowait((key, await grab(source, guard=guard, limits=limits)))
            except CameraFault as fault:
                results.put_nowait((key, fault))

    waiting = {key: asyncio.create_task(one(key, source)) for key, source in jobs}
    try:
        ends_at = asyncio.get_running_loop().time() + deadline_s
        while waiting:
            # Not one timeout around the loop: its scope would span the yields and cancel the caller's own work.
            try:
                left_s = ends_at - asyncio.get_running_loop().time()
                key, result = await asyncio.wait_for(results.get(), max(0.0, left_s))
            except TimeoutError:
                break
            del waiting[key]
            yield key, result
        for key in waiting:
            yield key, CameraFault("timeout")
    finally:
        for task in waiting.values():
            task.cancel()
        await asyncio.gather(*waiting.values(), return_exceptions=True)
