"""What the adapters share: events into the spool, and a connection to the exchange that comes back."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from pbx.calls import Calls
from pbx.neutral import NeutralEvent
from pbx.pauses import Pauses
from pbx.spool import Spool

log = logging.getLogger(__name__)

CONNECT_S = 10.0


class LinkBroken(OSError):
    """The exchange closed the connection, went silent, or said something that is not its protocol."""


class LoginRefused(LinkBroken):
    """The exchange does not know this user or password, or does not accept this address."""


class Intake:
    """Takes what a translator says into the spool, then tells the sender. `up` is called after a good login."""

    def __init__(self, spool: Spool, calls: Calls, *, wake: Callable[[], None], pauses: Pauses | None = None) -> None:
        self.calls = calls
        self.pauses = pauses or Pauses()
        self._spool = spool
        self._wake = wake

    def hear(self, translate: Callable[[], Sequence[NeutralEvent]]) -> None:
        """Take what a message means. One that nobody foresaw is left out, loudly, and does not end the others."""
        try:
            events = translate()
        except Exception as error:  # noqa: BLE001  # whatever an exchange sends; its text may hold a number
            log.critical("A MESSAGE WAS NOT UNDERSTOOD and left out: %s", _place(error))
            events = ()
        self.take(events)

    def take(self, events: Sequence[NeutralEvent]) -> None:
        """Keep events and the calls as they are now. Log lines name events, never numbers."""
        changes = self.calls.changes()
        if not events and not changes:
            return
        self._spool.write(events, changes)
        for event in events:
            log.info("%s id=%s", event.event, event.id)
        if events:
            self._wake()

    def up(self, peer: str) -> None:
        """The exchange let us in; the next broken connection is tried again soon."""
        self.pauses.reset()
        log.info("connected to %s", peer)


def _place(error: Exception) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(where.filename).name}:{where.lineno}"


async def keep_up(session: Callable[[], Awaitable[None]], pauses: Pauses) -> None:
    """Run `session` for ever: whenever its connection breaks, again after a growing pause."""
    while True:
        try:
            await session()
        except LoginRefused as error:
            log.error("the exchange refused the login: %s", error)  # the trace tells nothing more
        except (OSError, TimeoutError, EOFError) as error:
            log.warning("no connection to the exchange: %s", str(error) or type(error).__name__)
        else:
            log.warning("the exchange closed the connection")
        pause_s = pauses.grow()
        log.info("next try in %.1f s", pause_s)
        await asyncio.sleep(pause_s)
