"""The way from a web process to the one that carries live pictures (`cameras.drivers.live_server`)."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from cameras.choices import CameraKind
from cameras.drivers.live_server import socket_path
from cameras.drivers.messages import END, HEAD, MESSAGE_HEAD
from cameras.drivers.types import CameraFault, CameraSource
from cameras.models import Camera
from cameras.services.capture import camera_source
from cameras.services.live import stream_address
from cameras.services.looks import fault_seen

ANSWER_S = 2.0
CONTENT_BYTES_MAX = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LiveStill:
    """One picture with its masks filled, and when it came from the camera."""

    data: bytes
    received_at: datetime


def live_folder() -> Path:
    """Where the socket is: a folder that only this account can enter."""
    folder = Path(settings.VAR_DIR) / "live"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def still_latest(camera: Camera) -> LiveStill | None:
    """The newest picture; None while the first is on its way. Raises CameraFault, `live_away` without the process."""
    try:
        with socket_path(live_folder()) as path, socket.socket(socket.AF_UNIX) as link:
            link.settimeout(ANSWER_S)
            link.connect(path)
            link.sendall(_question(camera, "still", camera_source(camera)))
            kind, content = _read(link)
            if kind == HEAD:
                _still, data = _read(link)
                return LiveStill(data, datetime.fromisoformat(json.loads(content)["received_at"]))
    except (OSError, EOFError) as error:
        raise live_away() from error
    if kind == END:
        raise fault_of(content)
    return None


async def video_messages(question: bytes) -> AsyncGenerator[tuple[bytes, bytes], None]:
    """Messages of a camera's video until the caller has enough; raises CameraFault `live_away`."""
    try:
        with socket_path(live_folder()) as path:
            reader, writer = await asyncio.open_unix_connection(path)
    except OSError as error:
        raise live_away() from error
    try:
        writer.write(question)
        while True:
            kind, size = MESSAGE_HEAD.unpack(await reader.readexactly(MESSAGE_HEAD.size))
            yield kind, await reader.readexactly(min(size, CONTENT_BYTES_MAX))
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise live_away() from error
    finally:
        writer.transport.abort()


def video_question(camera: Camera) -> bytes:
    """What asks for a camera's video; it holds the password, so it is never logged."""
    source = camera_source(camera)
    stream = CameraSource(
        kind=CameraKind.RTSP, url=stream_address(camera), username=source.username, password=source.password,
        tls_sha256=source.tls_sha256,
    )  # fmt: skip
    return _question(camera, "video", stream)


def fault_of(content: bytes) -> CameraFault:
    """The fault of an `END`."""
    told: dict[str, Any] = json.loads(content)
    return CameraFault(told["fault"], status=told.get("status"))


def refusal_seen(camera: Camera, fault: CameraFault) -> None:
    """A password that was refused here must not be tried by the patrol or an incident either."""
    if fault.code == "auth":
        fault_seen(camera=camera, fault=fault)


def live_away() -> CameraFault:
    """The process that carries live pictures does not answer."""
    return CameraFault("live_away")


def _question(camera: Camera, way: str, source: CameraSource) -> bytes:
    # With the version: another address, password or mask is another camera to the process that carries it.
    key = f"{camera.pk}:{camera.version}"
    asked = {"way": way, "key": key, "source": asdict(source), "masks": camera.privacy_masks}
    return json.dumps(asked).encode() + b"\n"


def _read(link: socket.socket) -> tuple[bytes, bytes]:
    kind, size = MESSAGE_HEAD.unpack(_exactly(link, MESSAGE_HEAD.size))
    return kind, _exactly(link, min(size, CONTENT_BYTES_MAX))


def _exactly(link: socket.socket, count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        chunk = link.recv(count - len(found))
        if not chunk:
            raise EOFError
        found += chunk
    return bytes(found)
