"""The process that decodes video: `python -m cameras.drivers.rtsp_decoder SOCKET`.

PyAV's own timeouts do not hold (a stream without a key frame never returns), and a broken stream may take any memory.
So libav is loaded once here, and every job runs in a fork with limits that the kernel keeps: an alarm that ends it, a
CPU and a memory limit. A job gives one picture, or video until its owner hangs up (`remux`). The process ends when its
standard input closes, which is when its owner ends.
"""

import io
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import av

from cameras.drivers.messages import END, message
from cameras.drivers.remux import remux

CPU_S = 8
CPU_OF_VIDEO_S = 600  # a frame takes about a millisecond: hours
MEMORY_BYTES = 1024 * 1024 * 1024
JPEG_QUALITY = 90
PIXELS_MAX = 25_000_000
CONTAINERS = {"mpegts", "mov"}
OPTIONS = {"rtsp_transport": "tcp", "probesize": "32", "analyzeduration": "1"}


def main(path: str) -> None:
    """Listen, and fork for every connection."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the children
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(128)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        readable, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in readable:
            Path(path).unlink()
            os.killpg(0, signal.SIGKILL)  # itself and every job: they are a process group of their own
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _job(connection)
        connection.close()


def _job(connection: socket.socket) -> None:
    """One picture, or video; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    file = connection.makefile("rwb")
    request: dict[str, Any] = json.loads(file.readline())
    signal.setitimer(signal.ITIMER_REAL, request["timeout_s"])
    cpu_s = CPU_OF_VIDEO_S if "video" in request else CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    if "video" in request:
        _video(request, file)
    code, picture = _picture_of_url(request["url"]) if "url" in request else _picture_of_bytes(request, file)
    head = json.dumps({"fault": code}).encode()
    file.write(struct.pack("!II", len(head), len(picture)) + head + picture)
    file.flush()
    os._exit(0)


def _video(request: dict[str, Any], file: io.BufferedRWPair) -> NoReturn:
    """Fragments as they come; a stream that is silent for `timeout_s`, or an owner that takes nothing, ends it."""

    def send(kind: bytes, content: bytes) -> None:
        signal.setitimer(signal.ITIMER_REAL, request["timeout_s"])
        file.write(message(kind, content))
        file.flush()

    with suppress(OSError):  # the owner has hung up
        send(END, json.dumps({"fault": remux(request["video"], send)}).encode())
    os._exit(0)


def _picture_of_url(url: str) -> tuple[str, bytes]:
    return _picture(lambda: av.open(url, options=OPTIONS))


def _picture_of_bytes(request: dict[str, Any], file: io.BufferedRWPair) -> tuple[str, bytes]:
    """The demuxer is named and may open nothing: what a playlist or a track reference says is not followed."""
    video = file.read(request["byte_count"])
    if request["container"] not in CONTAINERS:
        return "stream_broken", b""
    closed = {"protocol_whitelist": "none"}
    return _picture(lambda: av.open(io.BytesIO(video), format=request["container"], options=closed))


def _picture(opened: Callable[[], Any]) -> tuple[str, bytes]:
    try:
        with opened() as container:
            return _key_frame(container)
    except MemoryError:
        return "picture_too_large", b""
    except (av.FFmpegError, OSError, ValueError, IndexError):
        return "stream_broken", b""


def _key_frame(container: Any) -> tuple[str, bytes]:
    stream = container.streams.video[0]
    context = stream.codec_context
    if context.width * context.height > PIXELS_MAX:
        return "picture_too_many_pixels", b""
    context.skip_frame = "NONKEY"
    context.thread_count = 1
    for frame in container.decode(stream):
        if frame.width * frame.height > PIXELS_MAX:
            return "picture_too_many_pixels", b""
        if frame.is_corrupt:  # half a key frame, the rest made up; of a live stream the next one may be whole
            continue
        buffer = io.BytesIO()
        frame.to_image().save(buffer, "JPEG", quality=JPEG_QUALITY)
        return "", buffer.getvalue()
    return "stream_broken", b""


if __name__ == "__main__":
    main(sys.argv[1])
