"""What the guard refuses, at save and at the socket."""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from cameras.drivers.guard import AddressRefused, Guard
from cameras.drivers.puller import Puller
from cameras.drivers.resolve import Infos, Resolver
from cameras.drivers.types import CameraFault, CameraSource, GrabLimits
from cameras.drivers.wire import HttpWire

GUARD = Guard.parse(["10.20.0.0/16", "fd00:20::/32"], "80,443,554,8000-8999")

# Refused at save, and again at the socket when nothing was asked before.
HOSTILE = [
    # this machine, however it is spelt
    "http://127.0.0.1/x.jpg", "http://127.1/x.jpg", "http://127.0.1/x.jpg", "http://0x7f000001/x.jpg",
    "http://0x7f.1/x.jpg", "http://0x7F.0x0.0x0.0x1/x.jpg", "http://2130706433/x.jpg", "http://017700000001/x.jpg",
    "http://0177.0.0.1/x.jpg", "http://00000177.1/x.jpg", "http://0/x.jpg", "http://0.0.0.0/x.jpg",
    "http://127.0.0.1./x.jpg", "http://127.0.0.1../x.jpg", "http://localhost/x.jpg", "http://localhost./x.jpg",
    "http://LOCALHOST/x.jpg", "http://camera.localhost/x.jpg", "http://[::1]/x.jpg", "http://[::]/x.jpg",
    "http://[::ffff:127.0.0.1]/x.jpg", "http://[::ffff:7f00:1]/x.jpg", "http://[0:0:0:0:0:ffff:127.0.0.1]/x.jpg",
    "http://[::127.0.0.1]/x.jpg", "http://[64:ff9b::7f00:1]/x.jpg", "http://[2002:7f00:1::]/x.jpg",
    "http://%31%32%37.0.0.1/x.jpg", "http://127%2e0%2e0%2e1/x.jpg",
    "http://\uff11\uff12\uff17.0.0.1/x.jpg", "http://127\u30020\u30020\u30021/x.jpg", "http://\u24db\u24deocalhost/x.jpg",
    # the neighbourhood, the cloud's own services, other networks
    "http://169.254.169.254/latest/meta-data", "http://169.254.43518/latest", "http://0xa9fea9fe/latest",
    "http://[::ffff:169.254.169.254]/latest", "http://[fd00:ec2::254]/latest", "http://[fe80::1]/x.jpg",
    "http://[fe80::1%25eth0]/x.jpg", "http://[fe80::1%eth0]/x.jpg", "http://192.168.1.1/x.jpg",
    "http://172.16.0.1/x.jpg", "http://10.21.0.1/x.jpg", "http://8.8.8.8/x.jpg", "http://224.0.0.1/x.jpg",
    "http://255.255.255.255/x.jpg", "http://[ff02::1]/x.jpg", "http://[fd00:21::1]/x.jpg",
    # a host behind what looks like a user name
    "http://10.20.0.1@evil.example/x.jpg", "http://10.20.0.1:80@evil.example/x.jpg",
    "http://10.20.0.1%40evil.example/x.jpg", "http://10.20.0.1\\@evil.example/", "http://evil.example\\10.20.0.1/",
    "http://10.20.0.1 .evil.example/", "http://10.20.0.1\t.evil.example/", "http://10.20.0.1\u3000.evil.example/",
    # other ports, other schemes, no address at all
    "http://10.20.0.1:22/x.jpg", "http://10.20.0.1:6379/x.jpg", "http://10.20.0.1:5432/x.jpg",
    "http://10.20.0.1:0/x.jpg", "http://10.20.0.1:99999/x.jpg", "http://10.20.0.1:-1/x.jpg", "http://10.20.0.1:a/x.jpg",
    "http://10.20.0.1:80:22/x.jpg", "file:///etc/passwd", "ftp://10.20.0.1/x.jpg", "gopher://10.20.0.1/",
    "dict://10.20.0.1:8000/", "rtsp://10.20.0.1/live", "concat:/etc/passwd|/etc/hosts", "data:image/jpeg;base64,/9j/",
    "javascript:alert(1)", "http:///x.jpg", "http://", "", "http://[::1/x.jpg", "http://999.1.1.1/x.jpg",
    "http://10.20.0.1.5/x.jpg", "http://0x/x.jpg",
]  # fmt: skip
# Refused at save alone: the address behind them is an allowed one, but a password or a trick has no place in them.
ODD = [
    "http://10.20.0.0x1/x.jpg", "http://10.20.1/x.jpg", "http://012.20.0.1/x.jpg", "http://169083905/x.jpg",
    "http://user@10.20.0.1/x.jpg", "http://user:pw@10.20.0.1/x.jpg", "http://@10.20.0.1/x.jpg", "//10.20.0.1/x.jpg",
    "http://10.20.0.1/x\r\nHost: evil", "http://[fd00:20::7%25eth0]/x.jpg", " http://10.20.0.1/x.jpg",
    "http://10.20.0.1/\x7f", "http://10.20.0.1/a b", "\\\\10.20.0.1\\x.jpg",
]  # fmt: skip


