"""One camera's video for all who watch it: one connection, one job that copies, and a bounded queue for each viewer."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass

from cameras.drivers.decoder import DECODER
from cameras.drivers.guard import Guard
from cameras.drivers.messages import AGAIN, BEGINNING, END, FRAGMENT, HEAD, KEY_FRAGMENT
from cameras.drivers.rtsp import Relay, relayed, rtsp_url
from cameras.drivers.types import CameraFault, CameraSource, GrabLimits

SILENCE_S = 8.0  # of a stream, after which it counts as broken off
QUEUE_BYTES_MAX = 6 * 1024 * 1024
GROUP_BYTES_MAX = 4 * 1024 * 1024
DROPS_MAX = 3
DROPS_WITHIN_S = 60.0
TRIES_MAX = 4
PAUSE_S, PAUSE_MAX_S = 0.5, 8.0
AGAIN_HELPS = frozenset({"stream_broken", "timeout", "unreachable"})
FRAGMENTS = {KEY_FRAGMENT, FRAGMENT}
Message = tuple[bytes, bytes]


class Viewer:
    """What one viewer has still to be sent. Who is too slow loses what waits and goes on at the next key frame."""

    def __init__(self) -> None:
        self._waiting: deque[Message] = deque()
        self._news = asyncio.Event()
        self._needs_key = True
        self._dropped_at: deque[float] = deque(maxlen=DROPS_MAX)
        self.byte_count = 0

    def put(self, kind: bytes, content: bytes) -> None:
        """Queue a message, or let it go."""
        if kind in {HEAD, END, AGAIN}:
            self._forget()
        if kind in FRAGMENTS and not self._takes(kind, content):
            return
        self._waiting.append((kind, content))
        self.byte_count += len(content)
        self._news.set()

    async def next(self) -> Message:
        """The next message, when there is one."""
        while not self._waiting:
            self._news.clear()
            await self._news.wait()
        kind, content = self._waiting.popleft()
        self.byte_count -= len(content)
        return kind, content

    def _takes(self, kind: bytes, content: bytes) -> bool:
        if self.byte_count + len(content) > QUEUE_BYTES_MAX:
            self._drop()
        if self._needs_key and kind != KEY_FRAGMENT:
            return False
        self._needs_key = False
        return True

    def _drop(self) -> None:
        now_s = asyncio.get_running_loop().time()
        is_hopeless = len(self._dropped_at) == DROPS_MAX and now_s - self._dropped_at[0] < DROPS_WITHIN_S
        self._dropped_at.append(now_s)
        kept = [item for item in self._waiting if item[0] not in FRAGMENTS]
        self._forget()
        for item in kept:
            self._waiting.append(item)
            self.byte_count += len(item[1])
        if is_hopeless:
            self.put(END, fault_body(CameraFault("viewer_too_slow")))

    def _forget(self) -> None:
        self._waiting.clear()
        self.byte_count, self._needs_key = 0, True


class Video:
    """Runs while somebody watches."""

    def __init__(self, source: CameraSource, *, guard: Guard, limits: GrabLimits) -> None:
        self._source, self._guard, self._limits = source, guard, limits
        self._viewers: set[Viewer] = set()
        self._task: asyncio.Task[None] | None = None
        self._beginning: list[Message] = []
        self._group = _Group()
        self.fault: CameraFault | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody watches."""
        return not self._viewers

    def join(self) -> Viewer:
        """A viewer more; the first one starts it. It gets the beginning and what came since the last key frame."""
        viewer = Viewer()
        self._viewers.add(viewer)
        for kind, content in (*self._beginning, *self._group.messages):
            viewer.put(kind, content)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return viewer

    async def leave(self, viewer: Viewer) -> None:
        """A viewer less; the last one stops it."""
        self._viewers.discard(viewer)
        if self._viewers or self._task is None:
            return
        task, self._task = self._task, None
        self._beginning, self._group = [], _Group()
        task.cancel()
        await asyncio.wait({task})

    async def _run(self) -> None:
        tries = 0
        while True:
            had_video = False
            try:
                had_video, fault = await self._carry()
            except CameraFault as met:
                fault = met
            tries = 1 if had_video else tries + 1
            self._beginning, self._group = [], _Group()
            if fault.code not in AGAIN_HELPS or tries > TRIES_MAX:
                self.fault = fault
                self._tell(END, fault_body(fault))
                return
            self._tell(AGAIN, b"")
            await asyncio.sleep(min(PAUSE_MAX_S, PAUSE_S * 2 ** (tries - 1)))

    async def _carry(self) -> tuple[bool, CameraFault]:
        """One connection, until it breaks off: whether there was video, and what was wrong in the end."""
        had_video = False
        relay: Relay | None = None
        try:
            self._guard.url_check(self._source.kind, self._source.url)
            async with relayed(self._source, self._guard, self._limits) as relay:
                messages = DECODER.video(rtsp_url(self._source, relay.port), silence_s=SILENCE_S)
                try:
                    async for kind, content in messages:
                        self._take(kind, content)
                        had_video = had_video or kind in FRAGMENTS
                finally:
                    await messages.aclose()
        except CameraFault as fault:
            return had_video, (relay and relay.fault()) or fault
        return had_video, CameraFault("stream_broken")

    def _take(self, kind: bytes, content: bytes) -> None:
        if kind == HEAD:
            self._beginning, self._group = [], _Group()
        if kind in {HEAD, BEGINNING}:
            self._beginning.append((kind, content))
        else:
            self._group.add(kind, content)
        self._tell(kind, content)

    def _tell(self, kind: bytes, content: bytes) -> None:
        for viewer in self._viewers:
            viewer.put(kind, content)


@dataclass(slots=True)
class _Group:
    """What came since the last key frame, unless it is too much: then new viewers wait for the next one."""

    messages: list[Message]
    byte_count: int

    def __init__(self) -> None:
        self.messages, self.byte_count = [], 0

    def add(self, kind: bytes, content: bytes) -> None:
        if kind == KEY_FRAGMENT:
            self.messages, self.byte_count = [], 0
        elif not self.messages:
            return
        self.messages.append((kind, content))
        self.byte_count += len(content)
        if self.byte_count > GROUP_BYTES_MAX:
            self.messages, self.byte_count = [], 0


def fault_body(fault: CameraFault) -> bytes:
    """A fault as it goes to the web processes."""
    return json.dumps({"fault": fault.code, "status": fault.data.get("status")}).encode()
