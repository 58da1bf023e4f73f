"""The process that decodes video: `python -m cameras.drivers.rtsp_decoder SOCKET`.

PyAV's own timeouts do not hold (a stream without a key frame never returns), and a broken stream may take any memory.
So libav is loaded once here, and every job runs in a fork with limits that the kernel keeps: an alarm that ends it, a
CPU and a memory limit. The process ends when its standard input closes, which is when its owner ends.
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
from pathlib import Path
from typing import Any, cast

import av

CPU_S = 8
MEMORY_BYTES = 1024 * 1024 * 1024
JPEG_QUALITY = 90
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
    """One picture; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    file = connection.makefile("rwb")
    request: dict[str, Any] = json.loads(file.readline())
    signal.setitimer(signal.ITIMER_REAL, request["timeout_s"])
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    code, picture = _picture(request["url"])
    head = json.dumps({"fault": code}).encode()
    file.write(struct.pack("!II", len(head), len(picture)) + head + picture)
    file.flush()
    os._exit(0)


def _picture(url: str) -> tuple[str, bytes]:
    try:
        with av.open(url, options=OPTIONS) as container:
            stream = container.streams.video[0]
            stream.codec_context.skip_frame = "NONKEY"
            stream.codec_context.thread_count = 1
            for frame in container.decode(stream):
                buffer = io.BytesIO()
                image = cast("Any", frame).to_image()  # PyAV gives it no types
                image.save(buffer, "JPEG", quality=JPEG_QUALITY)
                return "", buffer.getvalue()
    except MemoryError:
        return "picture_too_large", b""
    except (av.FFmpegError, OSError, ValueError, IndexError):
        return "stream_broken", b""
    return "stream_broken", b""


if __name__ == "__main__":
    main(sys.argv[1])
