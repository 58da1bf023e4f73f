"""One key frame of an RTSP stream, decoded in a process that can be killed.

libav never connects to the camera itself: it follows redirects to any host, and its timeouts do not hold. It speaks to
a relay on loopback instead, and the relay connects where the guard allows, sees every status line, and ends in time.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from urllib.parse import quote, urlsplit, urlunsplit

from cameras.drivers.decoder import DECODER
from cameras.drivers.guard import DEFAULT_PORTS, AddressRefused, Guard
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits, grab_make
from common import clock
from common.images import PictureRefused

CHUNK_BYTES = 64 * 1024
STATUS = re.compile(rb"RTSP/1\.0 (\d{3})")
HEAD_BYTES = 16


async def rtsp_grab(source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Grab:
    """One picture, made here from video; raises CameraFault. Everything takes at most `total_timeout_s`."""
    guard.url_check(source.kind, source.url)
    if urlsplit(source.url).scheme == "rtsps":
        raise CameraFault("tls", message="RTSP over TLS is not supported yet.")
    requested_at = clock.now()
    relay: _Relay | None = None
    try:
        async with asyncio.timeout(limits.total_timeout_s), _relayed(source, guard, limits) as relay:
            url = _url(source, relay.port)
            data = await DECODER.picture(url, timeout_s=limits.total_timeout_s)
        return _grab(data, requested_at, relay.first_byte_at or clock.now())
    except PictureRefused as error:
        raise CameraFault(error.code, message=error.safe_message % error.data) from error
    except CameraFault as fault:
        raise (relay and relay.fault()) or fault from None
    except TimeoutError as error:
        raise (relay and relay.fault()) or CameraFault("timeout") from error


class _Relay:
    """Carries bytes between libav and the camera for one picture, and reads the status lines that pass."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: GrabLimits) -> None:
        self._camera = (reader, writer)
        self._limits = limits
        self._statuses: list[int] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.first_byte_at: datetime | None = None

    async def accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """libav is here: carry until one side ends."""
        camera_reader, camera_writer = self._camera
        self._tasks |= {
            asyncio.create_task(self._carry(reader, camera_writer, is_answer=False)),
            asyncio.create_task(self._carry(camera_reader, writer, is_answer=True)),
        }
        await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        writer.close()

    def fault(self) -> CameraFault | None:
        """What the camera itself said, which tells more than what libav made of it."""
        last = self._statuses[-1] if self._statuses else 0
        if last in {401, 403}:
            return CameraFault("auth", status=last)
        if 300 <= last < 400:
            return CameraFault("redirect_refused")
        return CameraFault("http_status", status=last) if last >= 400 else None

    def close(self) -> None:
        """End it."""
        for task in self._tasks:
            task.cancel()
        self._camera[1].close()

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_answer: bool) -> None:
        with suppress(ConnectionError):
            while chunk := await source.read(CHUNK_BYTES):
                if is_answer and not self._may_pass(chunk):
                    return
                sink.write(chunk)
                await sink.drain()

    def _may_pass(self, chunk: bytes) -> bool:
        self.first_byte_at = self.first_byte_at or clock.now()
        found = STATUS.match(chunk[:HEAD_BYTES])
        if found:
            self._statuses.append(int(found[1]))
        return not found or not 300 <= int(found[1]) < 400  # a redirect ends here


@asynccontextmanager
async def _relayed(source: CameraSource, guard: Guard, limits: GrabLimits) -> AsyncIterator[_Relay]:
    reader, writer = await _connect(source, guard, limits)
    relay = _Relay(reader, writer, limits)
    server = await asyncio.start_server(relay.accepted, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        relay.close()


async def _connect(
    source: CameraSource, guard: Guard, limits: GrabLimits
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the address that the guard saw, so that a name cannot point elsewhere meanwhile."""
    parts = urlsplit(source.url)
    loop = asyncio.get_running_loop()
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    try:
        async with asyncio.timeout(limits.connect_timeout_s):
            infos = await loop.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
            made = guard.socket_make(infos[0])
            try:
                await loop.sock_connect(made, infos[0][4])
            except BaseException:
                made.close()
                raise
            return await asyncio.open_connection(sock=made)
    except AddressRefused as error:
        raise CameraFault("address_refused") from error
    except TimeoutError as error:
        raise CameraFault("timeout") from error
    except OSError as error:
        raise CameraFault("unreachable") from error


def _url(source: CameraSource, port: int) -> str:
    parts = urlsplit(source.url)
    user = f"{quote(source.username, safe='')}:{quote(source.password, safe='')}@" if source.username else ""
    return urlunsplit(("rtsp", f"{user}127.0.0.1:{port}", parts.path, parts.query, ""))


def _grab(data: bytes, requested_at: datetime, first_byte_at: datetime) -> Grab:
    made = grab_make(data, requested_at=requested_at, first_byte_at=first_byte_at, received_at=clock.now())
    return Grab(**{name: getattr(made, name) for name in Grab.__slots__} | {"is_original": False})
