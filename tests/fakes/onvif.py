"""An ONVIF device in a loop of its own, for tests that have none."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cameras.farm.onvif import OnvifDevice


@contextmanager
def onvif_device(picture: bytes, **values: Any) -> Iterator[OnvifDevice]:
    """A device that answers until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    device = OnvifDevice(lambda: picture, **values)
    try:
        asyncio.run_coroutine_threadsafe(device.__aenter__(), loop).result(10)
        yield device
        asyncio.run_coroutine_threadsafe(device.__aexit__(None, None, None), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
