"""H.264 out of RTSP into fragments of MP4, without decoding a picture: the work of one job of `rtsp_decoder`.

What leaves here are `messages`; a fragment is one frame.
"""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import av

from cameras.drivers.messages import BEGINNING, FRAGMENT, HEAD, KEY_FRAGMENT

FRAGMENT_BYTES_MAX = 4 * 1024 * 1024
# Only pictures: sound is not even asked for.
OPTIONS = {"rtsp_transport": "tcp", "probesize": "32", "analyzeduration": "1", "allowed_media_types": "video"}
MUX_OPTIONS = {"movflags": "empty_moov+default_base_moof+frag_every_frame+skip_trailer"}
PIXELS_MAX = 25_000_000
UNIT_KIND, SEQUENCE_SET, PICTURE_SET = 0x1F, 7, 8
GAP_MAX_S = 10.0

Packet = Any  # PyAV has no types that hold here
Send = Callable[[bytes, bytes], None]


def remux(url: str, send: Send) -> str:
    """Send messages until the stream ends or `send` raises; the code of the fault that ended it."""
    try:
        with av.open(url, options=OPTIONS) as container:
            if not container.streams.video:
                return "stream_broken"
            stream = container.streams.video[0]
            if stream.codec_context.name != "h264":
                return "codec_unsupported"
            return _remux(container, stream, send)
    except MemoryError:
        return "picture_too_large"
    except (av.FFmpegError, ValueError, IndexError):
        return "stream_broken"


def _remux(container: Any, stream: Any, send: Send) -> str:
    packets = _from_key_frame(container.demux(stream))
    first = next(packets, None)
    if first is None:
        return "stream_broken"
    extra = _parameter_sets(bytes(first)) or bytes(stream.codec_context.extradata or b"")
    if not extra:
        return "stream_broken"
    sink = _Sink()
    with av.open(sink, "w", format="mp4", options=MUX_OPTIONS) as output:
        track = output.add_stream_from_template(stream)
        track.codec_context.extradata = extra
        if track.codec_context.width * track.codec_context.height > PIXELS_MAX:
            return "picture_too_many_pixels"
        output.start_encoding()
        beginning = sink.taken()
        codec = codec_of(beginning)
        if not codec:
            return "stream_broken"
        send(HEAD, json.dumps({"codec": codec}).encode())
        send(BEGINNING, beginning)
        _fragments(output, track, sink, _timed(first, packets, stream.time_base), send)
    return "stream_broken"


def _fragments(output: Any, track: Any, sink: "_Sink", packets: Iterator[Packet], send: Send) -> None:
    """The muxer writes a frame out when the next one is there, since only then it knows how long it lasts."""
    was_key = True
    for packet in packets:
        is_key = packet.is_keyframe
        packet.stream = track
        output.mux(packet)
        if fragment := sink.taken():
            if len(fragment) > FRAGMENT_BYTES_MAX:
                raise ValueError("a frame is too large")
            send(KEY_FRAGMENT if was_key else FRAGMENT, fragment)
        was_key = is_key


def _from_key_frame(packets: Iterator[Packet]) -> Iterator[Packet]:
    has_begun = False
    for packet in packets:
        has_begun = has_begun or (packet.is_keyframe and packet.size > 0)
        if has_begun and packet.size:
            yield packet


def _timed(first: Packet, rest: Iterator[Packet], time_base: Any) -> Iterator[Packet]:
    """From zero on, always forward: cameras set their clocks, and some number their frames badly."""
    gap_max = int(GAP_MAX_S / time_base)
    shift, last, step = None, -1, 1
    for packet in _chain(first, rest):
        told = packet.dts if packet.dts is not None else packet.pts
        later = (packet.pts - told) if packet.pts is not None and told is not None else 0
        if told is None:
            at = last + step
        else:
            shift = told if shift is None else shift
            at = told - shift
            if not last < at <= last + gap_max:
                at = last + step
                shift = told - at
        step = max(1, min(at - last, gap_max)) if last >= 0 else step
        packet.dts, packet.pts, last = at, at + max(0, min(later, gap_max)), at
        yield packet


def _chain(first: Packet, rest: Iterator[Packet]) -> Iterator[Packet]:
    yield first
    yield from rest


def _parameter_sets(frame: bytes) -> bytes:
    """Those that the frame itself carries, which are the ones it was made with."""
    units = [unit.rstrip(b"\0") for unit in frame.split(b"\0\0\1")]
    sets = [unit for unit in units if unit and unit[0] & UNIT_KIND in {SEQUENCE_SET, PICTURE_SET}]
    has_both = {unit[0] & UNIT_KIND for unit in sets} == {SEQUENCE_SET, PICTURE_SET}
    return b"".join(b"\0\0\0\1" + unit for unit in sets) if has_both else b""


def codec_of(beginning: bytes) -> str:
    """The name by which browsers know the profile and level, out of the box `avcC`; empty if there is none."""
    at = beginning.find(b"avcC")
    profile = beginning[at + 5 : at + 8]
    return f"avc1.{profile.hex()}" if at > 0 and len(profile) == 3 else ""


class _Sink(io.RawIOBase):
    """What the muxer wrote since it was last asked."""

    def __init__(self) -> None:
        self._content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._content += content
        return len(content)

    def taken(self) -> bytes:
        found = bytes(self._content)
        self._content.clear()
        return found
