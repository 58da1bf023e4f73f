"""The console's socket: it replays what was missed, then streams; the client may only acknowledge and ping."""

import asyncio
import contextlib
import json
import logging
from collections import deque
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.models import User
from common.errors import NotFoundError
from realtime.access import may_read_event
from realtime.glances import Glance
from realtime.hub import Hub, hub_for
from realtime.models import Realm
from realtime.selectors import StreamEvent, events_after, realm_get

HEARTBEAT_S = 5.0
REAUTHORISE_S = 15.0
FRAME_BYTES_MAX = 64 * 1024
WAITING_MAX = 5000
GLANCES_MAX = 5
CLOSE_BAD_REQUEST = 4400
CLOSE_NOT_ALLOWED = 4403
CLOSE_TOO_SLOW = 4408
logger = logging.getLogger(__name__)


def _user_read(user_id: int) -> User | None:
    return User.objects.filter(pk=user_id, is_active=True).prefetch_related("role_grants").first()


_user_now = database_sync_to_async(_user_read, thread_sensitive=False)
_realm_get = database_sync_to_async(realm_get, thread_sensitive=False)
_events_after = database_sync_to_async(events_after, thread_sensitive=False)


class StreamConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """`?after=N` asks for everything after event N; without it the stream starts now.

    Sends `{"type": "hello", "head"}`, then events in order, `{"type": "beat", "sequence"}` every HEARTBEAT_S. The
    number in a beat counts events that this user may not see, so that a resume never asks for them again.
    """

    user: User
    realm: Realm
    hub: Hub | None = None
    sender: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        """Authorise, accept, start sending."""
        signed_in = self.scope.get("user")
        user = await _user_now(signed_in.pk) if signed_in and signed_in.is_authenticated else None
        try:
            if user is None:
                raise NotFoundError
            self.realm = await _realm_get(code=self.scope["url_route"]["kwargs"]["realm_code"], user=user)
            self.sequence = self._asked_sequence()
        except NotFoundError:
            await self._refuse(CLOSE_NOT_ALLOWED)
            return
        except ValueError:
            await self._refuse(CLOSE_BAD_REQUEST)
            return
        self.user = user
        self.waiting: asyncio.Queue[StreamEvent | None] = asyncio.Queue(WAITING_MAX)
        self.glances: deque[Glance] = deque(maxlen=GLANCES_MAX)
        await self.accept()
        self.hub = hub_for(self.realm.pk, self.realm.code)
        joined_at = await self.hub.join(self)
        if self.sequence is None or self.sequence > joined_at:
            self.sequence = joined_at
        self.sender = asyncio.create_task(self._send_all(joined_at))

    def take(self, events: list[StreamEvent]) -> None:
        """From the hub: queue what comes; a console that cannot follow is closed and replays later."""
        try:
            for event in events:
                self.waiting.put_nowait(event)
        except asyncio.QueueFull:
            if self.sender:
                self.sender.cancel()
            self._closing = asyncio.create_task(self.close(CLOSE_TOO_SLOW))

    def glance(self, glances: list[Glance]) -> None:
        """From the hub: keep what is to be shown for when no event waits; the oldest is left out."""
        self.glances.extend(glances)
        if self.waiting.empty():
            self.waiting.put_nowait(None)  # only wakes the sender

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Only `ping` and `ack` are understood; anything else closes the socket."""
        try:
            message = json.loads(text_data or "") if len(text_data or "") <= FRAME_BYTES_MAX else None
        except ValueError:
            message = None
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "ping":
            await self._send({"type": "pong", "sequence": self.sequence})
        elif kind != "ack":
            await self.close(CLOSE_BAD_REQUEST)

    async def disconnect(self, code: int) -> None:
        """Leave the hub."""
        if self.sender:
            self.sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.sender
        if self.hub:
            await self.hub.leave(self)

    async def _refuse(self, code: int) -> None:
        # Accepted first: a browser learns the code of a close, but not of a refused handshake.
        await self.accept()
        await self.close(code)

    def _asked_sequence(self) -> int | None:
        query = self.scope.get("query_string", b"").decode()
        if not query.startswith("after="):
            return None
        number = int(query.removeprefix("after="))
        if number < 0:
            raise ValueError(query)
        return number

    async def _send_all(self, joined_at: int) -> None:
        try:
            await self._send({"type": "hello", "head": joined_at, "realm": self.realm.code})
            await self._replay(joined_at)
            loop = asyncio.get_running_loop()
            authorised_at = loop.time()
            beat_at = authorised_at + HEARTBEAT_S
            while True:
                event = await self._next(beat_at)
                if loop.time() - authorised_at > REAUTHORISE_S:
                    await self._reauthorise()
                    authorised_at = loop.time()
                if event is not None and await self._pass_on(event):
                    beat_at = loop.time() + HEARTBEAT_S
                elif loop.time() >= beat_at:
                    await self._send({"type": "beat", "sequence": self.sequence})
                    beat_at = loop.time() + HEARTBEAT_S
                await self._glances_send()
        except asyncio.CancelledError:
            raise
        except Exception:
            # Process edge: the console reconnects and resumes from its last number.
            logger.exception("stream of realm %s broke", self.realm.code)
            await self.close()

    async def _replay(self, until: int) -> None:
        while self.sequence is not None and self.sequence < until:
            events = await _events_after(realm_id=self.realm.pk, sequence=self.sequence)
            if not events:
                return
            for event in events:
                if event.sequence <= until:
                    await self._pass_on(event)

    async def _next(self, until: float) -> StreamEvent | None:
        try:
            left_s = max(0.0, until - asyncio.get_running_loop().time())
            return await asyncio.wait_for(self.waiting.get(), left_s)
        except TimeoutError:
            return None

    async def _glances_send(self) -> None:
        # Events go first: a glance is sent when none waits.
        while self.glances and self.waiting.empty():
            glance = self.glances.popleft()
            if self.user.may(glance.permission):
                await self.send(text_data=glance.text)

    async def _pass_on(self, event: StreamEvent) -> bool:
        """Whether it was sent: who may not see it needs a beat with its number all the same."""
        if self.sequence is not None and event.sequence <= self.sequence:
            return False  # came by replay already
        self.sequence = event.sequence
        is_seen = may_read_event(self.user, event.kind, event.agency_ids)
        if is_seen:
            await self.send(text_data=event.text)
        return is_seen

    async def _reauthorise(self) -> None:
        user = await _user_now(self.user.pk)
        if user is None:
            await self.close(CLOSE_NOT_ALLOWED)
            raise asyncio.CancelledError
        self.user = user

    async def _send(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message))
