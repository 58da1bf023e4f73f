"""Stills and MJPEG over HTTP, well and badly."""

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import Callable

from aiohttp import web

from cameras.farm.config import FarmCamera

FRAMES_PER_S = 5
BOUNDARY = "siagaframe"


class StillServer:
    """Serves `/CODE/still` and `/CODE/stream`; `frame_of` gives the present JPEG of a camera."""

    def __init__(self, cameras: dict[str, FarmCamera], frame_of: Callable[[FarmCamera], bytes]) -> None:
        self._cameras, self._frame_of = cameras, frame_of
        self._runner: web.AppRunner | None = None

    async def serve(self, addresses: list[tuple[str, int]]) -> None:
        """Listen on all addresses."""
        app = web.Application()
        app.router.add_get("/{code}/{way}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        for host, port in addresses:
            await web.TCPSite(self._runner, host, port).start()

    async def close(self) -> None:
        """End all."""
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        camera = self._cameras.get(request.match_info["code"])
        if camera is None or camera.fault == "missing":
            return web.Response(status=404)
        if camera.fault == "hang":
            await asyncio.sleep(3600)
        if camera.fault == "error":
            return web.Response(status=503)
        if camera.fault == "refused" or not _knows(camera, request):
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="camera"'})
        if camera.fault == "page":
            return web.Response(text="<html><body>login</body></html>", content_type="text/html")
        if request.match_info["way"] == "stream":
            return await self._stream(request, camera)
        return await self._still(request, camera)

    async def _still(self, request: web.Request, camera: FarmCamera) -> web.StreamResponse:
        frame = self._frame_of(camera)
        if camera.fault == "garbage":
            return web.Response(body=bytes(byte ^ 0x5A for byte in frame[:50_000]), content_type="image/jpeg")
        if camera.fault == "truncated":
            return web.Response(body=frame[: len(frame) // 2], content_type="image/jpeg")
        if camera.fault in {"slow", "endless"}:
            return await self._dripped(request, camera.fault, frame)
        return web.Response(body=frame, content_type="image/jpeg")

    async def _dripped(self, request: web.Request, fault: str, frame: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "image/jpeg"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(frame[:65_536] if fault == "endless" else frame[:1])
                await asyncio.sleep(0 if fault == "endless" else 1)
        return response

    async def _stream(self, request: web.Request, camera: FarmCamera) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": f"multipart/x-mixed-replace; boundary={BOUNDARY}"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                frame = b"\x00" * 5000 if camera.fault == "garbage" else self._frame_of(camera)
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(frame)}\r\n\r\n"
                await response.write(head.encode() + frame + b"\r\n")
                if camera.fault == "truncated":
                    return response
                await asyncio.sleep(1 if camera.fault == "slow" else 1 / FRAMES_PER_S)
        return response


def _knows(camera: FarmCamera, request: web.Request) -> bool:
    if not camera.username:
        return True
    right = b64encode(f"{camera.username}:{camera.password}".encode()).decode()
    return request.headers.get("Authorization", "") == f"Basic {right}"
