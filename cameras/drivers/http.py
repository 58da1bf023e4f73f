"""Pictures over HTTP: a still, or the first whole one of an MJPEG stream. Bytes are kept as they came."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import aiohttp

from cameras.drivers.guard import AddressRefused, Guard
from cameras.drivers.mjpeg import FirstPart
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits, grab_make
from cameras.drivers.wire import pieces_of, timeout_of, wire_of
from common import clock
from common.images import PictureRefused

REDIRECTS = {301, 302, 303, 307, 308}


async def http_grab(source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Grab:
    """One picture; raises CameraFault. Everything together takes at most `total_timeout_s`."""
    guard.url_check(source.kind, source.url)
    requested_at = clock.now()
    with faults_named():
        async with asyncio.timeout(limits.total_timeout_s), answer_of(source, source.url, guard, limits) as response:
            read = _part_of if source.kind == "mjpeg" else body_of
            data, first_byte_at = await read(response, guard, limits.max_bytes)
        return grab_make(data, requested_at=requested_at, first_byte_at=first_byte_at, received_at=clock.now())


@contextmanager
def faults_named() -> Iterator[None]:
    """Whatever aiohttp, the system or the picture raise, as the CameraFault that it means."""
    try:
        yield
    except PictureRefused as error:
        raise CameraFault(error.code, message=error.safe_message % error.data) from error
    except TimeoutError as error:
        raise CameraFault("timeout") from error
    except aiohttp.ClientConnectorError as error:
        raise CameraFault(_connect_code(error)) from error
    except aiohttp.ServerFingerprintMismatch as error:
        raise CameraFault("tls") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise CameraFault("stream_broken") from error


@asynccontextmanager
async def answer_of(
    source: CameraSource, url: str, guard: Guard, limits: GrabLimits
) -> AsyncIterator[aiohttp.ClientResponse]:
    """A good answer of the camera at `url`, its body still to be read; raises CameraFault for any other.

    For drivers that ask for more than one thing: each `url` must have passed `guard.url_check` or `guard.same_place`.
    """
    async with wire_of(guard) as wire:
        for _ in range(limits.redirects_max + 1):
            async with _authorised(wire.session, source, url, limits) as response:
                if response.status not in REDIRECTS:
                    _status_check(response.status)
                    yield response
                    return
                location = response.headers.get("Location", "")
            url = guard.same_place(source.kind, url, location)
    raise CameraFault("redirect_refused")


async def body_of(response: aiohttp.ClientResponse, guard: Guard, max_bytes: int) -> tuple[bytes, datetime]:
    """The whole body and when it began; raises CameraFault `picture_too_large` before more than that is kept."""
    if response.content_length is not None and response.content_length > max_bytes:
        raise CameraFault("picture_too_large")
    buffer = bytearray()
    first_byte_at: datetime | None = None
    async with wire_of(guard) as wire, aclosing(pieces_of(response, wire)) as pieces:
        async for piece in pieces:
            first_byte_at = first_byte_at or clock.now()
            buffer += piece
            if len(buffer) > max_bytes:
                raise CameraFault("picture_too_large")
    return bytes(buffer), first_byte_at or clock.now()


async def _part_of(response: aiohttp.ClientResponse, guard: Guard, max_bytes: int) -> tuple[bytes, datetime]:
    """The first whole picture of a stream, and when the stream began."""
    part = FirstPart()
    first_byte_at: datetime | None = None
    async with wire_of(guard) as wire, aclosing(pieces_of(response, wire)) as pieces:
        async for piece in pieces:
            first_byte_at = first_byte_at or clock.now()
            if (picture := part.feed(piece)) is not None:
                return picture, first_byte_at
            if part.byte_count > max_bytes:
                raise CameraFault("picture_too_large")
    raise CameraFault("stream_broken")


@asynccontextmanager
async def _authorised(
    session: aiohttp.ClientSession, source: CameraSource, url: str, limits: GrabLimits
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ask without a password first: one that wants Digest must not be sent the password in clear."""
    options: dict[str, Any] = {"allow_redirects": False, "ssl": _pin(source), "timeout": timeout_of(limits)}
    async with session.get(url, **options) as response:
        if response.status != 401 or not source.username:
            yield response
            return
        asked = " ".join(response.headers.getall("WWW-Authenticate", ())).lower()
    if "digest" in asked:
        options["middlewares"] = (aiohttp.DigestAuthMiddleware(source.username, source.password),)
    elif "basic" in asked:
        options["headers"] = {"Authorization": aiohttp.encode_basic_auth(source.username, source.password)}
    else:
        raise CameraFault("auth", status=401)  # a way that we do not speak gets no password
    async with session.get(url, **options) as response:
        yield response


def _pin(source: CameraSource) -> "aiohttp.Fingerprint | bool":
    return aiohttp.Fingerprint(bytes.fromhex(source.tls_sha256)) if source.tls_sha256 else True


def _status_check(status: int) -> None:
    if status in {401, 403}:
        raise CameraFault("auth", status=status)
    if status != 200:
        raise CameraFault("http_status", status=status)


def _connect_code(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "tls"
    return "address_refused" if isinstance(error.os_error, AddressRefused) else "unreachable"
