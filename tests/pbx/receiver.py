"""A webhook of our own: checks the signature, keeps what it takes, and fails when told to."""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from pbx.neutral import SignatureInvalid, verify

SECRET = "a secret of the tests, shared by both"
WAIT_S = 60.0


class Receiver:
    """Takes events as Siaga does. `fail` holds statuses to answer first; `poison` events make a request malformed."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.repeated = 0
        self.batches: list[int] = []
        self.tries = 0
        self.fail: deque[int] = deque()
        self.down = 0
        self.poison: Callable[[dict[str, Any]], bool] = lambda event: False
        self._changed = asyncio.Condition()

    async def handle(self, request: web.Request) -> web.Response:
        """One request of an adapter."""
        body = await request.read()
        async with self._changed:
            self.tries += 1
            self._changed.notify_all()
            return self._answer(request, body)

    def _answer(self, request: web.Request, body: bytes) -> web.Response:
        if self.down or self.fail:
            return web.Response(status=self.down or self.fail.popleft(), text="not now")
        try:
            verify(
                SECRET,
                timestamp=request.headers.get("X-Siaga-Timestamp", ""),
                signature=request.headers.get("X-Siaga-Signature", ""),
                body=body,
                now_s=time.time(),
            )
        except SignatureInvalid as error:
            return web.json_response(_error("signature_invalid", str(error)), status=401)
        events = json.loads(body)["events"]
        if any(self.poison(event) for event in events):
            return web.json_response(_error("invalid", "poison"), status=400)
        self.batches.append(len(events))
        known = {event["id"] for event in self.events}
        new = [event for event in events if event["id"] not in known]
        self.events += new
        self.repeated += len(events) - len(new)
        return web.json_response({"accepted": len(new), "repeated": len(events) - len(new)}, status=202)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; asked after every request."""
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(condition)

    async def has(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many events."""
        await self.until(lambda: len(self.events) >= count)
        return self.events

    async def kinds(self, *kinds: str) -> list[dict[str, Any]]:
        """Wait for as many events as these and check that they are these, in this order."""
        events = await self.has(len(kinds))
        assert [event["event"] for event in events] == list(kinds)
        return events


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "data": {}, "retry": False}}


@asynccontextmanager
async def served(receiver: Receiver, *, port: int = 0) -> AsyncIterator[str]:
    """The receiver on a free port of 127.0.0.1; gives its address."""
    application = web.Application()
    application.router.add_post("/api/v1/pbx/hall/events/", receiver.handle)
    # A sender that was cut off in the middle of a request is not waited for.
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/v1/pbx/hall/events/"
    finally:
        await runner.cleanup()
