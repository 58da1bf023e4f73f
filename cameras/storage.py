"""Keeping the bytes of pictures: whole or not at all, and never under a name that a camera can choose."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages

from cameras.stores.disk import DiskStore
from cameras.stores.types import PictureStore, StorageFull, StorageUnreachable

__all__ = ["StorageFull", "StorageUnreachable", "picture_delete", "picture_read", "picture_store", "picture_write"]


def picture_store() -> PictureStore:
    """The deployment's store: the folder `media`, or a bucket where one is set."""
    if "pictures" in settings.STORAGES:
        from cameras.stores.s3 import S3Store  # noqa: PLC0415  # boto3 takes 150 ms, and few need it

        return S3Store(storages["pictures"])
    return DiskStore(Path(settings.MEDIA_ROOT))


def picture_write(data: bytes, *, suffix: str) -> str:
    """Keep `data` and return its path in the store. Raises StorageFull."""
    return picture_store().write(data, suffix=suffix)


def picture_read(relative: str) -> bytes:
    """The bytes; raises FileNotFoundError, StorageUnreachable, ValueError for a path that leads out of the store."""
    return picture_store().read(relative)


def picture_delete(relative: str) -> None:
    """Take the bytes away; repeated, nothing more happens. Raises StorageUnreachable."""
    picture_store().delete(relative)
