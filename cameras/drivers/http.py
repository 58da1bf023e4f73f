"""Pictures over HTTP: a still, or the first whole one of an MJPEG stream. Bytes are kept as they came."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import aiohttp

from cameras.drivers.guard import AddressRefused, Guard
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits, grab_make
from common import clock
from common.images import PictureRefused

CHUNK_BYTES = 64 * 1024
REDIRECTS = {301, 302, 303, 307, 308}
START = b"\xff\xd8"
LENGTH = re.compile(rb"content-length:\s*(\d{1,9})", re.IGNORECASE)


async def http_grab(source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Grab:
    """One picture; raises CameraFault. Everything together takes at most `total_timeout_s`."""
    guard.url_check(source.kind, source.url)
    requested_at = clock.now()
    try:
        async with (
            asyncio.timeout(limits.total_timeout_s),
            _session(guard, limits) as session,
            _answer(session, source, guard, limits) as response,
        ):
            data, first_byte_at = await _read(response, source.kind, limits)
        return grab_make(data, requested_at=requested_at, first_byte_at=first_byte_at, received_at=clock.now())
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
async def _session(guard: Guard, limits: GrabLimits) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(socket_factory=guard.socket_make, force_close=True, use_dns_cache=False)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_timeout_s, sock_read=limits.read_timeout_s)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity", "User-Agent": "Siaga"},
        trust_env=False,
    ) as session:
        yield session


@asynccontextmanager
async def _answer(
    session: aiohttp.ClientSession, source: CameraSource, guard: Guard, limits: GrabLimits
) -> AsyncIterator[aiohttp.ClientResponse]:
    url = source.url
    for _ in range(limits.redirects_max + 1):
        async with _authorised(session, source, url) as response:
            if response.status not in REDIRECTS:
                _status_check(response.status)
                yield response
                return
            url = _redirected(url, response.headers.get("Location", ""), source, guard)
    raise CameraFault("redirect_refused")


@asynccontextmanager
async def _authorised(
    session: aiohttp.ClientSession, source: CameraSource, url: str
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ask without a password first: one that wants Digest must not be sent the password in clear."""
    pin = _pin(source)
    async with session.get(url, allow_redirects=False, ssl=pin) as response:
        if response.status != 401 or not source.username:
            yield response
            return
        challenge = response.headers.get("WWW-Authenticate", "").lower()
    if challenge.startswith("digest"):
        digest = aiohttp.DigestAuthMiddleware(source.username, source.password)
        async with session.get(url, allow_redirects=False, ssl=pin, middlewares=(digest,)) as response:
            yield response
        return
    basic = {"Authorization": aiohttp.encode_basic_auth(source.username, source.password)}
    async with session.get(url, allow_redirects=False, ssl=pin, headers=basic) as response:
        yield response


def _pin(source: CameraSource) -> "aiohttp.Fingerprint | ssl.SSLContext | bool":
    return aiohttp.Fingerprint(bytes.fromhex(source.tls_sha256)) if source.tls_sha256 else True


def _status_check(status: int) -> None:
    if status in {401, 403}:
        raise CameraFault("auth", status=status)
    if status != 200:
        raise CameraFault("http_status", status=status)


def _redirected(url: str, location: str, source: CameraSource, guard: Guard) -> str:
    target = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(target)
    if not location or (old.scheme, old.netloc) != (new.scheme, new.netloc):
        raise CameraFault("redirect_refused")  # another host would be given the password
    guard.url_check(source.kind, target)
    return target


async def _read(response: aiohttp.ClientResponse, kind: str, limits: GrabLimits) -> tuple[bytes, datetime]:
    declared = response.content_length
    if kind != "mjpeg" and declared is not None and declared > limits.max_bytes:
        raise CameraFault("picture_too_large")
    buffer = bytearray()
    first_byte_at: datetime | None = None
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        first_byte_at = first_byte_at or clock.now()
        buffer += chunk
        if len(buffer) > limits.max_bytes:
            raise CameraFault("picture_too_large")
        if kind == "mjpeg" and (picture := _first_part(bytes(buffer))) is not None:
            return picture, first_byte_at
    if kind == "mjpeg":
        raise CameraFault("stream_broken")
    return bytes(buffer), first_byte_at or clock.now()


def _first_part(buffer: bytes) -> bytes | None:
    """The first whole picture of a multipart stream: by its declared length, else up to the next boundary."""
    start = buffer.find(START)
    if start < 0:
        return None
    header = buffer[:start]
    length = LENGTH.search(header)
    if length:
        end = start + int(length[1])
        return buffer[start:end] if len(buffer) >= end else None
    boundary = header.partition(b"--")[2].split(b"\r\n")[0]
    end = buffer.find(b"\r\n--" + boundary, start) if boundary else -1
    return buffer[start:end] if end > 0 else None


def _connect_code(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "tls"
    return "address_refused" if isinstance(error.os_error, AddressRefused) else "unreachable"
