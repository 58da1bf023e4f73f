"""Carries the spool to Siaga's webhook, in order, until it has it."""

import asyncio
import logging
import time
from collections.abc import Callable

import aiohttp

from pbx.neutral import BATCH_MAX, body_make
from pbx.pauses import Pauses
from pbx.spool import Spool, Waiting
from pbx.webhook import Later, Malformed, Target, post, session_make

log = logging.getLogger(__name__)


class Sender:
    """Sends what waits in a spool. `wake` tells it that there is more; `run` never ends by itself."""

    def __init__(
        self, spool: Spool, target: Target, *, pauses: Pauses | None = None, now_s: Callable[[], float] = time.time
    ) -> None:
        self._spool = spool
        self._target = target
        self._pauses = pauses or Pauses()
        self._now_s = now_s
        self._more = asyncio.Event()
        self._alone = 0

    def wake(self) -> None:
        """There is something in the spool."""
        self._more.set()

    async def run(self) -> None:
        """Send for ever. Events that Siaga calls malformed are put aside; everything else is tried again."""
        async with session_make() as session:
            while True:
                self._more.clear()
                batch = self._spool.batch(1 if self._alone else BATCH_MAX)
                if batch:
                    await self._try(session, batch)
                else:
                    await self._more.wait()

    async def _try(self, session: aiohttp.ClientSession, batch: list[Waiting]) -> None:
        body = body_make(event.body for event in batch)
        try:
            await post(session, self._target, body, timestamp_s=int(self._now_s()))
        except Malformed as error:
            self._refused(batch, str(error))
        except Later as reason:
            pause_s = self._pauses.grow()
            log.warning("events wait: %s; next try in %.1f s", reason, pause_s)
            await asyncio.sleep(pause_s)
        else:
            self._spool.delivered(batch)
            self._alone = max(0, self._alone - len(batch))
            self._pauses.reset()
            log.info("delivered: %d", len(batch))

    def _refused(self, batch: list[Waiting], reason: str) -> None:
        """One bad event must not hold up the rest: a batch is sent again one by one, a single one is put aside."""
        if len(batch) > 1:
            self._alone = len(batch)
            return
        self._alone = max(0, self._alone - 1)
        self._spool.bury(batch[0], reason=reason)
        log.critical("EVENT REFUSED for good and put aside: id=%s; see the spool's table dead", batch[0].id)
