"""What a broken camera sends instead of a picture."""

import gzip
from functools import cache

SOF0 = b"\xff\xc0"
BOMB_MEMBERS = 64


def huge(frame: bytes) -> bytes:
    """A small JPEG that says it has 20000 x 20000 pixels: 1.2 GB for whoever decodes it."""
    at = frame.index(SOF0) + 5
    return frame[:at] + (20_000).to_bytes(2) * 2 + frame[at + 4 :]


@cache
def gzip_bomb() -> bytes:
    """Half a gibibyte of zeros in half a mebibyte."""
    return gzip.compress(bytes(8 * 1024 * 1024)) * BOMB_MEMBERS


def spoilt(body: bytes, fault: str) -> bytes:
    """The bytes that a whole answer of a camera with this fault has."""
    if fault == "empty":
        return b""
    if fault == "garbage":
        return bytes(byte ^ 0x5A for byte in body[:50_000])
    if fault == "truncated":
        return body[: len(body) // 2]
    if fault == "gzip":
        return gzip_bomb()
    if fault == "page":
        return b"<!doctype html><html><body><form>login</form></body></html>"
    return body
