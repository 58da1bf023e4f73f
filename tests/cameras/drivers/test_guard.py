import ipaddress
import socket

import pytest

from cameras.drivers.guard import AddressRefused, Guard
from cameras.drivers.types import CameraFault

GUARD = Guard.parse(["10.20.0.0/16", "fd00:20::/32"], "80,443,554,8000-8999")

HOSTILE = [
    "http://127.0.0.1/x.jpg", "http://127.1/x.jpg", "http://127.0.1/x.jpg", "http://0x7f000001/x.jpg",
    "http://0x7f.1/x.jpg", "http://2130706433/x.jpg", "http://017700000001/x.jpg", "http://0177.0.0.1/x.jpg",
    "http://0/x.jpg", "http://0.0.0.0/x.jpg", "http://[::1]/x.jpg", "http://[::]/x.jpg",
    "http://[::ffff:127.0.0.1]/x.jpg", "http://[::ffff:7f00:1]/x.jpg", "http://[0:0:0:0:0:ffff:127.0.0.1]/x.jpg",
    "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/x.jpg", "http://[fe80::1%25eth0]/x.jpg",
    "http://192.168.1.1/x.jpg", "http://172.16.0.1/x.jpg", "http://10.21.0.1/x.jpg", "http://8.8.8.8/x.jpg",
    "http://224.0.0.1/x.jpg", "http://255.255.255.255/x.jpg", "http://[ff02::1]/x.jpg", "http://[fd00:21::1]/x.jpg",
    "http://user@10.20.0.1/x.jpg", "http://user:pw@10.20.0.1/x.jpg", "http://10.20.0.1@evil.example/x.jpg",
    "http://10.20.0.1:22/x.jpg", "http://10.20.0.1:6379/x.jpg", "http://10.20.0.1:5432/x.jpg",
    "http://10.20.0.1:99999/x.jpg", "http://10.20.0.1:-1/x.jpg", "http://10.20.0.1:a/x.jpg",
    "file:///etc/passwd", "ftp://10.20.0.1/x.jpg", "gopher://10.20.0.1/", "rtsp://10.20.0.1/live",
    "//10.20.0.1/x.jpg", "http:///x.jpg", "http://", "", "javascript:alert(1)", "http://10.20.0.1\\@evil.example/",
    "http://10.20.0.1 .evil.example/", "http://10.20.0.1/x\r\nHost: evil", "http://[::1/x.jpg",
]  # fmt: skip


def test_there_are_at_least_forty() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 40


@pytest.mark.parametrize("url", HOSTILE)
def test_hostile_addresses_are_refused_at_save(url: str) -> None:
    with pytest.raises(CameraFault, match="address_refused"):
        GUARD.url_check("http_jpeg", url)


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("http_jpeg", "http://10.20.3.4/snap.jpg"),
        ("http_jpeg", "https://10.20.3.4:8443/snap.jpg?channel=1"),
        ("mjpeg", "http://[fd00:20::7]:8080/stream"),
        ("rtsp", "rtsp://10.20.3.4/live/1"),
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
