"""The decoder process of this process: started when first needed, again after a fork or its death."""

import asyncio
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Any

from cameras.drivers.messages import END, MESSAGE_HEAD
from cameras.drivers.threads import in_thread
from cameras.drivers.types import CameraFault

START_TIMEOUT_S = 10.0
DEATH_S = 0.1
PICTURE_BYTES_MAX = 32 * 1024 * 1024
VIDEO_BYTES_MAX = 16 * 1024 * 1024


class Decoder:
    """Owns one `rtsp_decoder` process. Used from several event loops: nothing of a loop is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""

    async def picture(self, url: str, *, timeout_s: float) -> bytes:
        """The first key frame of `url` as JPEG; raises CameraFault, and TimeoutError when the job was ended."""
        return await self._ask({"url": url, "timeout_s": timeout_s}, b"")

    async def picture_of(self, video: bytes, *, container: str, timeout_s: float) -> bytes:
        """The first key frame of a piece of video as JPEG, by the demuxer `container`; raises as `picture` does."""
        job = {"container": container, "byte_count": len(video), "timeout_s": timeout_s}
        return await self._ask(job, video)

    async def video(self, url: str, *, silence_s: float) -> AsyncGenerator[tuple[bytes, bytes], None]:
        """Messages as `remux` tells of them, until the caller has enough; raises CameraFault when the stream ends."""
        path = await in_thread(self._ready)
        try:
            reader, writer = await asyncio.open_unix_connection(path)
        except OSError as error:
            raise CameraFault("stream_broken") from error
        try:
            writer.write(json.dumps({"video": url, "timeout_s": silence_s}).encode() + b"\n")
            while True:
                kind, size = MESSAGE_HEAD.unpack(await reader.readexactly(MESSAGE_HEAD.size))
                if size > VIDEO_BYTES_MAX:
                    raise CameraFault("stream_broken")
                content = await reader.readexactly(size)
                if kind == END:
                    raise CameraFault(json.loads(content)["fault"])
                yield kind, content
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise CameraFault("stream_broken") from error
        finally:
            writer.transport.abort()

    async def _ask(self, job: dict[str, Any], content: bytes) -> bytes:
        path = await in_thread(self._ready)
        try:
            reader, writer = await asyncio.open_unix_connection(path)
        except OSError as error:
            raise CameraFault("stream_broken") from error
        try:
            writer.write(json.dumps(job).encode() + b"\n" + content)
            await writer.drain()
            head_bytes, picture_bytes = struct.unpack("!II", await reader.readexactly(8))
            if picture_bytes > PICTURE_BYTES_MAX:
                raise CameraFault("picture_too_large")
            head = json.loads(await reader.readexactly(head_bytes))
            picture = await reader.readexactly(picture_bytes)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            if await in_thread(self._has_ended):
                raise CameraFault("stream_broken") from error  # the decoder itself is gone: a new one may succeed
            # The job was ended by its alarm, or by its limits of CPU and memory.
            raise TimeoutError from error
        finally:
            writer.close()
        if head["fault"]:
            raise CameraFault(head["fault"])
        return picture

    def stop(self) -> None:
        """End the process and all its jobs."""
        with self._lock:
            if self._process is not None and self._owner == os.getpid():
                if self._process.stdin:
                    self._process.stdin.close()
                self._process.wait(START_TIMEOUT_S)
                if self._process.stdout:
                    self._process.stdout.close()
                shutil.rmtree(self._folder, ignore_errors=True)
            self._process = None

    @property
    def process_id(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def _has_ended(self) -> bool:
        # A killed process closes its sockets a moment before it can be waited for.
        process = self._process
        with suppress(subprocess.TimeoutExpired):
            return process is None or process.wait(DEATH_S) is not None
        return False

    def _ready(self) -> str:
        """Have the process running; the path of its socket, which only this account can reach."""
        with self._lock:
            if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
                self._start()
            return f"{self._folder}/decoder"

    def _start(self) -> None:
        if self._folder and self._owner == os.getpid():
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder, self._owner = tempfile.mkdtemp(prefix="siaga-decoder-"), os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cameras.drivers.rtsp_decoder", f"{self._folder}/decoder"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
            cwd=Path(__file__).resolve().parent.parent.parent,
        )  # fmt: skip
        with suppress(OSError):
            if self._process.stdout and self._process.stdout.readline() == b"ready\n":
                return
        raise CameraFault("stream_broken", message="The video decoder did not start.")


DECODER = Decoder()
