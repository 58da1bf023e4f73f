"""Pictures on a disk of this machine, or on one mounted from elsewhere."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cameras.stores.types import StorageFull, StorageUnreachable, name_make


class DiskStore:
    """Files below a folder. One gets its name only after its bytes are on the disk, so a half one is never listed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, data: bytes, *, suffix: str) -> str:
        """Written beside, brought to the disk, renamed; the folder is brought to the disk as well."""
        name = name_make(suffix)
        path = self._root / name
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
        return name

    def read(self, name: str) -> bytes:
        """The bytes of one file."""
        path = self._path(name)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StorageUnreachable from error

    def delete(self, name: str) -> None:
        """Unlink; a power cut does not bring it back."""
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
            if path.parent.exists():
                _fsync_folder(path.parent)
        except OSError as error:
            raise StorageUnreachable from error

    def listed(self, *, before: datetime) -> Iterator[str]:
        """Every file but drafts, folder by folder."""
        for path in self._files(before):
            if not path.name.startswith("."):
                yield path.relative_to(self._root).as_posix()

    def drafts_forget(self, *, before: datetime) -> int:
        """Drafts of writers that were killed."""
        count = 0
        for path in self._files(before):
            if path.name.startswith(".") and path.name.endswith(".draft"):
                path.unlink(missing_ok=True)
                count += 1
        return count

    def _files(self, before: datetime) -> Iterator[Path]:
        for folder, _folders, files in os.walk(self._root):
            for file in files:
                path = Path(folder) / file
                try:
                    changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                except FileNotFoundError:  # taken away meanwhile
                    continue
                if changed_at < before:
                    yield path

    def _path(self, name: str) -> Path:
        root = self._root.resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise ValueError(name)
        return path


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
