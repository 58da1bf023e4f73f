"""One key frame of an RTSP stream, decoded in a process that can be killed.

libav never connects to the camera itself: it follows redirects to any host, and its timeouts do not hold. It speaks to
a relay on loopback instead, and the relay connects where the guard allows, sees every status line, and ends in time.
"""

import asyncio
import hashlib
import hmac
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from cameras.drivers.decoder import DECODER
from cameras.drivers.guard import DEFAULT_PORTS, AddressRefused, Guard
from cameras.drivers.rtsp_answers import Answers
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits, grab_made_here
from cameras.drivers.wire import wire_of
from common import clock
from common.images import PictureRefused

CHUNK_BYTES = 64 * 1024


async def rtsp_grab(source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Grab:
    """One picture, made here from video; raises CameraFault. Everything takes at most `total_timeout_s`."""
    guard.url_check(source.kind, source.url)
    requested_at = clock.now()
    relay: Relay | None = None
    try:
        async with asyncio.timeout(limits.total_timeout_s), relayed(source, guard, limits) as relay:
            url = rtsp_url(source, relay.port)
            data = await DECODER.picture(url, timeout_s=limits.total_timeout_s)
        return grab_made_here(data, requested_at=requested_at, first_byte_at=relay.first_byte_at or clock.now())
    except PictureRefused as error:
        raise CameraFault(error.code, message=error.safe_message % error.data) from error
    except CameraFault as fault:
        raise (relay and relay.fault()) or fault from None
    except TimeoutError as error:
        raise (relay and relay.fault()) or CameraFault("timeout") from error


class Relay:
    """Carries bytes between libav and the camera, for one picture or a whole stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._camera = (reader, writer)
        self._answers = Answers()
        self._fault: CameraFault | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._visit: asyncio.Task[None] | None = None
        self.port = 0
        self.first_byte_at: datetime | None = None

    async def accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """libav is here: carry until one side ends. Only the first visitor is served; any other is a stranger."""
        if self._visit is not None:
            writer.close()
            return
        self._visit = asyncio.current_task()
        camera_reader, camera_writer = self._camera
        self._tasks |= {
            asyncio.create_task(self._ask(reader, camera_writer)),
            asyncio.create_task(self._answer(camera_reader, writer)),
        }
        await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        writer.close()

    def fault(self) -> CameraFault | None:
        """What was wrong with the camera's answers, if anything was."""
        return self._answers.fault() or self._fault

    async def close(self) -> None:
        """End it, and leave no task behind."""
        for task in self._tasks:
            task.cancel()
        self._camera[1].transport.abort()  # a camera that takes nothing more would hold up what is still to be sent
        if self._visit is not None:
            await asyncio.wait({self._visit})

    async def _ask(self, libav: asyncio.StreamReader, camera: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await libav.read(CHUNK_BYTES):
                self._answers.play_was_asked = self._answers.play_was_asked or chunk.startswith(b"PLAY ")
                camera.write(chunk)
                await camera.drain()

    async def _answer(self, camera: asyncio.StreamReader, libav: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await camera.read(CHUNK_BYTES):
                self.first_byte_at = self.first_byte_at or clock.now()
                try:
                    libav.write(self._answers.feed(chunk))
                except CameraFault as fault:
                    self._fault = fault
                    return
                await libav.drain()


@asynccontextmanager
async def relayed(source: CameraSource, guard: Guard, limits: GrabLimits) -> AsyncIterator[Relay]:
    """A connection to the camera, and a port on loopback that carries it; raises CameraFault."""
    reader, writer = await _connect(source, guard, limits)
    relay = Relay(reader, writer)
    server = await asyncio.start_server(relay.accepted, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        await relay.close()


async def _connect(
    source: CameraSource, guard: Guard, limits: GrabLimits
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the address that the guard saw, so that a name cannot point elsewhere meanwhile."""
    try:
        async with asyncio.timeout(limits.connect_timeout_s), wire_of(guard) as wire:
            parts = urlsplit(source.url)
            host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
            made = await _socket_connect(await wire.resolver.infos(host, port), guard)
            if parts.scheme == "rtsps":
                return await _tls_open(made, host, source.tls_sha256)
            return await asyncio.open_connection(sock=made)
    except AddressRefused as error:
        raise CameraFault("address_refused") from error
    except TimeoutError as error:
        raise CameraFault("timeout") from error
    except ssl.SSLError as error:
        raise CameraFault("tls") from error
    except OSError as error:
        raise CameraFault("unreachable") from error


async def _socket_connect(infos: Sequence[tuple[Any, ...]], guard: Guard) -> socket.socket:
    """The first address that takes the connection; one that is not allowed ends it."""
    refused: OSError = OSError("the name has no address")
    for info in infos:
        made = guard.socket_make(info)
        try:
            await asyncio.get_running_loop().sock_connect(made, info[4])
        except OSError as error:
            made.close()
            refused = error
        except BaseException:
            made.close()
            raise
        else:
            return made
    raise refused


async def _tls_open(
    made: socket.socket, host: str, tls_sha256: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """With a pin the certificate must be that very one, whoever signed it; without, one that this machine trusts."""
    context = ssl.create_default_context()
    if tls_sha256:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        reader, writer = await asyncio.open_connection(sock=made, ssl=context, server_hostname=host.rstrip("."))
    except BaseException:
        made.close()
        raise
    if tls_sha256:
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""
        if not hmac.compare_digest(hashlib.sha256(shown).hexdigest(), tls_sha256):
            writer.transport.abort()
            raise CameraFault("tls")  # before a word was said
    return reader, writer


def rtsp_url(source: CameraSource, port: int) -> str:
    """Where libav finds the relay, with the camera's credential."""
    parts = urlsplit(source.url)
    user = f"{quote(source.username, safe='')}:{quote(source.password, safe='')}@" if source.username else ""
    return urlunsplit(("rtsp", f"{user}127.0.0.1:{port}", parts.path, parts.query, ""))
