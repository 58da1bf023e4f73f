"""The project's own faulty servers, each camera with one fault, in a thread beside the test."""

import asyncio
import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cameras.drivers.types import CameraSource
from cameras.farm.config import FAULTS, FarmCamera, SceneSpec
from cameras.farm.rtsp import Channel, RtspServer
from cameras.farm.scene import Image, jpeg_of, scene_make
from cameras.farm.spoil import shown
from cameras.farm.stills import StillServer
from cameras.farm.video import Loop, loop_encode, transport_stream

SCENE = SceneSpec(seed=5)
USER, PASSWORD = "kam", "raha:sia@"
PICTURE_FAULTS = ("black", "white", "flat", "blurred", "covered", "night")
WAYS = {"http_jpeg": "/still", "mjpeg": "/stream", "hls": "/live.m3u8", "rtsp": ""}


@cache
def picture(fault: str = "") -> Image:
    return shown(scene_make(SCENE), fault if fault in PICTURE_FAULTS else "", SCENE.seed)


@cache
def frame(fault: str = "") -> bytes:
    return jpeg_of(picture(fault))


@cache
def loop(fault: str = "") -> Loop:
    """Of `huge`: more pixels than are taken; black, and one frame is enough."""
    if fault == "huge":
        return loop_encode(np.zeros((4400, 5800, 3), np.uint8), count=1)
    return loop_encode(picture(fault), count=4)


@cache
def piece(fault: str = "") -> bytes:
    return transport_stream(loop(fault))


def shows(fault: str) -> str:
    """Which picture a camera with this fault has behind it."""
    return fault if fault in PICTURE_FAULTS or fault == "huge" else ""


@dataclass
class Rig:
    """Where the cameras are, and what they were asked."""

    stills: StillServer
    rtsp: RtspServer
    ports: dict[str, int] = field(default_factory=dict)
    tls_sha256: str = ""
    strangers: list[bytes] = field(default_factory=list)

    def source(self, kind: str, code: str, *, password: str = "", tls: bool = False, pin: str = "") -> CameraSource:
        scheme = {"rtsp": "rtsp"}.get(kind, "http") + ("s" if tls else "")
        url = f"{scheme}://127.0.0.1:{self.ports[scheme]}/{code}{WAYS[kind]}"
        return CameraSource(kind, url, USER if password else "", password, pin)

    def asked(self, kind: str, code: str) -> int:
        """How often the first thing of a pull was asked for."""
        if kind == "rtsp":
            return sum(1 for one in self.rtsp.asked if one == f"OPTIONS {code}")
        return self.stills.asked.count(f"{code}{WAYS[kind]}")

    def passwords(self, kind: str) -> list[str]:
        return self.rtsp.passwords_sent if kind == "rtsp" else self.stills.passwords_sent

    def forget(self) -> None:
        for kept in (self.stills.asked, self.stills.passwords_sent, self.rtsp.asked, self.rtsp.passwords_sent):
            kept.clear()
        self.strangers.clear()


@contextmanager
def rig_made(folder: Path) -> Iterator[Rig]:
    """All servers, until the block ends."""
    tls, pin = certificate(folder)
    for fault in ("", "huge", *PICTURE_FAULTS):  # now, and not while a camera is waited for
        frame(fault)
        piece(fault)
    cameras, channels = _cameras(), _channels()
    ready, loop_of_thread = threading.Event(), asyncio.new_event_loop()
    made: list[Any] = []

    async def serve() -> None:
        strangers: list[bytes] = []

        async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            strangers.append(await reader.read(4096))
            writer.close()

        trap = await asyncio.start_server(stranger, "127.0.0.2", 0)
        place = f"127.0.0.2:{trap.sockets[0].getsockname()[1]}"
        stills = StillServer(cameras, _frame_of, _piece_of, other=f"http://{place}")
        rtsp = RtspServer(channels, other=f"rtsp://{place}")
        rig = Rig(stills, rtsp, tls_sha256=pin, strangers=strangers)
        (rig.ports["http"],) = await stills.serve([("127.0.0.1", 0)])
        safe = StillServer(cameras, _frame_of, _piece_of)
        (rig.ports["https"],) = await safe.serve([("127.0.0.1", 0)], tls)
        for name, context in (("rtsp", None), ("rtsps", tls)):
            listening = await rtsp.serve("127.0.0.1", 0, context)
            rig.ports[name] = listening.sockets[0].getsockname()[1]
        made.extend([rig, safe])
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop_of_thread)
        loop_of_thread.run_until_complete(serve())
        loop_of_thread.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(60)
    yield made[0]

    async def end() -> None:
        made[0].rtsp.close()
        await made[0].stills.close()
        await made[1].close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(end(), loop_of_thread).result(10)
    loop_of_thread.call_soon_threadsafe(loop_of_thread.stop)
    thread.join(10)


def certificate(folder: Path, name: str = "camera") -> tuple[ssl.SSLContext, str]:
    """A self-signed one as cameras have it, and its SHA-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30)).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, sha256(made.public_bytes(serialization.Encoding.DER)).hexdigest()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _codes() -> dict[str, dict[str, Any]]:
    """One camera for every fault, `good`, and two with passwords."""
    codes: dict[str, dict[str, Any]] = {fault or "good": {"fault": fault} for fault in FAULTS}
    for auth in ("basic", "digest"):
        codes[auth] = {"auth": auth, "username": USER, "password": PASSWORD}
        codes[f"{auth}_elsewhere"] = codes[auth] | {"fault": "elsewhere"}
    return codes


def _cameras() -> dict[str, FarmCamera]:
    place: dict[str, Any] = {"kind": "http_jpeg", "host": "127.0.0.1", "lat": 0.0, "lon": 0.0, "scene": SCENE}
    return {code: FarmCamera(**{**place, "code": code, "name": code, **what}) for code, what in _codes().items()}


def _channels() -> dict[str, Channel]:
    return {code: Channel(_loop_of(shows(what.get("fault", ""))), **what) for code, what in _codes().items()}


def _loop_of(fault: str) -> Callable[[], Loop]:
    return lambda: loop(fault)


def _frame_of(camera: FarmCamera) -> bytes:
    return frame(camera.fault if camera.fault in PICTURE_FAULTS else "")


def _piece_of(camera: FarmCamera) -> bytes:
    return piece(shows(camera.fault))
