"""Which addresses a camera may have: asked at save, and at the socket for the address really connected to.

The second is what counts: names can point elsewhere a moment later, and 127.1 or 0x7f000001 spell a loopback. The first
is strict about spelling, so that no two readers of an address (ours, aiohttp's) can take it for different ones.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

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

WEB, RTSP = {"http", "https"}, {"rtsp", "rtsps"}
SCHEMES = {"http_jpeg": WEB, "mjpeg": WEB, "hls": WEB, "onvif": WEB, "rtsp": RTSP}
DEFAULT_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
FOLDER = "folder:"
# Names of the letters that names have; what looks like a number and is none of the known spellings is a trick.
NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?")
NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)\.?$")
FOLDER_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]*")


@dataclass(frozen=True, slots=True)
class Guard:
    """The deployment's allow-list. Nothing is allowed that it does not name; `folder` holds the folders of pictures."""

    networks: tuple[Network, ...]
    ports: tuple[tuple[int, int], ...]
    folder: str = ""

    @classmethod
    def parse(cls, networks: Sequence[str], ports: str, folder: str = "") -> "Guard":
        """From settings: networks like 10.0.0.0/8, ports like `80,443,1024-65535`. Raises ValueError."""
        ranges = []
        for part in ports.split(","):
            low, _, high = part.strip().partition("-")
            ranges.append((int(low), int(high or low)))
        return cls(networks_parse(networks), tuple(ranges), folder)

    def url_check(self, kind: str, url: str) -> None:
        """What can be said of an address without resolving its name; raises CameraFault `address_refused`."""
        is_allowed = self._folder_allowed(url) if kind == "folder" else self._url_allowed(kind, url)
        if not is_allowed:
            raise CameraFault("address_refused")

    def same_place(self, kind: str, url: str, target: str) -> str:
        """`target` as seen from `url`, if it is the same scheme, host and port; raises CameraFault `redirect_refused`.

        Another host would be given the password, or make us ask where the camera alone may ask.
        """
        whole = urljoin(url, target)
        if not target or _place(url) != _place(whole):
            raise CameraFault("redirect_refused")
        self.url_check(kind, whole)
        return whole

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

    def _url_allowed(self, kind: str, url: str) -> bool:
        parts = url_split(url)
        if parts is None or parts.scheme not in SCHEMES.get(kind, set()):
            return False
        port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
        return self._port_allowed(port) and self._host_allowed(parts.hostname or "")

    def _host_allowed(self, host: str) -> bool:
        plain = host.removesuffix(".")
        if "%" in host:  # a zone of IPv6 names an interface of this machine
            return False
        if plain == "localhost" or plain.endswith(".localhost"):
            plain = "127.0.0.1"
        literal = literal_of(plain)
        if literal is not None:
            return self.address_allowed(literal) and _is_plain(plain)
        return bool(NAME.fullmatch(host)) and not NUMBER.match(plain.rpartition(".")[2])

    def _folder_allowed(self, url: str) -> bool:
        parts = url.removeprefix(FOLDER).split("/")
        return bool(self.folder) and url.startswith(FOLDER) and all(FOLDER_PART.fullmatch(part) for part in parts)

    def _port_allowed(self, port: int) -> bool:
        return any(low <= port <= high for low, high in self.ports)


def _place(url: str) -> tuple[str, str, int] | None:
    parts = url_split(url)
    if parts is None:
        return None
    literal = literal_of(parts.hostname or "")
    mapped = literal.ipv4_mapped if isinstance(literal, ipaddress.IPv6Address) else None
    host = str(mapped or literal or parts.hostname)
    return parts.scheme, host, DEFAULT_PORTS.get(parts.scheme, 0) if parts.port is None else parts.port


def _is_plain(host: str) -> bool:
    """Whether an address is written as everybody writes it: 10.1 and 0x0a000001 are read differently elsewhere."""
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False
