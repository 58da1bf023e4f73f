"""A third party's RTSP server: that our driver understands more than our own farm.

Its streams are live, so a viewer joins between key frames; it speaks H.265, MJPEG and sound, which our farm does not.
"""

import io
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cameras.drivers.decoder import DECODER
from cameras.drivers.grab import grab
from cameras.drivers.guard import Guard
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from tests.cameras.drivers.rig import PASSWORD, USER, certificate

PYTHON = "/usr/bin/python3"
GUARD = Guard.parse(["127.0.0.0/8"], "1024-65535")
LIMITS = GrabLimits(total_timeout_s=15.0)
PROBE = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
# The upper bars of the SMPTE pattern from left to right, as red, green, blue; three quarters of full.
BARS = [(1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1)]


def missing() -> str:
    """Why these tests cannot run here; empty if they can."""
    if not Path(PYTHON).exists():
        return f"there is no {PYTHON}"
    answer = subprocess.run([PYTHON, "-c", PROBE], capture_output=True, text=True, check=False, timeout=60)
    last = answer.stderr.strip().splitlines()[-1:] or ["it cannot be imported"]
    return "" if answer.returncode == 0 else f"GStreamer's RTSP server is not installed (bin/test does it): {last[0]}"


REASON = missing()
pytestmark = [pytest.mark.gstreamer, pytest.mark.skipif(bool(REASON), reason=REASON)]


@dataclass(frozen=True)
class Server:
    port: int
    user_port: int
    tls_port: int
    mounts: frozenset[str]
    tls_sha256: str

    def source(self, path: str, password: str | None = None, *, pin: str | None = None) -> CameraSource:
        """Open without a password; with a user for one, even an empty one; over TLS with a pin, even an empty one."""
        if path not in self.mounts:
            pytest.skip(f"this GStreamer has no encoder for {path}")
        port = self.tls_port if pin is not None else self.port if password is None else self.user_port
        scheme = "rtsp" if pin is None else "rtsps"
        url = f"{scheme}://127.0.0.1:{port}/{path}"
        return CameraSource("rtsp", url, USER if password else "", password or "", pin or "")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("gst")
    _, pin = certificate(folder)
    process = subprocess.Popen(
        [PYTHON, str(Path(__file__).parent / "gst_server.py"), str(folder / "camera.pem")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    words = process.stdout.readline().split()
    yield Server(int(words[0]), int(words[1]), int(words[2]), frozenset(words[3].split(",")), pin)
    process.stdin.close()
    process.wait(20)
    process.stdout.close()
    DECODER.stop()


async def fault_of(source: CameraSource, limits: GrabLimits = LIMITS) -> CameraFault:
    with pytest.raises(CameraFault) as caught:
        await grab(source, guard=GUARD, limits=limits)
    return caught.value


def bars_check(got: Grab) -> None:
    assert (got.width, got.height, got.content_type, got.is_original) == (640, 360, "image/jpeg", False)
    seen = np.asarray(Image.open(io.BytesIO(got.data)).convert("RGB"), np.float32)
    for number, bar in enumerate(BARS):
        middle = int((number + 0.5) * 640 / len(BARS))
        colour = seen[50:150, middle - 20 : middle + 20].mean((0, 1))
        assert [value > 95 for value in colour] == [bool(part) for part in bar], (number, colour)


@pytest.mark.parametrize("path", ["h264", "h265", "mjpeg", "sound", "long"])
async def test_a_live_stream_gives_its_picture(server: Server, path: str) -> None:
    bars_check(await grab(server.source(path), guard=GUARD, limits=LIMITS))


async def test_who_comes_between_key_frames_waits_for_the_next(server: Server) -> None:
    for _ in range(3):
        bars_check(await grab(server.source("long"), guard=GUARD, limits=LIMITS))


async def test_its_digest_opens_and_a_wrong_password_does_not(server: Server) -> None:
    bars_check(await grab(server.source("h264", PASSWORD), guard=GUARD, limits=LIMITS))
    for password in ("", "salah"):
        assert (await fault_of(server.source("h264", password))).code == "auth"


async def test_its_tls_opens_by_its_pin_alone(server: Server) -> None:
    bars_check(await grab(server.source("h264", PASSWORD, pin=server.tls_sha256), guard=GUARD, limits=LIMITS))
    for pin in ("", "0" * 64):
        assert (await fault_of(server.source("h264", PASSWORD, pin=pin))).code == "tls"


async def test_a_path_that_is_not_there(server: Server) -> None:
    source = CameraSource("rtsp", f"rtsp://127.0.0.1:{server.port}/nothing")
    fault = await fault_of(source)
    assert (fault.code, fault.data) == ("http_status", {"status": 404})
