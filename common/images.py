"""What a picture says of itself, read before anything is decoded.

A 20 KiB PNG can decode to 483 MiB: so the header is checked first, and decoding happens elsewhere, under limits.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from common.errors import TerminalError, gettext_noop

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 25_000_000
CONTENT_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"}
JPEG_END = b"\xff\xd9"
PNG_END = b"IEND\xaeB`\x82"


class PictureRefused(TerminalError):
    """These bytes are no picture that we take; the code says why."""


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """Facts of a picture that was not decoded: `format` is JPEG or PNG, sizes are pixels."""

    format: str
    width: int
    height: int
    content_type: str


def header_read(data: bytes, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> PictureHeader:
    """Check size, kind, dimensions and completeness of `data` without decoding it.

    Raises PictureRefused with one of picture_empty, picture_too_large, picture_not_a_picture,
    picture_too_many_pixels, picture_truncated.
    """
    if not data:
        raise PictureRefused("picture_empty", gettext_noop("The picture is empty."))
    if len(data) > max_bytes:
        raise PictureRefused(
            "picture_too_large",
            gettext_noop("The picture is larger than %(limit_mib)d MiB."),
            {"limit_mib": max_bytes // (1024 * 1024)},
        )
    kind, width, height = _dimensions(data)
    if width * height > max_pixels:
        raise _too_many_pixels(max_pixels)
    if not _is_complete(data, kind):
        raise PictureRefused("picture_truncated", gettext_noop("The picture is cut off before its end."))
    return PictureHeader("PNG" if kind == "PNG" else "JPEG", width, height, CONTENT_TYPES[kind])


def not_a_picture() -> PictureRefused:
    """These bytes are something else, or broken inside."""
    return PictureRefused("picture_not_a_picture", gettext_noop("This is not a JPEG or PNG picture."))


def _too_many_pixels(max_pixels: int) -> PictureRefused:
    return PictureRefused(
        "picture_too_many_pixels",
        gettext_noop("The picture has more than %(limit_mpx)d million pixels."),
        {"limit_mpx": max_pixels // 1_000_000},
    )


def _dimensions(data: bytes) -> tuple[str, int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of bombs; the limit here is lower than its own
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
                kind = picture.format or ""
                width, height = picture.size
                frames = getattr(picture, "n_frames", 1) if kind == "PNG" else 1
    except Image.DecompressionBombError as error:  # Pillow gives up far above our own limit
        raise _too_many_pixels(MAX_PIXELS) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise not_a_picture() from error
    if kind not in CONTENT_TYPES or frames != 1 or width < 1 or height < 1:
        raise not_a_picture()
    return kind, width, height


def _is_complete(data: bytes, kind: str) -> bool:
    # Some cameras pad the end with zeros or a line break; bytes behind that are still "cut off" or something else.
    tail = data[-4096:].rstrip(b"\x00\r\n ")
    return tail.endswith(PNG_END if kind == "PNG" else JPEG_END)
