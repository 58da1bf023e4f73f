"""Calls that may block for ever (a name server, a network folder), in threads that nobody has to wait for.

The event loop's own executor is waited for when the loop ends: one hung call would hold a worker beyond its deadline.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")
# What hangs stays until the kernel lets go of it; more of them than this and the machine itself is the trouble.
HANGING_MAX = 200
_running = threading.BoundedSemaphore(HANGING_MAX)


async def in_thread(function: Callable[[], Result]) -> Result:
    """What `function` gives or raises; when the caller is cancelled, the thread is left to itself."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()
    if not _running.acquire(blocking=False):
        raise TimeoutError("too many calls hang")

    def settle(result: Result | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # of the type that the function gives

    def run() -> None:
        result: Result | None = None
        failed: Exception | None = None
        try:
            result = function()
        except Exception as error:  # noqa: BLE001  # passed on to who waits
            failed = error
        finally:
            _running.release()
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, result, failed)

    threading.Thread(target=run, name="camera-call", daemon=True).start()
    return await future
