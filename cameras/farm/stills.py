"""Stills, MJPEG and HLS over HTTP, well and badly."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable

from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from cameras.farm.auth import challenge, is_known
from cameras.farm.bodies import huge, spoilt
from cameras.farm.config import FarmCamera
from cameras.farm.playlists import playlist

FRAMES_PER_S = 5
BOUNDARY = "siagaframe"
OTHER = "http://127.0.0.2:9"
KEY, FIRST_SEQUENCE = bytes(range(16)), 7
DRIP_S = 0.3


class StillServer:
    """Serves `/CODE/still`, `/CODE/stream` and `/CODE/live.m3u8`; it remembers what it was asked.

    `frame_of` gives the present JPEG of a camera, `piece_of` some seconds of its video as an MPEG transport stream,
    `other` is where hostile cameras send those who ask.
    """

    def __init__(
        self,
        cameras: dict[str, FarmCamera],
        frame_of: Callable[[FarmCamera], bytes],
        piece_of: Callable[[FarmCamera], bytes] = lambda _: b"",
        other: str = OTHER,
    ) -> None:
        self._other = other
        self._cameras, self._frame_of, self._piece_of = cameras, frame_of, piece_of
        self._runner: web.AppRunner | None = None
        self.asked: list[str] = []
        self.passwords_sent: list[str] = []

    async def serve(self, addresses: list[tuple[str, int]], tls: ssl.SSLContext | None = None) -> list[int]:
        """Listen on all addresses; the ports that were taken."""
        app = web.Application()
        app.router.add_get("/{code}/{way}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        for host, port in addresses:
            await web.TCPSite(self._runner, host, port, ssl_context=tls).start()
        return [address[1] for address in self._runner.addresses]

    async def close(self) -> None:
        """End all."""
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        code, way = request.match_info["code"], request.match_info["way"]
        self.asked.append(f"{code}/{way}")
        if sent := request.headers.get("Authorization"):
            self.passwords_sent.append(sent)
        camera = self._cameras.get(code)
        if camera is None or camera.fault == "missing":
            return web.Response(status=404)
        refusal = await self._refusal(request, camera)
        if refusal is not None:
            return refusal
        ways: dict[str, Callable[[web.Request, FarmCamera], Awaitable[web.StreamResponse]]] = {
            "still": self._still, "stream": self._stream, "piece.ts": self._piece, "key": self._key,
            "live.m3u8": self._playlist, "media.m3u8": self._playlist,
        }  # fmt: skip
        serve = ways.get(way)
        return await serve(request, camera) if serve else web.Response(status=404)

    async def _refusal(self, request: web.Request, camera: FarmCamera) -> web.Response | None:
        """What comes before any body."""
        fault = camera.fault
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "close" and request.transport:
            request.transport.abort()
        is_first = sum(1 for one in self.asked if one.startswith(f"{camera.code}/")) == 1
        if fault == "error" or (fault == "flaky" and is_first):
            return web.Response(status=503)
        if fault == "forbidden":
            return web.Response(status=403)
        if fault == "refused" or not _knows(camera, request):
            return web.Response(status=401, headers={"WWW-Authenticate": challenge(camera.auth)})
        moves = {"circle": request.path, "elsewhere": f"{self._other}/still", "moved": f"{request.path}?at=home"}
        if fault in moves and not (fault == "moved" and request.query):
            return web.Response(status=302, headers={"Location": moves[fault]})
        return None

    async def _still(self, request: web.Request, camera: FarmCamera) -> web.StreamResponse:
        frame = self._frame_of(camera)
        kind = "application/octet-stream" if camera.fault == "octets" else "image/jpeg"
        return await _sent(request, camera.fault, huge(frame) if camera.fault == "huge" else frame, kind)

    async def _playlist(self, request: web.Request, camera: FarmCamera) -> web.StreamResponse:
        body = playlist(request.match_info["way"], camera.fault, self._other)
        fault = "endless" if camera.fault == "list_endless" else ""
        return await _sent(request, fault, body, "application/vnd.apple.mpegurl")

    async def _piece(self, request: web.Request, camera: FarmCamera) -> web.StreamResponse:
        body = self._piece_of(camera)
        if camera.fault == "sealed":
            body = _sealed(body)
        return await _sent(request, camera.fault, body, "video/mp2t")

    async def _key(self, request: web.Request, camera: FarmCamera) -> web.StreamResponse:
        return web.Response(body=KEY)

    async def _stream(self, request: web.Request, camera: FarmCamera) -> web.StreamResponse:
        if camera.fault in {"page", "gzip", "empty", "slow", "endless"}:
            return await _sent(
                request, camera.fault, self._frame_of(camera), f"multipart/x-mixed-replace; boundary={BOUNDARY}"
            )
        response = web.StreamResponse(headers={"Content-Type": f"multipart/x-mixed-replace; boundary={BOUNDARY}"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(_part(camera.fault, self._frame_of(camera)))
                if camera.fault in {"truncated", "short"}:
                    return response
                await asyncio.sleep(1 / FRAMES_PER_S)
        return response


def _part(fault: str, frame: bytes) -> bytes:
    """One picture of a stream with its head."""
    if fault == "unbounded":
        return frame
    body = {"garbage": b"\x00" * 5000, "huge": huge(frame)}.get(fault, frame)
    length = "" if fault == "unmeasured" else f"Content-Length: {len(body) + (500 if fault == 'short' else 0)}\r\n"
    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode()
    return head + (body[: len(body) // 2] if fault == "truncated" else body + f"\r\n--{BOUNDARY}\r\n".encode() * 40)


async def _sent(request: web.Request, fault: str, body: bytes, kind: str) -> web.StreamResponse:
    if fault == "slow":
        return await _poured(request, kind, body[:1], DRIP_S)
    if fault == "endless":
        return await _poured(request, kind, body[:65_536], 0)
    headers = {"Content-Encoding": "gzip"} if fault == "gzip" else {}
    if fault == "short":
        response = web.StreamResponse(headers={"Content-Type": kind, "Content-Length": str(len(body))})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if request.transport:
            request.transport.close()
        return response
    return web.Response(body=spoilt(body, fault), content_type=kind.partition(";")[0], headers=headers)


async def _poured(request: web.Request, kind: str, piece: bytes, pause_s: float) -> web.StreamResponse:
    """The same bytes for ever."""
    response = web.StreamResponse(headers={"Content-Type": kind})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        while True:
            await response.write(piece)
            await asyncio.sleep(pause_s)
    return response


def _sealed(body: bytes) -> bytes:
    padder = PKCS7(128).padder()
    encryptor = Cipher(AES(KEY), CBC((FIRST_SEQUENCE + 1).to_bytes(16))).encryptor()
    return encryptor.update(padder.update(body) + padder.finalize()) + encryptor.finalize()


def _knows(camera: FarmCamera, request: web.Request) -> bool:
    return is_known(
        request.headers.get("Authorization", ""),
        kind=camera.auth, method=request.method, username=camera.username, password=camera.password,
    )  # fmt: skip
