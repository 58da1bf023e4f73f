"""libav follows redirects to any host: whatever a camera sends, and in whatever pieces, none may reach it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.drivers.rtsp_answers import Answers
from cameras.drivers.types import CameraFault

OK = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
DESCRIBED = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 9\r\n\r\nv=0\r\no=- 0"[:-1]
MOVED = b"RTSP/1.0 302 Found\r\nCSeq: 3\r\nLocation: rtsp://10.0.0.9/\r\n\r\n"
FRAME = b"$\x00\x00\x05RTSP/"


def fed(content: bytes, cuts: list[int], *, play: bool = False) -> bytes:
    answers = Answers()
    answers.play_was_asked = play
    passed = b""
    for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
        passed += answers.feed(content[start:end])
    return passed


def cuts_of(content: bytes) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, len(content)), max_size=8).map(sorted)


@given(st.data())
def test_answers_pass_whole_in_whatever_pieces_they_come(data: st.DataObject) -> None:
    content = OK + FRAME + DESCRIBED + FRAME + OK
    assert fed(content, data.draw(cuts_of(content))) == content


@given(st.data())
def test_no_byte_of_a_redirect_passes(data: st.DataObject) -> None:
    content = OK + DESCRIBED + MOVED
    cuts = data.draw(cuts_of(content))
    with pytest.raises(CameraFault, match="redirect_refused"):
        fed(content, cuts)
    answers, passed = Answers(), b""
    for byte in content:
        piece = bytes([byte])
        if len(passed) == len(OK + DESCRIBED) and answers.last_status != 200:
            break
        with suppress(CameraFault):
            passed += answers.feed(piece)
    assert passed == OK + DESCRIBED
    fault = answers.fault()
    assert fault is not None
    assert fault.code == "redirect_refused"


@pytest.mark.parametrize(
    "smuggled",
    [
        b"RTSP/1.0  302 Found\r\n\r\n",
        b"RTSP/1.0\t302 Found\r\n\r\n",
        b"RTSP/2.0 302 Found\r\n\r\n",
        b"RTSP/1.0 +302 Found\r\n\r\n",
        b"RTSP/1.0 0302 Found\r\n\r\n",
        b"\r\nRTSP/1.0 302 Found\r\n\r\n",
        b"x" + MOVED,
        b"RTSP/1.0 3\r02 Found\r\n\r\n",
        MOVED.replace(b"\r\n", b"\n"),
        b"RTSP/1.0 200 OK\r\nContent-Length: 0\r\nContent-Length: 70\r\n\r\n" + MOVED,
        b"RTSP/1.0 200 OK\r\nContent-Length: 0x40\r\n\r\n" + MOVED,
        b"RTSP/1.0 200 OK\r\nContent-Length: -4\r\n\r\n" + MOVED,
        b"RTSP/1.0 200 OK\r\ncontent-length : 4\r\n\r\n" + MOVED,
        b"RTSP/1.0 200 OK\n\r\r\n" + MOVED,
        FRAME + MOVED,
        b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * 4000,
    ],
)
def test_odd_spellings_of_a_redirect_end_the_conversation(smuggled: bytes) -> None:
    with pytest.raises(CameraFault, match=r"redirect_refused|stream_broken"):
        fed(OK + smuggled, [])


def test_what_hides_in_a_frame_that_never_ends_is_held_back() -> None:
    assert fed(OK + b"$" + MOVED, []) == OK


def test_once_the_video_runs_bytes_are_bytes() -> None:
    assert fed(OK + b"junk \x00 RTSP/1.0 302 x\r\n\r\n", [], play=True).endswith(b"\r\n\r\n")
    answers = Answers()
    answers.feed(b"RTSP/1.0 401 Unauthorized\r\n\r\n")
    fault = answers.fault()
    assert fault is not None
    assert fault.code == "auth"
