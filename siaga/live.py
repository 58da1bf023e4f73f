"""The process that carries live pictures for all web processes of this machine: `python -m siaga.live`.

One of it, so that each camera has one connection however many look at it. It knows no people and no rights, and has no
connection to the database: web processes ask it once they have seen to both.
"""

import asyncio
import os
import signal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "siaga.settings")

from django.conf import settings  # the settings are named first

from cameras.drivers.decoder import DECODER
from cameras.drivers.guard import Guard
from cameras.drivers.live_server import LiveServer
from cameras.drivers.types import GrabLimits


async def serve() -> None:
    """Until a signal comes."""
    ended = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    folder = settings.VAR_DIR / "live"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    guard = Guard.parse(settings.CAMERA_ALLOWED_NETWORKS, settings.CAMERA_ALLOWED_PORTS, settings.CAMERA_FOLDER)
    limits = GrabLimits(total_timeout_s=settings.CAMERA_DEADLINE_S)
    async with LiveServer(folder, guard=guard, limits=limits):
        await ended.wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve())
    finally:
        DECODER.stop()
