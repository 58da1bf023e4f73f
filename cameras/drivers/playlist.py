"""Reading HLS playlists (RFC 8216) of a camera: which one has the pictures, and what its newest piece is."""

import re
from dataclasses import dataclass

from cameras.drivers.types import CameraFault

LINES_MAX = 5000
# A piece of some ten seconds must stay below what one pull may read.
SEGMENT_S = 10
ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)')


@dataclass(frozen=True, slots=True)
class Key:
    """How a piece is encrypted (AES-128 in CBC mode, the whole piece): where its key is, and its first vector."""

    uri: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """The newest piece of video; `head` is what every piece of fragmented MP4 needs before it."""

    uri: str
    head: str = ""
    key: Key | None = None


def lines_read(data: bytes) -> list[str]:
    """The lines that say something; raises CameraFault `playlist_broken` for what is no playlist."""
    try:
        lines = [line.strip() for line in data.decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError as error:
        raise CameraFault("playlist_broken") from error
    if not lines or lines[0] != "#EXTM3U" or len(lines) > LINES_MAX:
        raise CameraFault("playlist_broken")
    if any("{$" in line or line.startswith("#EXT-X-DEFINE") for line in lines):
        raise CameraFault("playlist_broken")  # addresses made of variables: nothing that a camera needs
    return [line for line in lines[1:] if line]


def variant_uri(lines: list[str], *, max_bytes: int) -> str | None:
    """The best playlist of a master whose pieces are not too large; None if this is no master."""
    variants = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("#EXT-X-STREAM-INF:"):
            width = attributes(line).get("BANDWIDTH", "0")
            if not after or after.startswith("#"):
                raise CameraFault("playlist_broken")
            variants.append((int(width) if width.isdecimal() and len(width) < 12 else 0, after))
    if not variants:
        return None
    fitting = [one for one in variants if one[0] * SEGMENT_S / 8 <= max_bytes]
    return max(fitting)[1] if fitting else min(variants)[1]


def newest_piece(lines: list[str]) -> Piece:
    """The last piece of a media playlist; raises CameraFault `playlist_broken`."""
    number, head, key = 0, "", ""
    newest: Piece | None = None
    for line in lines:
        if line.startswith("#EXT-X-MEDIA-SEQUENCE:"):
            number = _whole(line.partition(":")[2])
        elif line.startswith("#EXT-X-MAP:"):
            head = _head_uri(line)
        elif line.startswith("#EXT-X-KEY:"):
            key = line
        elif line.startswith("#EXT-X-BYTERANGE"):
            raise CameraFault("playlist_broken")  # pieces of one long file: recordings, not a live camera
        elif not line.startswith("#"):
            newest = Piece(line, head, _key(key, number))
            number += 1
    if newest is None:
        raise CameraFault("playlist_broken")
    return newest


def attributes(line: str) -> dict[str, str]:
    """NAME=value and NAME="value" of a tag."""
    return {name: value.strip('"') for name, value in ATTRIBUTE.findall(line.partition(":")[2])}


def _head_uri(line: str) -> str:
    found = attributes(line)
    if not found.get("URI") or "BYTERANGE" in found:
        raise CameraFault("playlist_broken")
    return found["URI"]


def _key(line: str, number: int) -> Key | None:
    found = attributes(line)
    method = found.get("METHOD", "NONE")
    if method == "NONE":
        return None
    vector = found.get("IV", f"0x{number:032x}")
    if method != "AES-128" or not found.get("URI") or not re.fullmatch(r"0[xX][0-9a-fA-F]{32}", vector):
        raise CameraFault("playlist_broken")
    return Key(found["URI"], bytes.fromhex(vector[2:]))


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 18:
        raise CameraFault("playlist_broken")
    return int(text)
