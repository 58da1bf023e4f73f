"""Carries the spool to Siaga's webhook, in order, until it has it."""

import asyncio
import json
import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from pbx.neutral import BATCH_MAX, body_make, sign
from pbx.pauses import Pauses
from pbx.spool import Spool, Waiting

log = logging.getLogger(__name__)

TIMEOUT_S = 15.0
ANSWER_BYTES = 64 * 1024
REASON_CHARS = 400


@dataclass(frozen=True, slots=True)
class Target:
    """Where events go: the webhook's address, the secret shared with it, and whom to trust for TLS."""

    url: str
    secret: str
    tls: ssl.SSLContext | None = None


class Later(Exception):  # not an error: a reason to come again
    """Siaga does not take the events now; its text says why."""


class Malformed(Exception):
    """Siaga says that the request will never be right; its text is Siaga's reason."""


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
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
            while True:
                self._more.clear()
                batch = self._spool.batch(1 if self._alone else BATCH_MAX)
                if batch:
                    await self._try(session, batch)
                else:
                    await self._more.wait()

    async def _try(self, session: aiohttp.ClientSession, batch: list[Waiting]) -> None:
        try:
            await self._post(session, batch)
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

    async def _post(self, session: aiohttp.ClientSession, batch: list[Waiting]) -> None:
        """One request; raises Later or Malformed."""
        body = body_make(event.body for event in batch)
        timestamp_s = int(self._now_s())
        headers = {
            "Content-Type": "application/json",
            "X-Siaga-Timestamp": str(timestamp_s),
            "X-Siaga-Signature": sign(self._target.secret, timestamp_s, body),
        }
        tls: ssl.SSLContext | bool = self._target.tls or True
        try:
            async with session.post(
                self._target.url, data=body, headers=headers, ssl=tls, allow_redirects=False
            ) as response:
                answer = await response.content.read(ANSWER_BYTES)
                _judge(response.status, answer)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Later(f"Siaga cannot be reached ({type(error).__name__})") from error


def _judge(status: int, answer: bytes) -> None:
    """Nothing when Siaga has the events; raises Later or Malformed."""
    if 200 <= status < 300:
        if not _is_receipt(answer):  # a proxy's page, or another site
            raise Later(f"HTTP {status} without a receipt: is this the webhook's address?")
        return
    if status == 400:
        raise Malformed(answer.decode(errors="replace")[:REASON_CHARS])
    if status in {401, 403}:
        raise Later(f"HTTP {status}: the secret is not that of the link, or the clocks differ")
    if status == 404 or 300 <= status < 400:
        raise Later(f"HTTP {status}: is this the webhook's address, and is the link switched on?")
    raise Later(f"HTTP {status}")


def _is_receipt(answer: bytes) -> bool:
    try:
        receipt = json.loads(answer)
    except ValueError:
        return False
    return isinstance(receipt, dict) and isinstance(receipt.get("accepted"), int)
