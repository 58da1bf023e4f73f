"""Which addresses a camera may have: asked at save, and at the socket for the address really connected to.

The second is what counts: names can point elsewhere a moment later, and 127.1 or 0x7f000001 spell a loopback.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cameras.drivers.types import CameraFault
from common.addresses import (
    Address,
    AddressRefused,
    Network,
    address_of,
    lies_in,
    literal_of,
    networks_parse,
    socket_open,
    url_split,
)

__all__ = ["AddressRefused", "Guard"]

SCHEMES = {"http_jpeg": {"http", "https"}, "mjpeg": {"http", "https"}, "rtsp": {"rtsp", "rtsps"}}
DEFAULT_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}


@dataclass(frozen=True, slots=True)
class Guard:
    """The deployment's allow-list. Nothing is allowed that it does not name."""

    networks: tuple[Network, ...]
    ports: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, networks: Sequence[str], ports: str) -> "Guard":
        """From settings: networks like 10.0.0.0/8, ports like `80,443,1024-65535`. Raises ValueError."""
        ranges = []
        for part in ports.split(","):
            low, _, high = part.strip().partition("-")
            ranges.append((int(low), int(high or low)))
        return cls(networks_parse(networks), tuple(ranges))

    def url_check(self, kind: str, url: str) -> None:
        """What can be said of an address without resolving its name; raises CameraFault `address_refused`."""
        parts = url_split(url)
        if parts is None or parts.scheme not in SCHEMES.get(kind, set()):
            raise CameraFault("address_refused")
        if not self._port_allowed(parts.port or DEFAULT_PORTS.get(parts.scheme, 0)):
            raise CameraFault("address_refused")
        literal = literal_of(parts.hostname or "")
        if literal is not None and not self.address_allowed(literal):
            raise CameraFault("address_refused")

    def address_allowed(self, address: Address) -> bool:
        """Whether an address lies in an allowed network; IPv4 wrapped in IPv6 counts as what it is."""
        return lies_in(address, self.networks)

    def socket_make(self, info: tuple[Any, ...]) -> socket.socket:
        """The socket for one resolved address; refuses before anything is sent."""
        address, port = address_of(info)
        if not self.address_allowed(address):
            raise AddressRefused("address not allowed")
        if not self._port_allowed(port):
            raise AddressRefused("port not allowed")
        return socket_open(info)

    def _port_allowed(self, port: int) -> bool:
        return any(low <= port <= high for low, high in self.ports)
