"""Simulated cameras in a process of their own: `python -m bench.camera_server`. As bare as it can be.

Listens on all loopback addresses at one port each for HTTP and RTSP and prints the two ports. `/good` is a still of
1080p, `/silent`, `/drip`, `/garbage` and `/error` are bad cameras; RTSP has `good`, `hang_describe`, `hang_play` and
`no_key_frame`.
"""

import asyncio
import sys
from contextlib import suppress

from cameras.farm.config import SceneSpec
from cameras.farm.rtsp import Channel, RtspServer
from cameras.farm.scene import clock_stamp, jpeg_of, scene_make
from cameras.farm.video import Loop, loop_encode

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"
ERROR = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
RTSP_BAD = ("hang_describe", "hang_play", "no_key_frame", "slow")
HTTP_BAD = ("silent", "drip", "garbage", "error")


class Camera(asyncio.Protocol):
    """One connection."""

    def __init__(self, still: bytes) -> None:
        self._good = HEAD % len(still) + still
        self._garbage = HEAD % 50_000 + bytes(50_000)
        self._drip_head = HEAD % len(still)
        self._buffer = b""
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is here."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer each request."""
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self._answer(head.split(b" ", 2)[1])

    def _answer(self, path: bytes) -> None:
        transport = self._transport
        assert isinstance(transport, asyncio.Transport)
        if path.startswith(b"/good"):
            transport.write(self._good)
        elif path.startswith(b"/garbage"):
            transport.write(self._garbage)
        elif path.startswith(b"/error"):
            transport.write(ERROR)
        elif path.startswith(b"/drip"):
            self._tasks.add(asyncio.create_task(self._drip(transport)))

    async def _drip(self, transport: asyncio.Transport) -> None:
        transport.write(self._drip_head)
        while True:
            transport.write(b"\xff")
            await asyncio.sleep(0.2)


async def main() -> None:
    """Serve until standard input closes."""
    scene = clock_stamp(scene_make(SceneSpec(seed=7)), "BENCH 2026-01-31 12:34:56")
    still, video = jpeg_of(scene), loop_encode(scene)

    def loop() -> Loop:
        return video

    server = await asyncio.get_running_loop().create_server(lambda: Camera(still), "0.0.0.0", 0, backlog=1024)
    rtsp = RtspServer({"good": Channel(loop)} | {fault: Channel(loop, fault=fault) for fault in RTSP_BAD})
    streams = await rtsp.serve("0.0.0.0", 0)
    print(server.sockets[0].getsockname()[1], streams.sockets[0].getsockname()[1], len(still), flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
