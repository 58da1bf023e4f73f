"""The one process that carries live pictures: web processes ask it over a socket that only this account can reach.

A connection asks one thing in one line of JSON: `still` is answered with the newest picture (`HEAD`, `STILL`), with
`AGAIN` while it is on its way, or with `END` and the fault; `video` is answered with messages until one side hangs up.
Whoever asks has seen to the right and the purpose; this process knows cameras, and neither people nor the database.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cameras.drivers.guard import Guard
from cameras.drivers.live_stills import Stills
from cameras.drivers.live_video import Video, fault_body
from cameras.drivers.messages import AGAIN, END, HEAD, STILL, message
from cameras.drivers.puller import Puller
from cameras.drivers.types import CameraFault, CameraSource, GrabLimits

LINE_BYTES_MAX = 256 * 1024
LINE_S = 5.0
CONNECTIONS_MAX = 512
AUTH_HOLD_S = 900.0
TIDY_S = 5.0
SOCKET_NAME = "live"


class LiveServer:
    """Use as `async with`; `folder` must be one that only this account can enter."""

    def __init__(self, folder: Path, *, guard: Guard, limits: GrabLimits) -> None:
        self._folder, self._guard, self._limits = folder, guard, limits
        self._puller = Puller(guard=guard, limits=limits)
        self._videos: dict[str, Video] = {}
        self._stills: dict[str, Stills] = {}
        self._held: dict[str, float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> "LiveServer":
        await self._puller.__aenter__()
        with socket_path(self._folder) as path:
            self._server = await asyncio.start_unix_server(self._accepted, path, limit=LINE_BYTES_MAX)
        self._tidying = asyncio.create_task(self._tidy())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        waited = {self._tidying, *self._tasks}
        for task in waited:
            task.cancel()
        await asyncio.wait(waited)
        for stills in self._stills.values():
            await stills.stop()
        await self._puller.__aexit__(None, None, None)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._tasks) >= CONNECTIONS_MAX:
            writer.close()
            return
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, TimeoutError, ValueError, TypeError, KeyError, asyncio.CancelledError):
                async with asyncio.timeout(LINE_S):
                    asked: dict[str, Any] = json.loads(await reader.readline())
                await self._answer(asked, reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, asked: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        key, source = str(asked["key"]), CameraSource(**asked["source"])
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "still": lambda: self._still(key, source, asked["masks"], writer),
            "video": lambda: self._video(key, source, reader, writer),
        }
        try:
            self._held_check(key)
            await ways[asked["way"]]()
        except CameraFault as fault:
            if fault.code == "auth":
                self._held.setdefault(key, asyncio.get_running_loop().time() + AUTH_HOLD_S)
            writer.write(message(END, fault_body(fault)))
            await writer.drain()

    async def _still(self, key: str, source: CameraSource, masks: Any, writer: asyncio.StreamWriter) -> None:
        if key not in self._stills:
            self._stills[key] = Stills(key, source, masks, puller=self._puller)
        found = await self._stills[key].latest()
        if found is None:
            writer.write(message(AGAIN))
        else:
            head = json.dumps({"received_at": found[1].isoformat()}).encode()
            writer.write(message(HEAD, head) + message(STILL, found[0]))
        await writer.drain()

    async def _video(
        self, key: str, source: CameraSource, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if key not in self._videos or self._videos[key].fault is not None:
            self._videos[key] = Video(source, guard=self._guard, limits=self._limits)
        video = self._videos[key]
        viewer = video.join()
        hung_up = asyncio.create_task(reader.read(1))
        try:
            while not hung_up.done():
                coming = asyncio.create_task(viewer.next())
                await asyncio.wait({coming, hung_up}, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    break
                kind, content = coming.result()
                if kind == END and video.fault is not None and video.fault.code == "auth":
                    raise video.fault
                writer.write(message(kind, content))
                await writer.drain()
                if kind == END:
                    break
        finally:
            hung_up.cancel()
            await video.leave(viewer)

    def _held_check(self, key: str) -> None:
        """A password that was refused is not tried again before somebody has seen to it, or for a while."""
        until = self._held.get(key)
        if until is not None and asyncio.get_running_loop().time() < until:
            raise CameraFault("auth")

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(TIDY_S)
            now_s = asyncio.get_running_loop().time()
            self._stills = {key: one for key, one in self._stills.items() if not one.is_idle}
            self._videos = {key: one for key, one in self._videos.items() if not one.is_idle}
            self._held = {key: until for key, until in self._held.items() if until > now_s}


@contextmanager
def socket_path(folder: Path) -> Iterator[str]:
    """Where to listen or to connect, by the folder's descriptor: the path of a socket may have 107 bytes, no more."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET_NAME}"
    finally:
        os.close(descriptor)
