"""Sending to entered addresses: where a connection may go, and that nothing lasts longer than it may."""

import asyncio
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from common import outgoing
from common.addresses import AddressRefused
from common.outgoing import SendingFault, SendingGuard, post
from tests.fakes.hooks import receiver

OPEN = SendingGuard.parse([])
LOOPBACK = SendingGuard.parse(["127.0.0.0/8"])

HOSTILE = [
    "https://127.0.0.1/", "https://127.1/", "https://0x7f000001/", "https://2130706433/", "https://0/",
    "https://0.0.0.0/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/",
    "https://100.64.0.1/", "https://192.0.2.1/", "https://198.18.0.1/", "https://224.0.0.1/", "https://240.0.0.1/",
    "https://255.255.255.255/", "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/", "https://[fe80::1]/", "https://[fc00::1]/", "https://[ff02::1]/",
    "https://[2002:7f00:1::]/", "https://[2002:a00:1::1]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b::a00:1]/",
    "https://[2001:0:a00:1::1]/", "https://[2001:db8::1]/", "http://8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd",
    "//8.8.8.8/", "https://", "", "https://user@8.8.8.8/", "https://8.8.8.8@evil.example/", "https://8.8.8.8\\@a/",
    "https://8.8.8.8/\r\nHost: a", "https://[::1/", "https://8.8.8.8:99999/", "javascript:alert(1)",
    "https://8.8.8.8/#a",
]  # fmt: skip


def test_there_are_at_least_forty() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 40


@pytest.mark.parametrize("url", HOSTILE)
def test_hostile_addresses_are_refused(url: str) -> None:
    with pytest.raises(SendingFault, match="address_refused"):
        OPEN.url_check(url)


@pytest.mark.parametrize("url", ["https://8.8.8.8/a?b=c", "https://hooks.example/x", "https://[2606:4700::1111]:8443/"])
def test_public_addresses_are_allowed_over_tls(url: str) -> None:
    OPEN.url_check(url)


def test_the_deployment_opens_networks_of_its_own() -> None:
    guard = SendingGuard.parse(["10.20.0.0/16"])
    guard.url_check("http://10.20.1.2:8080/hook")
    guard.url_check("https://10.20.1.2/hook")
    for url in ("http://10.21.0.1/", "https://127.0.0.1/", "http://8.8.8.8/"):
        with pytest.raises(SendingFault):
            guard.url_check(url)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "64:ff9b::7f00:1"])
def test_a_name_that_points_inside_is_refused_at_the_socket(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sockaddr = (address, 443, 0, 0) if ":" in address else (address, 443)
    with pytest.raises(AddressRefused):
        OPEN.socket_make((family, socket.SOCK_STREAM, 6, "", sockaddr), is_plain=False)
    assert not OPEN.allows(ipaddress.ip_address(address), is_plain=False)


def test_a_name_of_loopback_is_never_connected_to() -> None:
    with receiver() as hook:
        url = hook.url.replace("127.0.0.1", "localhost")
        with pytest.raises(SendingFault, match="address_refused"):
            post(url, b"{}", {}, guard=OPEN, timeout_s=3)
        assert hook.got == []


def test_what_is_sent_and_what_comes_back() -> None:
    with receiver(answers=[200], body=b"diterima\0 " + b"x" * 5000) as hook:
        answer = post(hook.url, b'{"a":1}', {"X-One": "1"}, guard=LOOPBACK, timeout_s=3)
        assert (answer.status, len(answer.excerpt)) == (200, 500)
        assert answer.excerpt.startswith("diterima x")
        (got,) = hook.got
        assert (got.body, got.headers["X-One"]) == (b'{"a":1}', "1")


def test_redirects_are_not_followed() -> None:
    with receiver() as other, receiver(answers=[302], location=other.url) as hook:
        assert post(hook.url, b"{}", {}, guard=LOOPBACK, timeout_s=3).status == 302
        assert other.got == []


def test_nobody_there() -> None:
    with receiver() as hook:
        url = hook.url
    with pytest.raises(SendingFault, match="unreachable"):
        post(url, b"{}", {}, guard=LOOPBACK, timeout_s=3)


@contextmanager
def talking(reply: bytes, pause_s: float) -> Iterator[str]:
    """A server that says one byte at a time, for ever."""
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(reply)
            while not stop.wait(pause_s):
                try:
                    connection.sendall(b"a")
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        stop.set()
        server.close()
        thread.join(2)


@pytest.mark.parametrize(("reply", "pause_s"), [(b"", 30.0), (b"HTTP/1.1 200 OK\r\n", 0.05), (b"HTTP/1.1 2", 30.0)])
def test_one_deadline_holds_for_everything(reply: bytes, pause_s: float) -> None:
    with talking(reply, pause_s) as url:
        started = time.monotonic()
        with pytest.raises(SendingFault, match="timeout"):
            post(url, b"{}", {}, guard=LOOPBACK, timeout_s=0.5)
        assert time.monotonic() - started < 3


def test_a_body_that_drips_is_not_waited_for() -> None:
    with talking(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 0.05) as url:
        answer = post(url, b"{}", {}, guard=LOOPBACK, timeout_s=5)
    assert answer.status == 200
    assert set(answer.excerpt) <= {"a"}


def test_rubbish_is_broken() -> None:
    with talking(b"rubbish\r\n\r\n", 0.05) as url, pytest.raises(SendingFault, match="broken"):
        post(url, b"{}", {}, guard=LOOPBACK, timeout_s=2)


def test_a_certificate_that_does_not_hold() -> None:
    with talking(b"no tls at all\r\n", 0.05) as url, pytest.raises(SendingFault, match=r"tls|broken|unreachable"):
        post(url.replace("http:", "https:"), b"{}", {}, guard=LOOPBACK, timeout_s=2)


def test_a_name_server_that_hangs_costs_no_more_than_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_args: object, **_kwargs: object) -> list[object]:
        await asyncio.sleep(30)
        return []

    monkeypatch.setattr("aiohttp.resolver.ThreadedResolver.resolve", hang)
    monkeypatch.setattr("aiohttp.resolver.AsyncResolver.resolve", hang, raising=False)
    started = time.monotonic()
    with pytest.raises(SendingFault, match="timeout"):
        post("https://hooks.example/", b"{}", {}, guard=OPEN, timeout_s=0.3)
    assert time.monotonic() - started < 3
    assert outgoing.EXCERPT_CHARS == 500
