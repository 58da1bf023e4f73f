"""Sending to addresses that people have entered: guarded at the socket, no redirects, one deadline for everything.

All requests of a process run on one loop in a thread of its own, so that a caller may wait with a plain call.
"""

import asyncio
import os
import socket
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import aiohttp

from common.addresses import (
    Address,
    AddressRefused,
    Network,
    address_of,
    is_public,
    lies_in,
    literal_of,
    networks_parse,
    socket_open,
    url_split,
)
from common.clock import monotonic_s

EXCERPT_CHARS = 500
READ_BYTES_MAX = 2000
RESOLVERS = 32
GRACE_S = 1.0
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_loop_process_id = 0


class SendingFault(Exception):
    """Nothing came back. `code` is address_refused, unreachable, timeout, tls or broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and not more than EXCERPT_CHARS of the body."""

    status: int
    excerpt: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class SendingGuard:
    """Public addresses over HTTPS; others, and plain HTTP, only in the networks that the deployment names."""

    networks: tuple[Network, ...]

    @classmethod
    def parse(cls, networks: Sequence[str]) -> "SendingGuard":
        """From settings; raises ValueError."""
        return cls(networks_parse(networks))

    def url_check(self, url: str) -> None:
        """What can be said of an address without resolving its name; raises SendingFault `address_refused`."""
        parts = url_split(url)
        literal = literal_of(parts.hostname or "") if parts else None
        if parts is None or parts.scheme not in {"http", "https"} or parts.fragment:
            raise SendingFault("address_refused")
        if literal is not None and not self.allows(literal, is_plain=parts.scheme == "http"):
            raise SendingFault("address_refused")

    def allows(self, address: Address, *, is_plain: bool) -> bool:
        """Whether a connection may go there; `is_plain` is without TLS."""
        return lies_in(address, self.networks) or (not is_plain and is_public(address))

    def socket_make(self, info: tuple[Any, ...], *, is_plain: bool) -> socket.socket:
        """The socket for one resolved address; refuses before anything is sent."""
        if not self.allows(address_of(info)[0], is_plain=is_plain):
            raise AddressRefused("address not allowed")
        return socket_open(info)


def post(url: str, body: bytes, headers: Mapping[str, str], *, guard: SendingGuard, timeout_s: float) -> Answer:
    """Send and wait, `timeout_s` for name, connection, sending and answer together; raises SendingFault."""
    guard.url_check(url)
    waiting = asyncio.run_coroutine_threadsafe(_post(url, body, headers, guard, timeout_s), _own_loop())
    try:
        return waiting.result(timeout_s + GRACE_S)
    except TimeoutError as error:
        waiting.cancel()
        raise SendingFault("timeout") from error


async def _post(url: str, body: bytes, headers: Mapping[str, str], guard: SendingGuard, timeout_s: float) -> Answer:
    started_s = monotonic_s()
    is_plain = url.startswith("http:")
    try:
        async with asyncio.timeout(timeout_s):
            connector = aiohttp.TCPConnector(
                socket_factory=lambda info: guard.socket_make(info, is_plain=is_plain),
                force_close=True, use_dns_cache=False,
            )  # fmt: skip
            async with (
                aiohttp.ClientSession(
                    connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
                ) as session,
                session.post(url, data=body, headers=dict(headers), allow_redirects=False) as response,
            ):
                excerpt = await _excerpt(response)
                return Answer(response.status, excerpt, round((monotonic_s() - started_s) * 1000))
    except TimeoutError as error:
        raise SendingFault("timeout") from error
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
        raise SendingFault("tls") from error
    except aiohttp.ClientConnectorError as error:
        code = "address_refused" if isinstance(error.os_error, AddressRefused) else "unreachable"
        raise SendingFault(code) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise SendingFault("broken") from error


async def _excerpt(response: aiohttp.ClientResponse) -> str:
    data = await response.content.read(READ_BYTES_MAX)
    return data.decode("utf-8", errors="replace").replace("\0", "")[:EXCERPT_CHARS]


def _own_loop() -> asyncio.AbstractEventLoop:
    global _loop, _loop_process_id  # noqa: PLW0603
    with _lock:
        if _loop is None or _loop_process_id != os.getpid():
            _loop = asyncio.new_event_loop()
            # A name server that does not answer holds a thread for long; the others must not wait for it.
            _loop.set_default_executor(ThreadPoolExecutor(RESOLVERS, thread_name_prefix="outgoing-names"))
            _loop_process_id = os.getpid()
            threading.Thread(target=_loop.run_forever, name="outgoing", daemon=True).start()
        return _loop
