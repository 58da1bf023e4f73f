"""The RTSP driver against a real RTSP server that misbehaves in every way that cameras do."""

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cameras.drivers.decoder import DECODER
from cameras.drivers.grab import grab
from cameras.drivers.guard import Guard
from cameras.drivers.puller import grab_many
from cameras.drivers.rtsp import rtsp_grab
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from cameras.farm.config import SceneSpec
from cameras.farm.rtsp import Channel, RtspServer
from cameras.farm.scene import scene_make
from cameras.farm.video import Loop, loop_encode

GUARD = Guard.parse(["127.0.0.0/8"], "1024-65535")
LIMITS = GrabLimits(connect_timeout_s=1.0, read_timeout_s=1.0, total_timeout_s=3.0)
FAULTS = ("hang", "slow", "error", "refused", "elsewhere", "truncated", "garbage", "no_key_frame")


@cache
def loop() -> Loop:
    return loop_encode(scene_make(SceneSpec(seed=5)))


@pytest.fixture(scope="module", autouse=True)
def _decoder() -> Iterator[None]:
    yield
    DECODER.stop()
    assert DECODER.process_id is None


@pytest.fixture
async def base() -> AsyncIterator[str]:
    channels = {fault: Channel(loop, fault=fault) for fault in FAULTS}
    channels |= {"good": Channel(loop), "locked": Channel(loop, "kam", "raha:sia@")}
    server = RtspServer(channels)
    listening = await server.serve("127.0.0.1", 0)
    yield f"rtsp://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    server.close()
    listening.close()


def source(url: str, username: str = "", password: str = "") -> CameraSource:
    return CameraSource(kind="rtsp", url=url, username=username, password=password)


async def fault_of(one: CameraSource, limits: GrabLimits = LIMITS) -> CameraFault:
    with pytest.raises(CameraFault) as caught:
        await rtsp_grab(one, guard=GUARD, limits=limits)
    return caught.value


async def test_the_first_key_frame_becomes_a_picture_that_says_it_was_made_here(base: str) -> None:
    got = await rtsp_grab(source(f"{base}/good"), guard=GUARD, limits=LIMITS)
    assert (got.content_type, got.width, got.height, got.is_original) == ("image/jpeg", 1920, 1080, False)
    assert got.requested_at <= got.first_byte_at <= got.received_at
    seen = np.asarray(Image.open(io.BytesIO(got.data)).convert("L"), np.float32)
    drawn = scene_make(SceneSpec(seed=5)).mean(2)
    assert float(np.abs(seen - drawn).mean()) < 12


async def test_a_password_with_odd_letters_gets_in_and_a_wrong_one_is_not_tried_twice(base: str) -> None:
    got = await rtsp_grab(source(f"{base}/locked", "kam", "raha:sia@"), guard=GUARD, limits=LIMITS)
    assert got.width == 1920
    fault = await fault_of(source(f"{base}/locked", "kam", "salah"))
    assert (fault.code, fault.retry_helps) == ("auth", False)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("refused", "auth"),
        ("missing", "http_status"),
        ("error", "http_status"),
        ("elsewhere", "redirect_refused"),
        ("hang", "timeout"),
        ("slow", "timeout"),
        ("no_key_frame", "timeout"),
    ],
)
async def test_every_fault_has_its_name(base: str, path: str, code: str) -> None:
    assert (await fault_of(source(f"{base}/{path}"), GrabLimits(total_timeout_s=1.5))).code == code


async def test_rubbish_in_the_stream_is_a_fault_and_never_a_crash(base: str) -> None:
    assert (await fault_of(source(f"{base}/garbage"), GrabLimits(total_timeout_s=1.5))).code in {
        "timeout",
        "stream_broken",
    }


async def test_nobody_listening_and_forbidden_addresses(base: str) -> None:
    port = base.rpartition(":")[2]
    assert (await fault_of(source("rtsp://127.0.0.1:9/x"))).code == "address_refused"  # the port is not allowed
    assert (await fault_of(source("rtsp://10.0.0.1:8554/x"))).code == "address_refused"
    assert (await fault_of(source(f"rtsp://127.0.0.9:{port}/good"))).code == "unreachable"


async def test_bad_cameras_hold_up_no_good_one(base: str) -> None:
    good = [(f"good{index}", source(f"{base}/good")) for index in range(6)]
    bad = [(name, source(f"{base}/{name}")) for name in ("hang", "no_key_frame", "slow")]
    came: list[str] = []
    patient = replace(LIMITS, read_timeout_s=4.0, total_timeout_s=8.0)  # a busy machine is no bad camera
    async for key, result in grab_many([*bad, *good], guard=GUARD, limits=patient, deadline_s=8.0, per_host_limit=9):
        came.append(key)
        assert isinstance(result, Grab) is key.startswith("good"), (key, result)
    assert sorted(came[:6]) == [key for key, _ in good]


async def test_a_killed_decoder_is_started_again(base: str) -> None:
    await rtsp_grab(source(f"{base}/good"), guard=GUARD, limits=LIMITS)
    first = DECODER.process_id
    assert first is not None
    os.kill(first, signal.SIGKILL)
    again = await grab(source(f"{base}/good"), guard=GUARD, limits=LIMITS)
    assert again.width == 1920
    assert DECODER.process_id not in {None, first}


async def test_no_job_outlives_its_deadline(base: str) -> None:
    await fault_of(source(f"{base}/no_key_frame"), GrabLimits(total_timeout_s=1.0))
    for _ in range(100):
        if jobs() == 1:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{jobs() - 1} jobs still run")


def jobs() -> int:
    """Processes of the decoder's group: itself and its jobs."""
    count = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        count += int(fields[2]) == DECODER.process_id
    return count
