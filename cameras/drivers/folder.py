"""The newest picture of a folder that cameras or a recorder write into.

Below the deployment's folder no link is followed, and only plain files are opened: a pipe would hang, a link could lead
to any file of this machine.
"""

import asyncio
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from cameras.drivers.guard import FOLDER, Guard
from cameras.drivers.threads import in_thread
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits, grab_make
from common import clock
from common.images import PictureRefused

SUFFIXES = (".jpg", ".jpeg", ".png")
FILES_MAX = 20_000
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class _Found:
    data: bytes
    written_at: datetime


async def folder_grab(source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Grab:
    """One picture; raises CameraFault. A folder on a network that hangs is left alone at the deadline."""
    guard.url_check(source.kind, source.url)
    requested_at = clock.now()
    parts = source.url.removeprefix(FOLDER).split("/")
    try:
        async with asyncio.timeout(limits.total_timeout_s):
            found = await in_thread(lambda: _newest(guard.folder, parts, limits.max_bytes))
        if (requested_at - found.written_at).total_seconds() > limits.picture_age_max_s:
            raise CameraFault("picture_stale")  # yesterday's street must not pass for the present one
        received_at = clock.now()
        return grab_make(found.data, requested_at=requested_at, first_byte_at=received_at, received_at=received_at)
    except PictureRefused as error:
        raise CameraFault(error.code, message=error.safe_message % error.data) from error
    except TimeoutError as error:
        raise CameraFault("timeout") from error


def _newest(root: str, parts: list[str], max_bytes: int) -> _Found:
    folder = _folder_open(root, parts)
    try:
        name = _newest_name(folder)
        return _read(folder, name, max_bytes)
    finally:
        os.close(folder)


def _folder_open(root: str, parts: list[str]) -> int:
    """Step by step, so that no link on the way is followed even if it was put there a moment ago."""
    folder = -1
    try:
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        for part in parts:
            below = os.open(part, _FOLDER_FLAGS, dir_fd=folder)
            os.close(folder)
            folder = below
    except OSError as error:
        if folder >= 0:
            os.close(folder)
        raise CameraFault("folder_missing") from error
    return folder


def _newest_name(folder: int) -> str:
    try:
        with os.scandir(folder) as listing:
            entries = list(islice(listing, FILES_MAX + 1))
    except OSError as error:
        raise CameraFault("folder_missing") from error
    if len(entries) > FILES_MAX:  # nobody clears it: what is newest can no longer be said in time
        raise CameraFault("folder_full")
    pictures = [found for entry in entries if (found := _picture_age(entry, folder))]
    if not pictures:
        raise CameraFault("folder_empty")
    return max(pictures)[1]


def _picture_age(entry: os.DirEntry[str], folder: int) -> tuple[int, str] | None:
    """When it was written, and its name; None for what is no plain picture file. Drafts begin with a dot."""
    if entry.name.startswith(".") or not entry.name.lower().endswith(SUFFIXES):
        return None
    with suppress(OSError):  # gone meanwhile
        facts = os.stat(entry.name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISREG(facts.st_mode):
            return facts.st_mtime_ns, entry.name
    return None


def _read(folder: int, name: str, max_bytes: int) -> _Found:
    try:
        descriptor = os.open(name, _FILE_FLAGS, dir_fd=folder)
        with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor, not a path
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                raise CameraFault("picture_unreadable")
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise CameraFault("picture_unreadable") from error
    if len(data) > max_bytes:
        raise CameraFault("picture_too_large")
    return _Found(data, datetime.fromtimestamp(facts.st_mtime, UTC))
