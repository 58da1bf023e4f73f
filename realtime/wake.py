"""Waking the consoles' hubs after a commit. It may be lost: hubs poll as well."""

import asyncio
import logging
import os
import threading
from typing import Any

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_loop_process_id = 0
_pending: set[str] = set()


def group_name(realm_code: str) -> str:
    """The channel-layer group that is woken when a realm has news."""
    return f"realm.{realm_code}"


def wake(realm_code: str) -> None:
    """Tell every hub that the realm has news; returns at once and never fails its caller.

    Wake-ups of one realm that wait for the broker are folded into one: a wake says only "look".
    """
    loop = _own_loop()
    with _lock:
        if realm_code in _pending:
            return
        _pending.add(realm_code)
    asyncio.run_coroutine_threadsafe(_send(realm_code), loop)


async def _send(realm_code: str) -> None:
    with _lock:
        _pending.discard(realm_code)  # before sending: news after this moment needs a wake-up of its own
    layer: Any = get_channel_layer()
    try:
        async with asyncio.timeout(2):
            await layer.group_send(group_name(realm_code), {"type": "stream.wake"})
    except Exception:
        # Whatever the broker suffers from; hubs poll, and intake must not depend on it.
        logger.warning("wake-up of realm %s failed; hubs will poll", realm_code, exc_info=True)


def _own_loop() -> asyncio.AbstractEventLoop:
    # One loop with one broker connection for each process: a loop for each call would connect anew each time.
    global _loop, _loop_process_id  # noqa: PLW0603
    with _lock:
        if _loop is None or _loop_process_id != os.getpid():
            _loop = asyncio.new_event_loop()
            _loop_process_id = os.getpid()
            _pending.clear()
            threading.Thread(target=_loop.run_forever, name="realtime-wake", daemon=True).start()
        return _loop
