"""Pictures in an S3-compatible store, by django-storages. A PUT is whole or not at all; the store's answer says so."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile

from cameras.stores.types import StorageFull, StorageUnreachable, name_make

BROKEN = (BotoCoreError, ClientError, OSError)


class S3Store:
    """Objects in one bucket; `storage` is a `storages.backends.s3.S3Storage`."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def write(self, data: bytes, *, suffix: str) -> str:
        """One PUT with the bytes' own checksum."""
        name = name_make(suffix)
        try:
            kept: str = self._storage.save(name, ContentFile(data))
        except BROKEN as error:
            raise StorageFull from error
        return kept

    def read(self, name: str) -> bytes:
        """The object's bytes."""
        _name_check(name)
        try:
            with self._storage.open(name, "rb") as file:
                data: bytes = file.read()
        except FileNotFoundError:
            raise
        except BROKEN as error:
            raise StorageUnreachable from error
        return data

    def delete(self, name: str) -> None:
        """Delete the object; S3 says nothing of one that is not there."""
        _name_check(name)
        try:
            self._storage.delete(name)
        except BROKEN as error:
            raise StorageUnreachable from error

    def listed(self, *, before: datetime) -> Iterator[str]:
        """Page by page."""
        try:
            for item in self._storage.bucket.objects.all():
                if item.last_modified < before:
                    yield str(item.key)
        except BROKEN as error:
            raise StorageUnreachable from error

    def drafts_forget(self, *, before: datetime) -> int:
        """Pictures are smaller than one part, so nothing is ever left half."""
        return 0


def _name_check(name: str) -> None:
    if name.startswith("/") or ".." in name.split("/"):
        raise ValueError(name)
