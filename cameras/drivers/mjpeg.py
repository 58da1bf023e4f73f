"""Finding the first whole picture in a stream of them, looking at every byte once however small the pieces are."""

import re

START, END = b"\xff\xd8", b"\xff\xd9"
LENGTH = re.compile(rb"content-length:\s*(\d{1,9})", re.IGNORECASE)
# In the picture's own data FF is followed by 00 or a restart mark; anything else ends this part of it.
SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
MARK, SCAN = 0xFF, 0xDA
HEADER_BYTES = 4096


class FirstPart:
    """Feed it pieces until it gives a JPEG: by its declared length, else up to the boundary, else by its marks."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._start = -1
        self._next = 0
        self._end = 0
        self._boundary = b""
        self._is_in_scan = False

    @property
    def byte_count(self) -> int:
        """What was fed so far."""
        return len(self._buffer)

    def feed(self, piece: bytes) -> bytes | None:
        """The picture, once it is all there."""
        self._buffer += piece
        if self._start < 0 and not self._begin():
            return None
        end = self._end or (self._by_boundary() if self._boundary else self._by_marks())
        return bytes(self._buffer[self._start : end]) if 0 < end <= len(self._buffer) else None

    def _begin(self) -> bool:
        self._start = self._buffer.find(START, self._next)
        if self._start < 0:
            self._next = max(0, len(self._buffer) - 1)
            return False
        header = bytes(self._buffer[max(0, self._start - HEADER_BYTES) : self._start])
        if length := LENGTH.search(header):
            self._end = self._start + int(length[1])
        elif boundary := header.partition(b"--")[2].split(b"\r\n")[0]:
            self._boundary = b"\r\n--" + boundary
        self._next = self._start + len(START)
        return True

    def _by_boundary(self) -> int:
        end = self._buffer.find(self._boundary, self._next)
        self._next = max(self._next, len(self._buffer) - len(self._boundary))
        return end

    def _by_marks(self) -> int:
        """A thumbnail inside the picture is not its end."""
        buffer = self._buffer
        while self._next + 2 <= len(buffer):
            if self._is_in_scan:
                found = SCAN_END.search(buffer, self._next)
                if found is None:
                    self._next = max(self._next, len(buffer) - 1)
                    return -1
                self._next, self._is_in_scan = found.start(), False
            if buffer[self._next : self._next + 2] == END:
                return self._next + 2
            if self._next + 4 > len(buffer) or buffer[self._next] != MARK:
                return -1
            self._is_in_scan = buffer[self._next + 1] == SCAN
            self._next += 2 + int.from_bytes(buffer[self._next + 2 : self._next + 4])
        return -1
