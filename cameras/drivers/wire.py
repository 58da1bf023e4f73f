"""The HTTP connections of one run: kept open between pictures, and only ever to addresses that the guard allowed.

A connection stays at the address that was judged when it was made, so using it again cannot lead elsewhere. It is found
again by scheme, host, port and TLS pin together.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Self

import aiohttp

from cameras.drivers.guard import Guard
from cameras.drivers.resolve import Resolver
from cameras.drivers.types import GrabLimits

KEPT_OPEN_S = 30.0
# 64 pulls of 8 MiB each would be half a gibibyte: what grows beyond a usual picture waits for one of a few places.
USUAL_BYTES = 1024 * 1024
LARGE_AT_A_TIME = 8
_present: ContextVar["HttpWire | None"] = ContextVar("camera_http_wire", default=None)


class HttpWire:
    """Use as `async with`; `used()` makes it the one that drivers called inside take."""

    def __init__(self, guard: Guard, resolver: Resolver | None = None, *, keeps_open: bool = True) -> None:
        self.guard = guard
        self.resolver = resolver or Resolver()
        self._keeps_open = keeps_open
        self.large = asyncio.Semaphore(LARGE_AT_A_TIME)

    async def __aenter__(self) -> Self:
        kept: dict[str, float] = {"keepalive_timeout": KEPT_OPEN_S} if self._keeps_open else {}
        connector = aiohttp.TCPConnector(
            socket_factory=self.guard.socket_make,
            resolver=self.resolver,
            use_dns_cache=False,
            force_close=not self._keeps_open,
            limit=0,  # the puller counts, by camera and host
            **kept,  # type: ignore[arg-type]
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity", "User-Agent": "Siaga"},
            trust_env=False,
        )
        # aiohttp would ask once more by itself when a camera closes, with the password in hand: some lock accounts.
        self._session._retry_connection = False
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        await self.resolver.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """Of this wire."""
        return self._session

    @asynccontextmanager
    async def used(self) -> AsyncIterator[None]:
        """Drivers that are called inside, by this task, use these connections."""
        token = _present.set(self)
        try:
            yield
        finally:
            _present.reset(token)


@asynccontextmanager
async def wire_of(guard: Guard) -> AsyncIterator[HttpWire]:
    """The wire of the run if it has this guard, else one for a single picture."""
    present = _present.get()
    if present is not None and present.guard == guard:
        yield present
        return
    async with HttpWire(guard, keeps_open=False) as own:
        yield own


def timeout_of(limits: GrabLimits) -> aiohttp.ClientTimeout:
    """How long to wait for a connection and for each piece; the whole is the driver's own deadline."""
    return aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_timeout_s, sock_read=limits.read_timeout_s)


async def pieces_of(response: aiohttp.ClientResponse, wire: HttpWire) -> AsyncGenerator[bytes, None]:
    """The body as it comes; what is larger than usual goes on when it has a place. Close it when done."""
    got, is_large = 0, False
    try:
        async for piece in response.content.iter_any():
            got += len(piece)
            if got > USUAL_BYTES and not is_large:
                await wire.large.acquire()
                is_large = True
            yield piece
    finally:
        if is_large:
            wire.large.release()
