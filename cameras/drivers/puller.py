"""Many pictures at once, none waiting for another longer than the limits say."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from cameras.drivers.grab import grab
from cameras.drivers.guard import Guard
from cameras.drivers.resolve import Resolver
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from cameras.drivers.wire import HttpWire

PER_HOST = 2
GLOBAL = 64
UNTAKEN_MAX = 2 * GLOBAL


class Puller:
    """Keeps connections and limits for as long as it is open, over as many rounds as its owner likes.

    At most `global_limit` pictures at a time, `per_host_limit` of one address (a recorder with many channels, under
    whatever names and ports), and one of each camera. Use as `async with`, within one event loop.
    """

    def __init__(
        self, *, guard: Guard, limits: GrabLimits, per_host_limit: int = PER_HOST, global_limit: int = GLOBAL,
        resolver: Resolver | None = None,
    ) -> None:  # fmt: skip
        self._guard, self._limits, self._per_host_limit = guard, limits, per_host_limit
        self._everywhere = asyncio.Semaphore(global_limit)
        # Forgotten when nobody waits for them, so that a patrol of thousands does not keep them all.
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._cameras: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._wire = HttpWire(guard, resolver)

    async def __aenter__(self) -> Self:
        await self._wire.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._wire.__aexit__(kind, error, trace)

    async def grab(self, key: str, source: CameraSource) -> Grab:
        """One picture of the camera that the caller knows as `key`, when it is its turn; raises CameraFault."""
        camera = _slot(self._cameras, key, 1)
        async with camera:
            host = _slot(self._hosts, await self._host_key(source), self._per_host_limit)
            async with host, self._everywhere, self._wire.used():
                return await grab(source, guard=self._guard, limits=self._limits)

    async def many(
        self, jobs: Sequence[tuple[str, CameraSource]], *, deadline_s: float
    ) -> AsyncGenerator[tuple[str, Grab | CameraFault], None]:
        """Yield each (key, result) as it comes; whatever is not done at the deadline is a `timeout`."""
        results: asyncio.Queue[tuple[int, Grab | CameraFault]] = asyncio.Queue()
        # A caller that is slower than the cameras must not make us hold the pictures of thousands.
        untaken = asyncio.Semaphore(UNTAKEN_MAX)

        async def one(number: int, key: str, source: CameraSource) -> None:
            await untaken.acquire()
            try:
                results.put_nowait((number, await self.grab(key, source)))
            except CameraFault as fault:
                results.put_nowait((number, fault))

        waiting = {number: asyncio.create_task(one(number, *job)) for number, job in enumerate(jobs)}
        try:
            ends_at = asyncio.get_running_loop().time() + deadline_s
            while waiting:
                # Not one timeout around the loop: its scope would span the yields and cancel the caller's own work.
                left_s = ends_at - asyncio.get_running_loop().time()
                try:
                    # What is there is taken even when the caller was slow and the time is over.
                    number, result = results.get_nowait() if not results.empty() else await asyncio.wait_for(
                        results.get(), max(0.0, left_s)
                    )  # fmt: skip
                except TimeoutError:
                    break
                waiting.pop(number)
                untaken.release()
                yield jobs[number][0], result
            for number in waiting:
                yield jobs[number][0], CameraFault("timeout")
        finally:
            for task in waiting.values():
                task.cancel()
            await asyncio.gather(*waiting.values(), return_exceptions=True)

    async def _host_key(self, source: CameraSource) -> str:
        """A folder has no host; of an address that cannot be read the driver will say so."""
        with suppress(ValueError):
            if host := urlsplit(source.url).hostname:
                return await self._wire.resolver.host_key(host)
        return source.kind


def _slot(slots: "WeakValueDictionary[str, asyncio.Semaphore]", key: str, limit: int) -> asyncio.Semaphore:
    found = slots.get(key)
    if found is None:
        found = slots[key] = asyncio.Semaphore(limit)
    return found


async def grab_many(
    jobs: Sequence[tuple[str, CameraSource]],
    *,
    guard: Guard,
    limits: GrabLimits,
    deadline_s: float,
    per_host_limit: int = PER_HOST,
    global_limit: int = GLOBAL,
) -> AsyncGenerator[tuple[str, Grab | CameraFault], None]:
    """One round with a puller of its own: yield each (key, result) as it comes, all of them by the deadline."""
    async with (
        Puller(guard=guard, limits=limits, per_host_limit=per_host_limit, global_limit=global_limit) as puller,
        aclosing(puller.many(jobs, deadline_s=deadline_s)) as results,
    ):
        async for item in results:
            yield item