def test_there_are_at_least_forty() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 40


@pytest.mark.parametrize("url", [*HOSTILE, *ODD])
def test_hostile_addresses_are_refused_at_save(url: str) -> None:
    for kind in ("http_jpeg", "mjpeg", "hls", "onvif"):
        with pytest.raises(CameraFault, match="address_refused"):
            GUARD.url_check(kind, url)
    with pytest.raises(CameraFault, match="address_refused"):
        GUARD.url_check("rtsp", url.replace("http://", "rtsp://").replace("rtsp://10.20.0.1/live", "file:///x"))


@pytest.fixture
def connected(_connects: list[Any]) -> list[Any]:
    """Every address that a socket of this process is connected to from now on."""
    _connects.clear()
    return _connects


@pytest.fixture(scope="module")
def _connects() -> Iterator[list[Any]]:
    seen: list[Any] = []
    is_on = [True]

    def hook(event: str, details: tuple[Any, ...]) -> None:
        if is_on and event == "socket.connect":
            seen.append(details[1])

    sys.addaudithook(hook)  # cannot be taken away again, only be made deaf
    yield seen
    is_on.clear()


@pytest.mark.parametrize("url", HOSTILE)
async def test_hostile_addresses_are_refused_at_the_socket(url: str, connected: list[Any]) -> None:
    """As if nobody had looked before: every name leads to this machine, and no socket is connected to anything."""
    async with HttpWire(GUARD, Resolver(to_loopback)) as wire:
        with pytest.raises((aiohttp.ClientError, ValueError, OSError)):
            async with wire.session.get(url, timeout=aiohttp.ClientTimeout(total=2)):
                pass
    assert connected == []


@pytest.mark.parametrize("kind", ["http_jpeg", "mjpeg", "hls", "rtsp"])
@pytest.mark.parametrize(
    "name", ["camera.example", "xn--lcalhost-54a.example", "127.0.0.1.nip.example", "a-_1.example."]
)
async def test_names_are_judged_by_what_they_lead_to(kind: str, name: str, connected: list[Any]) -> None:
    scheme = "rtsp" if kind == "rtsp" else "http"
    source = CameraSource(kind, f"{scheme}://{name}:8554/x", "kam", "rahasia")
    GUARD.url_check(kind, source.url)
    async with Puller(guard=GUARD, limits=GrabLimits(), resolver=Resolver(to_loopback)) as puller:
        with pytest.raises(CameraFault, match="address_refused"):
            await puller.grab("c", source)
    assert connected == []


def to_loopback(host: str) -> Infos:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]


