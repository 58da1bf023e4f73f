"""From names to addresses, once for a few seconds: what is counted against a host's limit is what is connected to."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from cameras.drivers.threads import in_thread
from common.addresses import address_of, literal_of

Infos = list[tuple[Any, ...]]
Lookup = Callable[[str], Infos]
# As long as one round: a name that points elsewhere for the second question does not get past a limit, and a camera
# that was moved is found by the next round. The guard judges every address again at the socket.
KNOWN_FOR_S = 5.0


def system_lookup(host: str) -> Infos:
    """What the system's resolver says; blocks."""
    return list(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))


class Resolver(AbstractResolver):
    """Of one event loop. Names are looked up in threads that may hang without holding up anything but themselves."""

    def __init__(self, lookup: Lookup = system_lookup) -> None:
        self._lookup = lookup
        self._asked: dict[str, tuple[float, asyncio.Task[Infos]]] = {}

    async def infos(self, host: str, port: int) -> Infos:
        """As `getaddrinfo` gives them; raises OSError."""
        literal = literal_of(host)
        if literal is not None:
            family = socket.AF_INET if literal.version == 4 else socket.AF_INET6
            return [(family, socket.SOCK_STREAM, 0, "", (str(literal), port))]
        found = await asyncio.shield(self._task(host.lower().rstrip(".")))
        return [(*info[:4], (info[4][0], port, *info[4][2:])) for info in found]

    async def host_key(self, host: str) -> str:
        """What the limit of a host counts: its address, however it was spelt; the name itself if it has none."""
        try:
            infos = await self.infos(host, 0)
        except OSError:
            return host.lower().rstrip(".")
        return min((_plain(info) for info in infos), default=host)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """For aiohttp, which asks this way."""
        return [
            ResolveResult(
                hostname=host, host=info[4][0], port=port, family=info[0], proto=info[2], flags=socket.AI_NUMERICHOST
            )
            for info in await self.infos(host, port)
            if family in {socket.AF_UNSPEC, info[0]}
        ]

    async def close(self) -> None:
        """Leave what still hangs."""
        for _, task in self._asked.values():
            task.cancel()
        self._asked.clear()

    def _task(self, name: str) -> asyncio.Task[Infos]:
        now = asyncio.get_running_loop().time()
        known = self._asked.get(name)
        if known is not None and now < known[0]:
            return known[1]
        self._asked = {host: item for host, item in self._asked.items() if now < item[0]}
        task = asyncio.create_task(in_thread(lambda: self._lookup(name)))
        task.add_done_callback(_seen)
        self._asked[name] = (now + KNOWN_FOR_S, task)
        return task


def _seen(task: asyncio.Task[Infos]) -> None:
    """Take note of a failure, so that asyncio does not report one that nobody waits for any more."""
    if not task.cancelled():
        task.exception()


def _plain(info: tuple[Any, ...]) -> str:
    address = address_of(info)[0]
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
