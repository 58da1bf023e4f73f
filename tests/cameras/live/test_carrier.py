"""The process that carries live pictures, against a real RTSP server: over its own socket, as web processes ask it."""

import asyncio
import io
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from cameras.drivers import live_stills, live_video
from cameras.drivers.decoder import DECODER
from cameras.drivers.guard import Guard
from cameras.drivers.live_server import LiveServer, socket_path
from cameras.drivers.messages import AGAIN, BEGINNING, END, FRAGMENT, HEAD, KEY_FRAGMENT, MESSAGE_HEAD, STILL
from cameras.drivers.types import CameraSource, GrabLimits
from cameras.farm.config import SceneSpec
from cameras.farm.rtsp import Channel, RtspServer
from cameras.farm.scene import scene_make
from cameras.farm.video import Loop, loop_encode

GUARD = Guard.parse(["127.0.0.0/8"], "1024-65535")
LIMITS = GrabLimits(connect_timeout_s=1.0, read_timeout_s=1.0, total_timeout_s=3.0)


@cache
def loop() -> Loop:
    return loop_encode(scene_make(SceneSpec(seed=5))[:536, :960].copy())


@dataclass
class Street:
    """Channels, and how often each was asked for."""

    base: str = ""
    folder: Path = Path()
    asked: dict[str, int] = field(default_factory=dict)
    server: RtspServer | None = None
    live: Any = None

    def source(self, name: str, username: str = "", password: str = "") -> CameraSource:
        return CameraSource("rtsp", f"{self.base}/{name}", username, password)


@pytest.fixture(scope="module", autouse=True)
def _decoder() -> Iterator[None]:
    yield
    DECODER.stop()


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    made = Street(folder=tmp_path)

    def counted(name: str) -> Loop:
        made.asked[name] = made.asked.get(name, 0) + 1
        return loop()

    faults = ("hang", "error", "truncated", "no_key_frame", "elsewhere")
    channels = {name: Channel(lambda one=name: counted(one), fault=name) for name in faults}  # type: ignore[misc]
    channels |= {"good": Channel(lambda: counted("good")), "locked": Channel(lambda: counted("locked"), "kam", "raha")}
    made.server = RtspServer(channels)
    listening = await made.server.serve("127.0.0.1", 0)
    made.base = f"rtsp://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with LiveServer(tmp_path, guard=GUARD, limits=LIMITS) as server:
        made.live = server
        yield made
    made.server.close()
    listening.close()


class Asker:
    """One connection of a web process."""

    def __init__(self, street: Street, key: str, source: CameraSource, way: str = "video", masks: object = ()) -> None:
        self._street = street
        self._asked = {"way": way, "key": key, "source": asdict(source), "masks": masks}

    async def __aenter__(self) -> "Asker":
        with socket_path(self._street.folder) as path:
            self.reader, self.writer = await asyncio.open_unix_connection(path)
        self.writer.write(json.dumps(self._asked).encode() + b"\n")
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.writer.close()

    async def next(self, timeout_s: float = 10.0) -> tuple[bytes, bytes]:
        async with asyncio.timeout(timeout_s):
            kind, size = MESSAGE_HEAD.unpack(await self.reader.readexactly(MESSAGE_HEAD.size))
            return kind, await self.reader.readexactly(size)

    async def fragments(self, count: int) -> list[tuple[bytes, bytes]]:
        """From the head on, until there are so many."""
        found: list[tuple[bytes, bytes]] = []
        while sum(kind in {KEY_FRAGMENT, FRAGMENT} for kind, _ in found) < count:
            found.append(await self.next())
        return found


def frames(messages: list[tuple[bytes, bytes]]) -> int:
    """How many pictures a player gets of it; the boxes must be whole."""
    body = b"".join(content for kind, content in messages if kind in {BEGINNING, KEY_FRAGMENT, FRAGMENT})
    with av.open(io.BytesIO(body), "r") as container:
        return len(list(container.decode(video=0)))


async def until(check: Callable[[], bool], timeout_s: float = 5.0) -> None:
    for _turn in range(round(timeout_s / 0.05)):
        if check():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it does not come to it")


def jobs() -> int:
    """Jobs of the decoder that run."""
    count = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        count += int(fields[2]) == DECODER.process_id and fields[0] != "Z"
    return count - 1


async def test_what_comes_is_mp4_from_a_key_frame_on_and_one_connection_serves_all(street: Street) -> None:
    source = street.source("good")
    async with Asker(street, "1", source) as first:
        early = await first.fragments(4)
        async with Asker(street, "1", source) as second:
            late = await second.fragments(6)
            assert jobs() == 1
    for messages in (early, late):
        assert [kind for kind, _ in messages[:3]] == [HEAD, BEGINNING, KEY_FRAGMENT]
        assert json.loads(messages[0][1])["codec"].startswith("avc1.")
        assert messages[1][1][4:8] == b"ftyp"
        assert b"moov" in messages[1][1]
        assert all(content[4:8] == b"moof" for kind, content in messages if kind in {KEY_FRAGMENT, FRAGMENT})
    assert frames(early) == 4
    assert frames(late) == 6
    assert street.asked["good"] == 2  # described once, played once


