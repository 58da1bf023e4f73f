"""Which network addresses may be connected to. Asked at the socket, for the address really connected to.

What a name points to can change a moment later, and 127.1 or 0x7f000001 spell a loopback: only the socket knows.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(OSError):
    """Raised inside connectors, which pass on nothing but OSError."""


def networks_parse(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks like 10.0.0.0/8; raises ValueError."""
    return tuple(ipaddress.ip_network(text.strip()) for text in texts)


def literal_of(host: str) -> Address | None:
    """The address that a host spells in any way the C library reads; None for a name."""
    if any(character.isspace() for character in host):
        return None  # the C library reads up to the blank and forgets the rest
    try:
        return ipaddress.ip_address(host.partition("%")[0] if ":" in host else host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def lies_in(address: Address, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; IPv4 wrapped in IPv6 counts as what it is."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    plain = mapped or address
    return any(plain.version == network.version and plain in network for network in networks)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet, and with it every address that it carries inside."""
    return address.is_global and not address.is_multicast and all(is_public(inner) for inner in _carried(address))


def url_split(url: str) -> SplitResult | None:
    """The parts of an address that hides nothing (user names, backslashes, blanks); None for any other."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return None
    is_hiding = (
        not parts.hostname
        or "@" in parts.netloc
        or "\\" in url
        or any(character <= " " or character == "\x7f" for character in url)
    )
    return None if is_hiding else parts


def address_of(info: tuple[Any, ...]) -> tuple[Address, int]:
    """Address and port out of what `getaddrinfo` gives."""
    sockaddr = info[4]
    return ipaddress.ip_address(sockaddr[0].partition("%")[0]), int(sockaddr[1])


def socket_open(info: tuple[Any, ...]) -> socket.socket:
    """A socket that waits for nothing, for one resolved address."""
    made = socket.socket(info[0], info[1], info[2])
    made.setblocking(False)
    return made


def _carried(address: Address) -> list[ipaddress.IPv4Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None
    teredo = address.teredo or ()
    return [inner for inner in (address.ipv4_mapped, address.sixtofour, nat64, *teredo) if inner is not None]
