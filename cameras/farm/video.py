"""A scene as H.264, cut into the pieces that RTP carries."""

import base64
import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

from cameras.farm.scene import Image

FRAMES_PER_S = 5
FRAMES = 10
CLOCK_HZ = 90_000
PAYLOAD_TYPE = 96
PACKET_BYTES = 1200
_START = re.compile(rb"\x00\x00\x00?\x01")


@dataclass(frozen=True, slots=True)
class Loop:
    """Some seconds of video, each frame a list of NAL units; the first frame is a key frame with its parameter sets."""

    frames: tuple[tuple[bytes, ...], ...]
    width: int
    height: int

    @property
    def parameter_sets(self) -> str:
        """As SDP wants them (RFC 6184, sprop-parameter-sets)."""
        sets = [unit for unit in self.frames[0] if unit[0] & 0x1F in {7, 8}]
        return ",".join(base64.b64encode(unit).decode() for unit in sets)

    @property
    def profile(self) -> str:
        """profile-level-id: three bytes of the sequence parameter set."""
        return next(unit for unit in self.frames[0] if unit[0] & 0x1F == 7)[1:4].hex()


def loop_encode(picture: Image, *, count: int = FRAMES) -> Loop:
    """Encode the picture with a little sensor noise that changes from frame to frame."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height = picture.shape[1], picture.shape[0]
    context.pix_fmt = "yuv420p"
    context.framerate = Fraction(FRAMES_PER_S)
    context.time_base = Fraction(1, FRAMES_PER_S)
    context.options = {
        "preset": "ultrafast", "tune": "zerolatency", "crf": "20",
        "x264-params": f"keyint={FRAMES}:min-keyint={FRAMES}:scenecut=0:repeat-headers=1",
    }  # fmt: skip
    random = np.random.default_rng(0)
    frames: list[tuple[bytes, ...]] = []
    for number in range(count):
        flicker = random.integers(-2, 3, (picture.shape[0] // 8, picture.shape[1] // 8, 1))
        noisy = picture.astype(np.int16) + np.repeat(np.repeat(flicker, 8, 0), 8, 1)
        frame = av.VideoFrame.from_ndarray(np.clip(noisy, 0, 255).astype(np.uint8), format="bgr24")
        frame.pts = number
        frames += [_units(bytes(packet)) for packet in context.encode(frame)]
    frames += [_units(bytes(packet)) for packet in context.encode(None)]
    return Loop(tuple(frames), context.width, context.height)


def transport_stream(loop: Loop) -> bytes:
    """The same seconds as an MPEG transport stream, as HLS has them."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_S)
        stream.width, stream.height, stream.pix_fmt = loop.width, loop.height, "yuv420p"
        for number, units in enumerate(loop.frames):
            packet = av.Packet(b"".join(b"\x00\x00\x00\x01" + unit for unit in units))
            packet.stream, packet.pts, packet.dts = stream, number, number
            packet.time_base, packet.is_keyframe = Fraction(1, FRAMES_PER_S), number == 0
            container.mux(packet)
    return buffer.getvalue()


def rtp_packets(frame: tuple[bytes, ...], *, sequence: int, timestamp: int, source: int) -> Iterator[bytes]:
    """RTP packets of one frame (RFC 6184: single units, and FU-A for long ones); the last has the marker set."""
    payloads = [payload for unit in frame for payload in _payloads(unit)]
    for index, payload in enumerate(payloads):
        marker = 0x80 if index == len(payloads) - 1 else 0
        head = struct.pack(
            "!BBHII", 0x80, marker | PAYLOAD_TYPE, (sequence + index) & 0xFFFF, timestamp & 0xFFFFFFFF, source
        )
        yield head + payload


def _payloads(unit: bytes) -> Iterator[bytes]:
    if len(unit) <= PACKET_BYTES:
        yield unit
        return
    indicator, kind = (unit[0] & 0xE0) | 28, unit[0] & 0x1F
    for start in range(1, len(unit), PACKET_BYTES):
        flags = (0x80 if start == 1 else 0) | (0x40 if start + PACKET_BYTES >= len(unit) else 0)
        yield bytes((indicator, flags | kind)) + unit[start : start + PACKET_BYTES]


def _units(stream: bytes) -> tuple[bytes, ...]:
    return tuple(unit for unit in _START.split(stream) if unit)
