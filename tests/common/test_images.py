import io

import pytest
from PIL import Image

from common.images import MAX_BYTES, PictureRefused, header_read


def encoded(width: int, height: int, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (90, 90, 90)).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(("kind", "content_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_good_picture_tells_its_size(kind: str, content_type: str) -> None:
    header = header_read(encoded(640, 360, kind))
    assert (header.format, header.width, header.height, header.content_type) == (kind, 640, 360, content_type)


def test_padding_behind_the_end_is_taken() -> None:
    assert header_read(encoded(64, 64, "JPEG") + b"\r\n\x00\x00").width == 64


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture_empty"),
        (b"<html>login</html>", "picture_not_a_picture"),
        (b"\xff\xd8\xff", "picture_not_a_picture"),
        (encoded(64, 64, "GIF"), "picture_not_a_picture"),
        (encoded(640, 360, "JPEG")[:-200], "picture_truncated"),
        (encoded(640, 360, "PNG")[:-12], "picture_truncated"),
        (encoded(6000, 6000, "PNG"), "picture_too_many_pixels"),
        (b"\xff" * (MAX_BYTES + 1), "picture_too_large"),
    ],
)
def test_what_is_no_usable_picture_is_named(data: bytes, code: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        header_read(data)
    assert refused.value.code == code


def test_an_animated_png_is_refused() -> None:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), (n, n, n)) for n in (0, 255)]
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:])
    with pytest.raises(PictureRefused, match="picture_not_a_picture"):
        header_read(buffer.getvalue())
