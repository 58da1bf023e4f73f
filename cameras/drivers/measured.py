"""Pictures with what they are worth: measured in threads while the next ones are still coming.

Decoding leaves the GIL alone, so two threads fill two cores and the event loop never waits for a picture.
"""

import asyncio
import os
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

from cameras.drivers.types import CameraFault, Grab
from cameras.rules.still import StillFacts, still_facts
from common.images import PictureRefused

THREADS = max(2, os.cpu_count() or 1)
WAITING_MAX = 32
Measured = tuple[Grab, StillFacts]


async def measured(
    results: AsyncGenerator[tuple[str, Grab | CameraFault], None], *, threads: int = THREADS
) -> AsyncGenerator[tuple[str, Measured | CameraFault], None]:
    """Each (key, result) of a round as it is ready: a picture with its facts, or its fault."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Queue[tuple[str, Measured | CameraFault] | None] = asyncio.Queue()
    places = asyncio.Semaphore(WAITING_MAX)
    with ThreadPoolExecutor(threads, thread_name_prefix="camera-measure") as pool:

        async def measure(key: str, grab: Grab) -> None:
            try:
                ready.put_nowait((key, (grab, await loop.run_in_executor(pool, still_facts, grab.data))))
            except PictureRefused as error:
                ready.put_nowait((key, CameraFault(error.code, message=error.safe_message % error.data)))
            finally:
                places.release()

        async def collect() -> None:
            try:
                async with asyncio.TaskGroup() as group, aclosing(results):
                    async for key, result in results:
                        if isinstance(result, Grab):
                            await places.acquire()
                            group.create_task(measure(key, result))
                        else:
                            ready.put_nowait((key, result))
            finally:
                ready.put_nowait(None)

        collecting = asyncio.create_task(collect())
        try:
            while (item := await ready.get()) is not None:
                yield item
            await collecting
        finally:
            collecting.cancel()
            await asyncio.gather(collecting, return_exceptions=True)
