"""One picture from any kind of camera: the table of drivers, and the one more try. Many at once: `puller`."""

import asyncio
import random
from collections.abc import Awaitable
from typing import Protocol

from cameras.drivers.folder import folder_grab
from cameras.drivers.guard import Guard
from cameras.drivers.hls import hls_grab
from cameras.drivers.http import http_grab
from cameras.drivers.onvif import onvif_grab
from cameras.drivers.rtsp import rtsp_grab
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits

RETRY_PAUSE_S = 0.2


class Driver(Protocol):
    """Every driver: one picture or a CameraFault, within the limits."""

    def __call__(self, source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Awaitable[Grab]:
        """Pull one picture."""


DRIVERS: dict[str, Driver] = {
    "http_jpeg": http_grab,
    "mjpeg": http_grab,
    "rtsp": rtsp_grab,
    "hls": hls_grab,
    "folder": folder_grab,
    "onvif": onvif_grab,
}


async def grab(source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Grab:
    """One picture, with one more try where that may help; raises CameraFault."""
    driver = DRIVERS.get(source.kind)
    if driver is None:
        raise CameraFault("kind_unknown")
    try:
        async with asyncio.timeout(limits.total_timeout_s):
            try:
                return await driver(source, guard=guard, limits=limits)
            except CameraFault as fault:
                if not fault.retry_helps:
                    raise
            await asyncio.sleep(RETRY_PAUSE_S * (0.5 + random.random()))  # noqa: S311  # jitter, no secret
            return await driver(source, guard=guard, limits=limits)
    except TimeoutError as error:
        raise CameraFault("timeout") from error
