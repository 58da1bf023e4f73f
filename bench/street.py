"""Simulated HTTP cameras in a process of their own: `python -m bench.street PORT`, ended with its standard input.

Any loopback address is a camera's: /g/N gives a picture of scene N with fresh noise, /b/hang nothing, /b/404 and
/b/half what the names say. Frames are drawn before it says "ready", so that serving costs next to nothing.
"""

import asyncio
import sys
from contextlib import suppress

import numpy as np

from cameras.farm.config import SceneSpec
from cameras.farm.scene import jpeg_of, scene_make

SCENES, VARIANTS = 6, 4


def frames_make() -> list[list[bytes]]:
    """For each scene some pictures that differ by their sensor's noise."""
    random = np.random.default_rng(7)
    made = []
    for seed in range(SCENES):
        scene = scene_make(SceneSpec(seed=seed)).astype(np.int16)
        noisy = [scene + random.normal(0, 3, scene.shape).astype(np.int16) for _ in range(VARIANTS)]
        made.append([jpeg_of(np.clip(one, 0, 255).astype(np.uint8)) for one in noisy])
    return made


class Street:
    """Answers one request after another on each connection, as cameras with keep-alive do."""

    def __init__(self) -> None:
        self._frames = frames_make()
        self._count = 0

    async def accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the other side leaves."""
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                _, kind, name = head.split(b" ", 2)[1].decode().split("/")
                if name == "hang":
                    await asyncio.sleep(3600)
                await self._answer(writer, kind, name)
        writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, kind: str, name: str) -> None:
        if kind == "b" and name == "404":
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        else:
            self._count += 1
            number = int(name) if kind == "g" else 0
            body = self._frames[number % SCENES][self._count % VARIANTS]
            body = body[: len(body) // 2] if name == "half" else body
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            writer.write(body)
        await writer.drain()


async def _serve(port: int) -> None:
    street = Street()
    server = await asyncio.start_server(street.accepted, "0.0.0.0", port, backlog=512)  # each loopback address
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
