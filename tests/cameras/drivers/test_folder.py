"""Folders: the newest picture and no other file of this machine."""

import asyncio
import ctypes
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cameras.drivers import folder as folder_driver
from cameras.drivers.folder import folder_grab
from cameras.drivers.guard import Guard
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from tests.cameras.drivers.test_http import GOOD, jpeg

LIMITS = GrabLimits(total_timeout_s=2.0)
NOBODY = 65_534


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root/gate").mkdir(parents=True)
    return tmp_path / "root"


async def pull(root: Path, name: str = "gate", limits: GrabLimits = LIMITS) -> Grab:
    guard = Guard.parse([], "80", str(root))
    return await folder_grab(CameraSource("folder", f"folder:{name}"), guard=guard, limits=limits)


async def code_of(root: Path, name: str = "gate", limits: GrabLimits = LIMITS) -> str:
    with pytest.raises(CameraFault) as caught:
        await pull(root, name, limits)
    assert caught.value.safe_message
    return caught.value.code


def write(path: Path, data: bytes = GOOD, *, age_s: float = 0) -> None:
    path.write_bytes(data)
    os.utime(path, (time.time() - age_s,) * 2)


async def test_the_newest_picture_is_kept_byte_for_byte(root: Path) -> None:
    write(root / "gate/a.jpg", jpeg(64, 36), age_s=40)
    write(root / "gate/b.JPG", age_s=20)
    write(root / "gate/.c.jpg", b"half", age_s=1)  # a draft
    write(root / "gate/d.txt", b"notes")
    (root / "gate/e.jpg").mkdir()
    got = await pull(root)
    assert got.data == GOOD
    assert got.is_original
    assert got.requested_at <= got.first_byte_at <= got.received_at


async def test_no_link_is_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    write(outside / "secret.jpg")
    (root / "gate/link.jpg").symlink_to(outside / "secret.jpg")
    assert await code_of(root) == "folder_empty"
    (root / "way").symlink_to(outside)
    assert await code_of(root, "way") == "folder_missing"
    (root / "up").mkdir()
    (root / "up/way").symlink_to("..")
    assert await code_of(root, "up/way") == "folder_missing"
    (root / "hard").mkdir()
    for name in ("folder:../outside", "folder:/etc", "folder:gate/.."):
        with pytest.raises(CameraFault, match="address_refused"):
            await folder_grab(CameraSource("folder", name), guard=Guard.parse([], "80", str(root)), limits=LIMITS)


async def test_a_pipe_does_not_hang(root: Path) -> None:
    os.mkfifo(root / "gate/pipe.jpg")
    assert await code_of(root) == "folder_empty"


async def test_a_file_that_becomes_a_link_or_a_pipe_after_the_listing_is_refused(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the listing and the opening somebody changes the file."""
    found = folder_driver._newest_name
    secret = tmp_path / "secret.jpg"
    write(secret)

    def swapped(make: Callable[[Path], Any]) -> Callable[[int], str]:
        def name(descriptor: int) -> str:
            newest = found(descriptor)
            (root / "gate" / newest).unlink()
            make(root / "gate" / newest)
            return newest

        return name

    for make in (lambda path: path.symlink_to(secret), os.mkfifo, lambda path: None):
        for path in (root / "gate").iterdir():
            path.unlink()
        write(root / "gate/a.jpg")
        monkeypatch.setattr(folder_driver, "_newest_name", swapped(make))
        assert await code_of(root) == "picture_unreadable"


async def test_nothing_there_and_nothing_readable(root: Path) -> None:
    assert await code_of(root) == "folder_empty"
    assert await code_of(root, "other") == "folder_missing"
    write(root / "file.jpg")
    assert await code_of(root, "file.jpg") == "folder_missing"
    assert await code_of(root.parent / "none") == "folder_missing"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may read less")
async def test_what_may_not_be_read_is_said(root: Path) -> None:
    for path in (root, *root.parents):
        if path.owner() == "root" and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
    write(root / "gate/a.jpg")
    (root / "gate/a.jpg").chmod(0)
    libc = ctypes.CDLL(None)
    libc.setfsuid(NOBODY)  # of this thread and those that it starts
    try:
        assert await code_of(root) == "picture_unreadable"
        libc.setfsuid(0)
        (root / "gate").chmod(0)
        libc.setfsuid(NOBODY)
        assert await code_of(root) == "folder_missing"
    finally:
        libc.setfsuid(0)
        (root / "gate").chmod(0o755)


async def test_an_old_picture_does_not_pass_for_the_present(root: Path) -> None:
    write(root / "gate/a.jpg", age_s=400)
    assert await code_of(root) == "picture_stale"
    assert (await pull(root, limits=GrabLimits(picture_age_max_s=1000))).data == GOOD


async def test_a_large_file_and_a_full_folder_are_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root / "gate/a.jpg")
    os.truncate(root / "gate/a.jpg", 9 * 1024 * 1024)
    assert await code_of(root) == "picture_too_large"
    monkeypatch.setattr(folder_driver, "FILES_MAX", 3)
    for number in range(4):
        write(root / f"gate/{number}.txt", b"")
    assert await code_of(root) == "folder_full"


async def test_a_folder_that_hangs_is_left_alone_at_the_deadline(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a network folder does whose server is away."""
    monkeypatch.setattr(folder_driver, "_newest", lambda *_: time.sleep(4))
    began = asyncio.get_running_loop().time()
    assert await code_of(root, limits=GrabLimits(total_timeout_s=0.3)) == "timeout"
    assert asyncio.get_running_loop().time() - began < 3
