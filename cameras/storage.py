"""Keeping the bytes of pictures: whole or not at all, and never under a name that a camera can choose."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from common import clock
from common.errors import RetryableError, gettext_noop


class StorageFull(RetryableError):
    """The disk takes no more; intake goes on without the picture."""

    def __init__(self) -> None:
        super().__init__("storage_full", gettext_noop("The picture could not be kept: the disk is full or broken."))


def picture_write(data: bytes, *, suffix: str) -> str:
    """Keep `data` and return its path below the media folder.

    The file gets its name only after its bytes are on the disk, so a half one is never listed. Raises StorageFull.
    """
    relative = Path(f"{clock.now():%Y/%m/%d}") / f"{secrets.token_hex(16)}.{suffix}"
    path = Path(settings.MEDIA_ROOT) / relative
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        _fsync_folder(path.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StorageFull from error
    return str(relative)


def picture_read(relative: str) -> bytes:
    """The bytes; raises FileNotFoundError, ValueError for a path that leads out of the media folder."""
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / relative).resolve()
    if not path.is_relative_to(root):
        raise ValueError(relative)
    return path.read_bytes()


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
