"""What the adapters share: events into the spool, and a connection to the exchange that comes back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

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
