"""The whole farm in one event loop."""

import asyncio
import socket
from functools import partial
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from cameras.farm.config import FarmCamera, FarmConfig, camera_url
from cameras.farm.rtsp import Channel, RtspServer
from cameras.farm.scene import Image, clock_stamp, jpeg_of, scene_make
from cameras.farm.spoil import shown
from cameras.farm.stills import StillServer
from cameras.farm.video import Loop, loop_encode, transport_stream
from common import clock

JAKARTA = ZoneInfo("Asia/Jakarta")


class Farm:
    """Use as `async with`. Port 0 takes a free one; each camera has its own loopback address, as real ones have."""

    def __init__(self, config: FarmConfig, *, http_port: int = 0, rtsp_port: int = 0) -> None:
        self._config = config
        self.http_port, self.rtsp_port = http_port or _free_port(), rtsp_port or _free_port()
        self._scenes: dict[str, Image] = {}
        self._loops: dict[str, Loop] = {}
        self._pieces: dict[str, bytes] = {}
        self._frames: dict[str, tuple[str, bytes]] = {}
        self._servers: list[asyncio.Server] = []

    def prepare(self) -> None:
        """Draw the scenes and encode the videos now, and not while somebody waits for them."""
        for camera in self._config.cameras:
            self._frame(camera)
            if camera.kind in {"rtsp", "hls"}:
                self._loop(camera)

    async def __aenter__(self) -> Self:
        by_code = {camera.code: camera for camera in self._config.cameras}
        stills = {code: camera for code, camera in by_code.items() if camera.kind != "rtsp"}
        self._stills = StillServer(stills, self._frame, self._piece)
        await self._stills.serve([(host, self.http_port) for host in sorted({one.host for one in stills.values()})])
        channels = {
            code: Channel(partial(self._loop, camera), camera.username, camera.password, camera.fault, camera.auth)
            for code, camera in by_code.items()
            if camera.kind == "rtsp"
        }
        self._rtsp = RtspServer(channels)
        for host in sorted({by_code[code].host for code in channels}):
            self._servers.append(await self._rtsp.serve(host, self.rtsp_port))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rtsp.close()
        for server in self._servers:
            server.close()
        await self._stills.close()

    def url(self, code: str) -> str:
        """Where a camera is."""
        return camera_url(self._config.by_code(code), self.http_port, self.rtsp_port)

    def _scene(self, camera: FarmCamera) -> Image:
        if camera.code not in self._scenes:
            self._scenes[camera.code] = shown(scene_make(camera.scene), camera.fault, camera.scene.seed)
        return self._scenes[camera.code]

    def _frame(self, camera: FarmCamera) -> bytes:
        """The JPEG of this second; of a frozen camera always the same one, its clock included."""
        is_frozen = camera.fault == "frozen" and camera.code in self._frames
        text = f"{camera.code} {clock.now().astimezone(JAKARTA):%Y-%m-%d %H:%M:%S}"
        if is_frozen:
            return self._frames[camera.code][1]
        known = self._frames.get(camera.code)
        if known is None or known[0] != text:
            known = (text, jpeg_of(clock_stamp(self._scene(camera), text)))
            self._frames[camera.code] = known
        return known[1]

    def _piece(self, camera: FarmCamera) -> bytes:
        if camera.code not in self._pieces:
            self._pieces[camera.code] = transport_stream(self._loop(camera))
        return self._pieces[camera.code]

    def _loop(self, camera: FarmCamera) -> Loop:
        if camera.code not in self._loops:
            self._loops[camera.code] = loop_encode(clock_stamp(self._scene(camera), camera.code))
        return self._loops[camera.code]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
