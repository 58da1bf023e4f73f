"""Which addresses a camera may have: asked at save, and at the socket for the address really connected to.

The second is what counts: names can point elsewhere a moment later, and 127.1 or 0x7f000001 spell a loopback.
"""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cameras.drivers.types import CameraFault

SCHEMES = {"http_jpeg": {"http", "https"}, "mjpeg": {"http", "https"}, "rtsp": {"rtsp", "rtsps"}}
DEFAULT_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}


class AddressRefused(OSError):
    """Raised inside the connector, which passes on nothing but OSError."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The deployment's allow-list. Nothing is allowed that it does not name."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    ports: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, networks: Sequence[str], ports: str) -> "Guard":
        """From settings: networks like 10.0.0.0/8, ports like `80,443,1024-65535`. Raises ValueError."""
        ranges = []
        for part in ports.split(","):
            low, _, high = part.strip().partition("-")
            ranges.append((int(low), int(high or low)))
        return cls(tuple(ipaddress.ip_network(network) for network in networks), tuple(ranges))

    def url_check(self, kind: str, url: str) -> None:
        """What can be said of an address without resolving its name; raises CameraFault `address_refused`."""
        try:
            parts = urlsplit(url)
            port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        except ValueError as error:
            raise CameraFault("address_refused") from error
        is_bad = (
            parts.scheme not in SCHEMES.get(kind, set())
            or not parts.hostname
            or "@" in parts.netloc
            or "\\" in url
            or any(character <= " " or character == "\x7f" for character in url)
            or not self._port_allowed(port)
        )
        if is_bad:
            raise CameraFault("address_refused")
        literal = _literal(parts.hostname or "")
        if literal is not None and not self.address_allowed(literal):
            raise CameraFault("address_refused")

    def address_allowed(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        """Whether an address lies in an allowed network; IPv4 wrapped in IPv6 counts as what it is."""
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        plain = mapped or address
        return any(plain.version == network.version and plain in network for network in self.networks)

    def socket_make(self, info: tuple[Any, ...]) -> socket.socket:
        """The socket for one resolved address; refuses before anything is sent."""
        family, kind, protocol, _, sockaddr = info
        if not self.address_allowed(ipaddress.ip_address(sockaddr[0].partition("%")[0])):
            raise AddressRefused("address not allowed")
        if not self._port_allowed(sockaddr[1]):
            raise AddressRefused("port not allowed")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    def _port_allowed(self, port: int) -> bool:
        return any(low <= port <= high for low, high in self.ports)


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host spells in any way the C library reads; None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