async def test_the_copying_stops_with_its_last_viewer_and_starts_anew(street: Street) -> None:
    async with Asker(street, "1", street.source("good")) as one:
        await one.fragments(2)
        assert jobs() == 1
    await until(lambda: jobs() == 0)
    async with Asker(street, "1", street.source("good")) as one:
        assert frames(await one.fragments(2)) == 2


async def test_a_killed_job_is_told_and_started_again(street: Street) -> None:
    async with Asker(street, "1", street.source("good")) as one:
        await one.fragments(2)
        first = DECODER.process_id
        assert first is not None
        os.killpg(first, signal.SIGKILL)
        kinds = []
        while AGAIN not in kinds:
            kinds.append((await one.next())[0])
        assert frames(await one.fragments(3)) == 3
        assert DECODER.process_id not in {None, first}


async def test_a_camera_that_is_gone_is_given_up_after_some_tries(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_video, "PAUSE_S", 0.05)
    async with Asker(street, "1", CameraSource("rtsp", "rtsp://127.0.0.1:1029/x")) as one:
        got = [await one.next() for _ in range(live_video.TRIES_MAX + 1)]
    assert [kind for kind, _ in got] == [AGAIN] * live_video.TRIES_MAX + [END]
    assert json.loads(got[-1][1])["fault"] == "unreachable"


@pytest.mark.parametrize(
    ("name", "code"), [("error", "http_status"), ("elsewhere", "redirect_refused"), ("missing", "http_status")]
)
async def test_what_another_try_does_not_help_is_said_at_once(street: Street, name: str, code: str) -> None:
    async with Asker(street, "1", street.source(name)) as one:
        kind, content = await one.next()
    assert (kind, json.loads(content)["fault"]) == (END, code)


async def test_forbidden_addresses_are_not_spoken_to(street: Street) -> None:
    async with Asker(street, "1", CameraSource("rtsp", "rtsp://10.0.0.1:8554/x")) as one:
        kind, content = await one.next()
    assert (kind, json.loads(content)["fault"]) == (END, "address_refused")


async def test_a_refused_password_is_not_tried_again(street: Street) -> None:
    for _turn in range(3):
        async with Asker(street, "1", street.source("locked", "kam", "salah")) as one:
            kind, content = await one.next()
            assert (kind, json.loads(content)["fault"]) == (END, "auth")
    async with Asker(street, "1", street.source("locked", "kam", "salah"), "still") as one:
        kind, content = await one.next()
        assert (kind, json.loads(content)["fault"]) == (END, "auth")
    assert "locked" not in street.asked
    async with Asker(street, "1:2", street.source("locked", "kam", "raha")) as one:
        assert frames(await one.fragments(2)) == 2


async def test_a_viewer_that_takes_nothing_costs_little_and_is_let_go(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_video, "QUEUE_BYTES_MAX", 400_000)
    async with Asker(street, "1", street.source("good")) as slow, Asker(street, "1", street.source("good")) as quick:
        slow.writer.transport.pause_reading()  # type: ignore[attr-defined]  # of a socket, as this one is
        most, ended = 0, False
        async with asyncio.timeout(60):
            while not ended:
                await quick.next()
                video = street.live._videos["1"]
                most = max(most, *(viewer.byte_count for viewer in video._viewers))
                ended = any(END in [kind for kind, _ in viewer._waiting] for viewer in video._viewers)
        assert most <= 400_000
        assert len(await quick.fragments(3)) >= 3  # the other one is served on
        slow.writer.transport.resume_reading()  # type: ignore[attr-defined]
        kind = b""
        while kind != END:
            kind, content = await slow.next()
        assert json.loads(content)["fault"] == "viewer_too_slow"


async def test_stills_are_pulled_once_for_all_with_masks_and_only_while_somebody_asks(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_stills, "ASKED_WITHIN_S", 1.0)
    masks = [[[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]]

    async def asked() -> tuple[bytes, bytes]:
        async with Asker(street, "1", street.source("good"), "still", masks) as one:
            kind, _content = await one.next()
            return await one.next() if kind == HEAD else (kind, b"")

    got = (b"", b"")
    for _turn in range(50):
        got, *_others = await asyncio.gather(*(asked() for _ in range(5)))
        if got[0] == STILL:
            break
        await asyncio.sleep(0.2)
    assert got[0] == STILL
    assert street.asked["good"] <= 2
    seen = np.asarray(Image.open(io.BytesIO(got[1])).convert("L"))
    assert seen[:, : seen.shape[1] // 2 - 8].max() < 12
    assert seen[:, seen.shape[1] // 2 + 8 :].max() > 60
    await until(lambda: all(one.is_idle for one in street.live._stills.values()))
    before = street.asked["good"]
    await asyncio.sleep(2.5)
    assert street.asked["good"] == before


async def test_a_question_that_cannot_be_read_is_hung_up_on(street: Street) -> None:
    with socket_path(street.folder) as path:
        for line in (b"no json\n", b"{}\n", b'{"way": "other", "key": "1", "source": {"kind": "rtsp", "url": ""}}\n'):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(line)
            async with asyncio.timeout(5):
                assert await reader.read() == b""
            writer.close()
