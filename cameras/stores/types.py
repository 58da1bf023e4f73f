"""What every store does. Nothing here knows of rows."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from common import clock
from common.errors import RetryableError, gettext_noop


class StorageFull(RetryableError):
    """The store takes no more; intake goes on without the picture."""

    def __init__(self) -> None:
        super().__init__("storage_full", gettext_noop("The picture could not be kept: the disk is full or broken."))


class StorageUnreachable(RetryableError):
    """The store does not answer."""

    def __init__(self) -> None:
        super().__init__("storage_unreachable", gettext_noop("The store of the pictures does not answer."))


class PictureStore(Protocol):
    """Bytes under names that no camera chooses: whole or not at all."""

    def write(self, data: bytes, *, suffix: str) -> str:
        """Keep `data`, durably, and return its name. Raises StorageFull."""

    def read(self, name: str) -> bytes:
        """The bytes; raises FileNotFoundError, StorageUnreachable, ValueError for a name that leads elsewhere."""

    def delete(self, name: str) -> None:
        """Take the bytes away; nothing happens where there are none. Raises StorageUnreachable."""

    def listed(self, *, before: datetime) -> Iterator[str]:
        """Names of all that was whole before a moment."""

    def drafts_forget(self, *, before: datetime) -> int:
        """Remove what was begun before a moment and never became whole; returns how many."""


def name_make(suffix: str) -> str:
    """A new name: the day, and what cannot be guessed."""
    return f"{clock.now():%Y/%m/%d}/{secrets.token_hex(16)}.{suffix}"
