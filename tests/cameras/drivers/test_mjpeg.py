"""The first whole picture of a stream, in whatever pieces it comes."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cameras.drivers.mjpeg import FirstPart


def jpeg(*, progressive: bool = False, restart: bool = False, thumbnail: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    more = {"exif": b"Exif\x00\x00" + thumbnail} if thumbnail else {}
    Image.effect_noise((96, 64), 70).convert("RGB").save(
        buffer, "JPEG", quality=85, progressive=progressive, restart_marker_rows=1 if restart else 0, **more
    )
    return buffer.getvalue()


SMALL = jpeg()
KINDS = {
    "plain": SMALL, "progressive": jpeg(progressive=True), "restarts": jpeg(restart=True),
    "thumbnail": jpeg(thumbnail=SMALL),
}  # fmt: skip


def found(stream: bytes, cuts: list[int]) -> bytes | None:
    part, result = FirstPart(), None
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        result = result or part.feed(stream[start:end])
    return result


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("head", ["length", "boundary", "none", "junk"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_first_picture_is_found_whole(kind: str, head: str, data: st.DataObject) -> None:
    picture = KINDS[kind]
    length = f"Content-Length: {len(picture)}\r\n" if head == "length" else ""
    before = {"none": b"", "junk": b"\x00\xff\xd7 junk"}.get(head, f"--b\r\nX: y\r\n{length}\r\n".encode())
    stream = (before + picture + (b"\r\n" if head in {"length", "boundary"} else b"")) * 2 + b"\r\n--b\r\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    assert found(stream, cuts) == picture


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3000), st.integers(1, 700))
def test_no_stream_breaks_it(noise: bytes, size: int) -> None:
    for before in (b"", b"\xff\xd8", b"\xff\xd8\xff\xda\x00\x02", b"Content-Length: 99999999\r\n\r\n\xff\xd8"):
        part = FirstPart()
        stream = before + noise
        for start in range(0, len(stream), size):
            part.feed(stream[start : start + size])
        assert part.byte_count == len(stream)


def test_a_stream_without_a_picture_is_looked_at_once() -> None:
    """Two mebibytes in tiny pieces: looking at all of it again each time would take minutes."""
    for before in (b"", b"\xff\xd8\xff\xda\x00\x02", b"--b\r\n\r\n\xff\xd8"):
        part = FirstPart()
        part.feed(before)
        for _ in range(2 * 1024 * 1024 // 64):
            assert part.feed(bytes(64)) is None
