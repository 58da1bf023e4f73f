"""What a camera answers over RTSP, message by message, before libav sees it.

libav follows a redirect to any host. So until the video runs nothing passes that was not read here as libav reads it:
one whole head at a time, with one status and one length. From then on libav follows nothing, and the bytes pass.
"""

import re

from cameras.drivers.types import CameraFault

HEAD_BYTES_MAX = 16 * 1024
HEAD_END = re.compile(rb"\n\r*\n")
STATUS = re.compile(rb"RTSP/1\.0 (\d{3})(?: |\n|$)")
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,6})[ \t]*$", re.IGNORECASE | re.MULTILINE)
LENGTHS = re.compile(rb"^content-length:", re.IGNORECASE | re.MULTILINE)


class Answers:
    """Feed it what the camera sends; it gives what may pass, and knows what the camera said last."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._body_left = 0
        self._passes = False
        self.play_was_asked = False
        self.last_status = 0

    def feed(self, chunk: bytes) -> bytes:
        """What may pass now; raises CameraFault for a redirect and for what is no answer."""
        if self._passes:
            return chunk
        self._buffer += chunk
        passed = bytearray()
        while size := self._next_size():
            passed += self._buffer[:size]
            del self._buffer[:size]
        return bytes(passed)

    def fault(self) -> CameraFault | None:
        """What the camera itself said, which tells more than what libav made of it."""
        if self.last_status in {401, 403}:
            return CameraFault("auth", status=self.last_status)
        if 300 <= self.last_status < 400:
            return CameraFault("redirect_refused")
        return CameraFault("http_status", status=self.last_status) if self.last_status >= 400 else None

    def _next_size(self) -> int:
        """Of the next thing that is all there; 0 if nothing is."""
        if self._passes:
            return len(self._buffer)
        if self._body_left:
            size = min(self._body_left, len(self._buffer))
            self._body_left -= size
            return size
        if self._buffer[:1] == b"$":
            size = 4 + int.from_bytes(self._buffer[2:4])
            return size if len(self._buffer) >= max(4, size) else 0
        end = HEAD_END.search(self._buffer)
        if end is None:
            if len(self._buffer) > HEAD_BYTES_MAX:
                raise CameraFault("stream_broken")
            return 0
        self._head_read(bytes(self._buffer[: end.end()]).replace(b"\r", b""))
        return end.end()

    def _head_read(self, head: bytes) -> None:
        status, lengths = STATUS.match(head), LENGTHS.findall(head)
        length = LENGTH.search(head)
        if status is None or len(lengths) > 1 or bool(lengths) != bool(length):
            raise CameraFault("stream_broken")
        self.last_status = int(status[1])
        if 300 <= self.last_status < 400:
            raise CameraFault("redirect_refused")
        self._body_left = int(length[1]) if length else 0
        self._passes = self.play_was_asked and self.last_status == 200