@pytest.mark.parametrize(
    "url",
    [
        "folder:", "folder:/etc", "folder:..", "folder:a/../../etc", "folder:a//b", "folder:.hidden", "folder:a/.",
        "folder:a\\b", "folder:a\x00b", "folder:~", "folder:a/", "a", "file:a", "FOLDER:a", "http://10.20.0.1/",
    ],
)  # fmt: skip
def test_a_folder_lies_below_the_folder_of_the_deployment(url: str) -> None:
    guard = Guard.parse(["10.20.0.0/16"], "80", "/srv/pictures")
    guard.url_check("folder", "folder:north/gate 7.cam_2")
    with pytest.raises(CameraFault, match="address_refused"):
        guard.url_check("folder", url)
    with pytest.raises(CameraFault, match="address_refused"):
        GUARD.url_check("folder", "folder:north")  # the deployment has none


@pytest.mark.parametrize(
    ("location", "wanted"),
    [
        ("/b.jpg", "http://10.20.0.1/b.jpg"),
        ("b.jpg?x=1", "http://10.20.0.1/a/b.jpg?x=1"),
        ("http://10.20.0.1:80/b.jpg", "http://10.20.0.1:80/b.jpg"),
        ("//10.20.0.1/b.jpg", "http://10.20.0.1/b.jpg"),
        *[
            (other, "")
            for other in (
                "", "http://10.20.0.2/b", "https://10.20.0.1/b", "http://10.20.0.1:8000/b", "http://x@10.20.0.1/b",
                "//10.20.0.2/b", "http://10.20.0.1\\@10.20.0.2/b", "http://10.20.0.1.evil.example/b", "file:///etc/x",
                "http://10.20.0.1%00.evil.example/", "http:\t//10.20.0.2/b", "\\\\10.20.0.2/b", "http://10.20.0.1 /b",
                "http://127.0.0.1/b", "javascript:1", "http://[::ffff:10.20.0.2]/b",
            )
        ],
    ],
)  # fmt: skip
def test_only_the_same_place_is_followed(location: str, wanted: str) -> None:
    if wanted:
        assert GUARD.same_place("http_jpeg", "http://10.20.0.1/a/a.jpg", location) == wanted
        return
    with pytest.raises(CameraFault, match=r"redirect_refused|address_refused"):
        GUARD.same_place("http_jpeg", "http://10.20.0.1/a/a.jpg", location)


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("http_jpeg", "http://10.20.3.4/snap.jpg"),
        ("http_jpeg", "https://10.20.3.4:8443/snap.jpg?channel=1"),
        ("mjpeg", "http://[fd00:20::7]:8080/stream"),
        ("rtsp", "rtsp://10.20.3.4/live/1"),
        ("hls", "https://10.20.3.4/live/index.m3u8"),
        ("onvif", "http://10.20.3.4/onvif/device_service"),
        ("rtsp", "rtsps://10.20.3.4:8322/live"),
        ("http_jpeg", "http://camera-7.example/snap.jpg"),  # a name is judged at the socket
    ],
)
def test_lawful_addresses_pass(kind: str, url: str) -> None:
    GUARD.url_check(kind, url)


@pytest.mark.parametrize(
    ("address", "port"),
    [("127.0.0.1", 80), ("10.21.0.1", 80), ("169.254.169.254", 80), ("10.20.0.1", 22), ("10.20.0.1", 6379)],
)
def test_whatever_a_name_resolves_to_is_judged_at_the_socket(address: str, port: int) -> None:
    with pytest.raises(AddressRefused):
        GUARD.socket_make((socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)))


def test_wrapped_addresses_count_as_what_they_are() -> None:
    assert GUARD.address_allowed(ipaddress.ip_address("::ffff:10.20.0.9"))
    assert not GUARD.address_allowed(ipaddress.ip_address("::ffff:127.0.0.1"))


def test_no_network_means_no_camera() -> None:
    assert not Guard.parse([], "80").address_allowed(ipaddress.ip_address("10.20.0.1"))


@pytest.mark.parametrize(("networks", "ports"), [(["10.0.0.1/8"], "80"), (["x"], "80"), ([], "a-b")])
def test_wrong_settings_stop_the_start(networks: list[str], ports: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Guard.parse(networks, ports)
