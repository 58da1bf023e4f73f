"""One camera's newest picture for all who look at it: pulled while somebody asks, and kept nowhere but here."""

import asyncio
from contextlib import suppress
from datetime import datetime

from cameras.drivers.puller import Puller
from cameras.drivers.threads import in_thread
from cameras.drivers.types import CameraFault, CameraSource
from cameras.rules.masked import Masks, masked_jpeg
from common.images import PictureRefused

EVERY_S = 1.0
# Each still of these is a whole conversation with the camera, and the wait for a key frame.
EVERY_S_OF = {"rtsp": 2.0, "hls": 2.0, "onvif": 2.0}
AFTER_FAULT_S = 3.0
ASKED_WITHIN_S = 5.0
FIRST_WAIT_S = 0.3  # those who ask hold a thread of a web process meanwhile


class Stills:
    """Runs while somebody asks."""

    def __init__(self, key: str, source: CameraSource, masks: Masks, *, puller: Puller) -> None:
        self._key, self._source, self._masks, self._puller = key, source, masks, puller
        self._task: asyncio.Task[None] | None = None
        self._asked_s = 0.0
        self._first = asyncio.Event()
        self._latest: tuple[bytes, datetime] | None = None
        self.fault: CameraFault | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody has asked for a while."""
        return self._task is None or self._task.done()

    async def latest(self) -> tuple[bytes, datetime] | None:
        """The newest picture and when it came; None while the first is on its way. Raises CameraFault."""
        self._asked_s = asyncio.get_running_loop().time()
        if self.is_idle:
            self._latest, self.fault = None, None
            self._first.clear()
            self._task = asyncio.create_task(self._run())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._first.wait(), FIRST_WAIT_S)
        if self.fault is not None:
            raise self.fault
        return self._latest

    async def stop(self) -> None:
        """Pull no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while loop.time() - self._asked_s < ASKED_WITHIN_S:
            began_s = loop.time()
            try:
                self._latest, self.fault = await self._pulled(), None
            except CameraFault as fault:
                self._latest, self.fault = None, fault
                if fault.code == "auth":
                    self._first.set()
                    return  # cameras lock accounts
            self._first.set()
            pause_s = AFTER_FAULT_S if self.fault else EVERY_S_OF.get(self._source.kind, EVERY_S)
            await asyncio.sleep(max(0.0, pause_s - (loop.time() - began_s)))
        self._latest = None

    async def _pulled(self) -> tuple[bytes, datetime]:
        grab = await self._puller.grab(self._key, self._source)
        try:
            return await in_thread(lambda: masked_jpeg(grab.data, self._masks)), grab.received_at
        except PictureRefused as refused:
            raise CameraFault(refused.code, message=refused.safe_message % refused.data) from refused
        except TimeoutError as error:
            raise CameraFault("timeout") from error
