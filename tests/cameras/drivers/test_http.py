"""The drivers against a real server on loopback that misbehaves in every way of the input table."""

import asyncio
import hashlib
import io
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from cameras.drivers.grab import grab
from cameras.drivers.guard import Guard
from cameras.drivers.puller import grab_many
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits

LIMITS = GrabLimits(connect_timeout_s=0.5, read_timeout_s=0.5, total_timeout_s=1.2, max_bytes=300_000)
GUARD = Guard.parse(["127.0.0.0/8"], "1024-65535")


def jpeg(width: int = 320, height: int = 180) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def bomb() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (9_000, 9_000)).save(buffer, "PNG")
    return buffer.getvalue()


GOOD, BOMB = jpeg(), bomb()


class Faulty:
    """A camera with a path for each fault; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.sent_authorization: list[str] = []

    async def answer(self, request: Any) -> web.StreamResponse:
        path = request.path.strip("/")
        self.asked.append(path)
        if "Authorization" in request.headers:
            self.sent_authorization.append(request.headers["Authorization"])
        handler = getattr(self, f"do_{path}", None)
        if handler is None:
            return web.Response(status=404)
        response: web.StreamResponse = await handler(request)
        return response

    async def do_good(self, request: web.Request) -> web.Response:
        return web.Response(body=GOOD, content_type="image/jpeg")

    async def do_octets(self, request: web.Request) -> web.Response:
        return web.Response(body=GOOD, content_type="application/octet-stream")

    async def do_empty(self, request: web.Request) -> web.Response:
        return web.Response(body=b"")

    async def do_html(self, request: web.Request) -> web.Response:
        return web.Response(text="<html>login</html>", content_type="text/html")

    async def do_truncated(self, request: web.Request) -> web.Response:
        return web.Response(body=GOOD[:-500])

    async def do_error(self, request: web.Request) -> web.Response:
        return web.Response(status=500)

    async def do_flaky(self, request: web.Request) -> web.Response:
        return web.Response(status=503) if self.asked.count("flaky") == 1 else web.Response(body=GOOD)

    async def do_forbidden(self, request: web.Request) -> web.Response:
        return web.Response(status=403)

    async def do_basic(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") == "Basic a2FtOnJhaGFzaWE=":  # kam:rahasia
            return web.Response(body=GOOD)
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="cam"'})

    async def do_digest(self, request: web.Request) -> web.Response:
        if 'username="kam"' in request.headers.get("Authorization", ""):
            return web.Response(body=GOOD)
        challenge = 'Digest realm="cam", nonce="abc", qop="auth", algorithm=SHA-256'
        return web.Response(status=401, headers={"WWW-Authenticate": challenge})

    async def do_silent(self, request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response(body=GOOD)

    async def do_drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for byte in GOOD:
            await response.write(bytes([byte]))
            await asyncio.sleep(0.1)
        return response

    async def do_endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"\xff\xd8" + bytes(60_000))

    async def do_bomb(self, request: web.Request) -> web.Response:
        return web.Response(body=BOMB)

    async def do_moved(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/good")

    async def do_circle(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/circle")

    async def do_elsewhere(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.2:9/good")

    async def _stream(self, request: web.Request, *, with_length: bool, parts: int = 3) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "multipart/x-mixed-replace; boundary=bts"})
        await response.prepare(request)
        length = f"Content-Length: {len(GOOD)}\r\n".encode() if with_length else b""
        for _ in range(parts):
            await response.write(b"--bts\r\nContent-Type: image/jpeg\r\n" + length + b"\r\n" + GOOD + b"\r\n")
        return response

    async def do_stream(self, request: web.Request) -> web.StreamResponse:
        return await self._stream(request, with_length=True)

    async def do_unmeasured(self, request: web.Request) -> web.StreamResponse:
        return await self._stream(request, with_length=False)

    async def do_cut(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"--bts\r\n\r\n" + GOOD[:2000])
        return response


@pytest.fixture
async def camera() -> AsyncIterator[tuple[Faulty, str]]:
    faulty = Faulty()
    server = web.Server(faulty.answer)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = runner.addresses[0]
    yield faulty, f"http://127.0.0.1:{address[1]}"
    await runner.cleanup()


async def pull(base: str, path: str, kind: str = "http_jpeg", **options: Any) -> Grab:
    return await grab(CameraSource(kind, f"{base}/{path}", **options), guard=GUARD, limits=LIMITS)


@pytest.mark.parametrize("path", ["good", "octets", "moved"])
async def test_a_good_picture_is_kept_byte_for_byte(camera: tuple[Faulty, str], path: str) -> None:
    got = await pull(camera[1], path)
    assert got.data == GOOD
    assert got.sha256 == hashlib.sha256(GOOD).hexdigest()
    assert (got.content_type, got.width, got.height, got.is_original) == ("image/jpeg", 320, 180, True)
    assert got.requested_at <= got.first_byte_at <= got.received_at


@pytest.mark.parametrize("path", ["stream", "unmeasured"])
async def test_the_first_whole_picture_of_a_stream_is_taken(camera: tuple[Faulty, str], path: str) -> None:
    assert (await pull(camera[1], path, "mjpeg")).data == GOOD


@pytest.mark.parametrize(
    ("kind", "path", "code", "times"),
    [
        ("http_jpeg", "empty", "picture_empty", 2),
        ("http_jpeg", "html", "picture_not_a_picture", 2),
        ("http_jpeg", "truncated", "picture_truncated", 2),
        ("http_jpeg", "error", "http_status", 2),
        ("http_jpeg", "missing", "http_status", 1),
        ("http_jpeg", "forbidden", "auth", 1),
        ("http_jpeg", "silent", "timeout", 1),
        ("http_jpeg", "drip", "timeout", 1),
        ("http_jpeg", "endless", "picture_too_large", 1),
        ("http_jpeg", "bomb", "picture_too_many_pixels", 1),
        ("http_jpeg", "circle", "redirect_refused", 3),
        ("http_jpeg", "elsewhere", "redirect_refused", 1),
        ("mjpeg", "silent", "timeout", 1),
        ("mjpeg", "endless", "picture_too_large", 1),
        ("mjpeg", "cut", "stream_broken", 2),
        ("mjpeg", "html", "stream_broken", 2),
        ("mjpeg", "forbidden", "auth", 1),
    ],
)
async def test_each_fault_has_its_name_and_its_number_of_tries(
    camera: tuple[Faulty, str], kind: str, path: str, code: str, times: int
) -> None:
    faulty, base = camera
    with pytest.raises(CameraFault) as fault:
        await pull(base, path, kind)
    assert fault.value.code == code
    assert faulty.asked.count(path) == times
    assert fault.value.safe_message


async def test_a_passing_fault_costs_one_more_try(camera: tuple[Faulty, str]) -> None:
    assert (await pull(camera[1], "flaky")).data == GOOD


async def test_basic_and_digest_open_and_digest_never_sees_the_password_in_clear(camera: tuple[Faulty, str]) -> None:
    faulty, base = camera
    assert (await pull(base, "digest", username="kam", password="rahasia")).data == GOOD
    assert all(sent.startswith("Digest ") for sent in faulty.sent_authorization)
    assert (await pull(base, "basic", username="kam", password="rahasia")).data == GOOD


async def test_a_wrong_password_is_not_tried_again(camera: tuple[Faulty, str]) -> None:
    faulty, base = camera
    with pytest.raises(CameraFault, match="auth") as fault:
        await pull(base, "basic", username="kam", password="salah")
    assert faulty.sent_authorization == ["Basic a2FtOnNhbGFo"]
    assert not fault.value.is_down
    assert "salah" not in repr(fault.value) + repr(fault.value.data)


async def test_a_dead_camera_is_unreachable_and_down() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        unused = probe.getsockname()[1]
    with pytest.raises(CameraFault, match="unreachable") as fault:
        await pull(f"http://127.0.0.1:{unused}", "good")
    assert fault.value.is_down


async def test_a_name_that_points_into_a_forbidden_network_is_refused_at_the_socket(camera: tuple[Faulty, str]) -> None:
    faulty, base = camera
    source = CameraSource("http_jpeg", base.replace("127.0.0.1", "localhost") + "/good")
    with pytest.raises(CameraFault, match="address_refused"):
        await grab(source, guard=Guard.parse(["10.0.0.0/8"], "1024-65535"), limits=LIMITS)
    assert faulty.asked == []


def test_credentials_are_not_shown() -> None:
    assert "rahasia" not in repr(CameraSource("http_jpeg", "http://10.0.0.1/", "kam", "rahasia"))


async def test_bad_cameras_delay_no_good_one(camera: tuple[Faulty, str]) -> None:
    """Good ones come while the bad still hang, everything is over at the deadline, and no task is left."""
    jobs = [(f"good{n}", CameraSource("http_jpeg", f"{camera[1]}/good")) for n in range(16)]
    jobs += [(f"bad{n}", CameraSource("http_jpeg", f"{camera[1]}/silent")) for n in range(8)]
    jobs.sort(key=lambda job: hashlib.sha256(job[0].encode()).digest())
    order = [
        (key, result)
        async for key, result in grab_many(jobs, guard=GUARD, limits=LIMITS, deadline_s=1.0, per_host_limit=24)
    ]
    assert [key[:4] for key, _ in order[:16]] == ["good"] * 16
    assert all(isinstance(result, Grab) for _, result in order[:16])
    assert {result.code for _, result in order[16:] if isinstance(result, CameraFault)} == {"timeout"}
    assert len(order) == 24
    await asyncio.sleep(0)
    assert [task for task in asyncio.all_tasks() if "grab_many" in repr(task.get_coro())] == []


async def test_one_recorder_is_asked_two_pictures_at_a_time(camera: tuple[Faulty, str]) -> None:
    faulty, base = camera
    jobs = [(f"c{n}", CameraSource("http_jpeg", f"{base}/silent")) for n in range(6)]
    results = [item async for item in grab_many(jobs, guard=GUARD, limits=LIMITS, deadline_s=0.3)]
    assert len(results) == 6
    assert len(faulty.asked) == 2
