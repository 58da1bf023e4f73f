"""One contract for all drivers: every row of the table, on the project's own faulty servers."""

import asyncio
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cameras.drivers.decoder import DECODER
from cameras.drivers.grab import DRIVERS, grab
from cameras.drivers.guard import Guard
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from cameras.farm.bodies import huge, spoilt
from cameras.rules.still import still_facts
from tests.cameras.drivers.rig import PASSWORD, PICTURE_FAULTS, Rig, frame, picture, rig_made, shows, unused_port
from tests.cameras.drivers.table import AS_ANOTHER, ELSEWHERE, KINDS, PICTURE, ROWS, SERVED, Row

LIMITS = GrabLimits(connect_timeout_s=1.0, read_timeout_s=1.0, total_timeout_s=3.0)
# How much later than its deadline a row may be over, on a machine that has other things to do.
SLACK_S = 2.0
MEMORY_KIB = 200 * 1024
CASES = [(kind, row) for row in ROWS for kind in KINDS if kind in row.gives]
ORIGINAL = {"http_jpeg", "mjpeg", "folder"}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig_made(tmp_path_factory.mktemp("tls")) as made:
        yield made
    DECODER.stop()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each row, as cameras that write files leave them."""
    root = tmp_path_factory.mktemp("pictures")
    for row in ROWS:
        if "folder" in row.gives and row.fault != "missing":
            below = root / (row.fault or "good")
            below.mkdir()
            fill(below / "2026.jpg", row.fault)
    return root


def fill(path: Path, fault: str) -> None:
    body = frame(fault if fault in PICTURE_FAULTS else "")
    path.write_bytes(huge(body) if fault == "huge" else spoilt(body, fault))
    if fault == "endless":
        os.truncate(path, LIMITS.max_bytes + 10)


def source_of(rig: Rig, kind: str, fault: str) -> CameraSource:
    code = fault or "good"
    return CameraSource("folder", f"folder:{code}") if kind == "folder" else rig.source(kind, code)


def guard_of(folders: Path) -> Guard:
    return Guard.parse(["127.0.0.0/8"], "1024-65535", str(folders))


async def outcome_of(source: CameraSource, guard: Guard, limits: GrabLimits = LIMITS) -> Grab | CameraFault:
    try:
        return await grab(source, guard=guard, limits=limits)
    except CameraFault as fault:
        return fault


def test_no_driver_and_no_row_is_left_out() -> None:
    assert set(KINDS) | set(AS_ANOTHER) >= set(DRIVERS)
    for row in ROWS:
        assert set(row.gives) | set(row.unfit) == set(KINDS), row.name
        assert not set(row.gives) & set(row.unfit), row.name
        assert all(row.unfit.values()), row.name
        assert set(row.tries) <= set(row.gives), row.name
    assert len({row.name for row in ROWS}) == len(ROWS)
    here = Path(__file__)
    for test in ELSEWHERE.values():
        file, _, name = test.partition("::")
        if file.endswith(".py"):
            assert f"def {name}" in (here.parent / file).read_text(encoding="utf-8"), test


@pytest.mark.parametrize(("kind", "row"), CASES, ids=[f"{kind}-{row.name}" for kind, row in CASES])
async def test_row(rig: Rig, folders: Path, kind: str, row: Row) -> None:
    rig.forget()
    began = asyncio.get_running_loop().time()
    outcome = await outcome_of(source_of(rig, kind, row.fault), guard_of(folders))
    assert asyncio.get_running_loop().time() - began < LIMITS.total_timeout_s + SLACK_S
    wanted = row.gives[kind]
    name = PICTURE if isinstance(outcome, Grab) else outcome.code
    assert name in ((wanted,) if isinstance(wanted, str) else wanted), outcome
    if isinstance(outcome, Grab):
        picture_check(outcome, kind, row)
    else:
        assert outcome.safe_message
        assert outcome.is_down == (name in {"timeout", "unreachable", "stream_broken", "folder_missing"})
    if kind in row.tries:
        assert rig.asked(kind, row.fault or "good") == row.tries[kind]
    assert rig.strangers == []
    assert rig.passwords(kind) == []


def picture_check(got: Grab, kind: str, row: Row) -> None:
    assert got.sha256 == hashlib.sha256(got.data).hexdigest()
    assert (got.width, got.height, got.content_type) == (1920, 1080, "image/jpeg")
    assert got.requested_at <= got.first_byte_at <= got.received_at
    assert got.is_original == (kind in ORIGINAL)
    if got.is_original:
        assert got.data == frame(shows(row.fault))  # byte for byte
    elif row.fault != "truncated":
        seen = np.asarray(Image.open(io.BytesIO(got.data)).convert("L"), np.float32)
        assert float(np.abs(seen - picture(shows(row.fault)).mean(2)).mean()) < 12
    if row.fault != "truncated":
        assert still_facts(got.data).flags == ((row.flag,) if row.flag else ())


async def test_the_same_picture_has_the_same_bytes(rig: Rig, folders: Path) -> None:
    for kind in KINDS:
        first, again = [await outcome_of(source_of(rig, kind, "frozen"), guard_of(folders)) for _ in range(2)]
        assert isinstance(first, Grab)
        assert isinstance(again, Grab)
        assert first.sha256 == again.sha256, kind


@pytest.mark.parametrize("kind", SERVED)
@pytest.mark.parametrize("auth", ["basic", "digest"])
async def test_basic_and_digest_open_every_driver_that_asks(rig: Rig, folders: Path, kind: str, auth: str) -> None:
    rig.forget()
    got = await outcome_of(rig.source(kind, auth, password=PASSWORD), guard_of(folders))
    assert isinstance(got, Grab), got
    sent = rig.passwords(kind)
    assert sent
    assert all(one.lower().startswith(auth) for one in sent)
    assert PASSWORD not in "".join(sent)


@pytest.mark.parametrize("kind", SERVED)
@pytest.mark.parametrize("auth", ["basic", "digest"])
async def test_a_wrong_password_is_tried_once(rig: Rig, folders: Path, kind: str, auth: str) -> None:
    rig.forget()
    fault = await outcome_of(rig.source(kind, auth, password="salah"), guard_of(folders))
    assert isinstance(fault, CameraFault)
    assert (fault.code, fault.is_down, fault.retry_helps) == ("auth", False, False)
    assert len(rig.passwords(kind)) == 1
    assert "salah" not in repr(fault) + repr(fault.data) + fault.safe_message


@pytest.mark.parametrize("kind", SERVED)
@pytest.mark.parametrize("auth", ["basic", "digest"])
async def test_no_password_follows_a_redirect(rig: Rig, folders: Path, kind: str, auth: str) -> None:
    rig.forget()
    fault = await outcome_of(rig.source(kind, f"{auth}_elsewhere", password=PASSWORD), guard_of(folders))
    assert isinstance(fault, CameraFault)
    assert fault.code == "redirect_refused"
    assert rig.strangers == []


@pytest.mark.parametrize("kind", SERVED)
async def test_self_signed_is_refused_and_its_pin_opens(rig: Rig, folders: Path, kind: str) -> None:
    rig.forget()
    guard = guard_of(folders)
    for pin in ("", "0" * 64):
        fault = await outcome_of(rig.source(kind, "basic", password=PASSWORD, tls=True, pin=pin), guard)
        assert isinstance(fault, CameraFault)
        assert fault.code == "tls"
    assert rig.asked(kind, "basic") == 0
    assert rig.passwords(kind) == []
    good = await outcome_of(rig.source(kind, "good", tls=True, pin=rig.tls_sha256), guard)
    assert isinstance(good, Grab), good


@pytest.mark.parametrize("kind", SERVED)
async def test_nobody_listens(folders: Path, kind: str) -> None:
    scheme = "rtsp" if kind == "rtsp" else "http"
    source = CameraSource(kind, f"{scheme}://127.0.0.1:{unused_port()}/x")
    fault = await outcome_of(source, guard_of(folders))
    assert isinstance(fault, CameraFault)
    assert (fault.code, fault.is_down) == ("unreachable", True)


@pytest.mark.parametrize("kind", SERVED)
async def test_an_address_outside_is_asked_nothing(rig: Rig, folders: Path, kind: str) -> None:
    rig.forget()
    source = rig.source(kind, "good")
    for guard in (Guard.parse(["10.0.0.0/8"], "1024-65535"), Guard.parse(["127.0.0.0/8"], "80")):
        fault = await outcome_of(source, guard)
        assert isinstance(fault, CameraFault)
        assert fault.code == "address_refused"
    assert rig.asked(kind, "good") == 0


@pytest.mark.timeout(240)
def test_a_puller_of_all_rows_stays_small(rig: Rig, folders: Path) -> None:
    """All rows three times over in a process of its own, every picture measured: its greatest size ever."""
    jobs = [source_of(rig, kind, row.fault) for kind, row in CASES]
    lines = "\n".join(f"{source.kind} {source.url}" for source in jobs)
    answer = subprocess.run(
        [sys.executable, "-m", "tests.cameras.drivers.puller_process", str(folders)],
        input=lines, capture_output=True, text=True, timeout=175, check=True,
    )  # fmt: skip
    rounds, pictures, peak_kib = (int(word) for word in answer.stdout.split())
    assert rounds == 3
    assert pictures >= sum(1 for kind, row in CASES if row.gives[kind] == PICTURE)  # the rest may have been late
    assert peak_kib < MEMORY_KIB, f"{peak_kib / 1024:.0f} MiB"
