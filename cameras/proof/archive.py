"""A ZIP that is sent while it is made: at no time more of it than one file is in memory."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime


class ArchiveStream:
    """Files go in one by one, `drain` gives what can be sent; `files` knows the sum of each."""

    def __init__(self, at: datetime) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", allowZip64=True)
        self._at = (at.year, at.month, at.day, at.hour, at.minute, at.second)
        self.files: dict[str, dict[str, object]] = {}

    def add(self, name: str, data: bytes, *, is_packed: bool = True) -> bytes:
        """Put a file in; what can be sent now. Pictures are packed already."""
        facts = zipfile.ZipInfo(name, self._at)
        facts.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
        facts.external_attr = 0o644 << 16
        self._zip.writestr(facts, data)
        self.files[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        return self._sink.drain()

    def end(self) -> bytes:
        """The directory at its end."""
        self._zip.close()
        return self._sink.drain()


class _Sink(io.RawIOBase):
    """Keeps what was written until it is drained; cannot be wound back, so the ZIP does not try."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]  # bytes or a view of them
        self._parts.append(part)
        self._position += len(part)
        return len(part)

    def tell(self) -> int:
        return self._position

    def drain(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def in_chunks(data: bytes, size: int = 256 * 1024) -> Iterator[bytes]:
    """Pieces of at most `size`."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
