"""A camera's video over a socket: JSON for what is said, binary for pieces of MP4, which follow one another.

`{"type": "hello", ...viewing}` first; `{"type": "video", "codec"}` when a new beginning comes (make the player anew);
`{"type": "again"}` while the camera is asked anew; `{"type": "fault", "code", "message"}` and `{"type": "over", "end",
"message"}` last. The client says nothing.
"""

import asyncio
import contextlib
import json
import logging
import uuid
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from cameras.drivers.messages import AGAIN, END, HEAD
from cameras.drivers.types import CameraFault
from cameras.models import LiveViewing
from cameras.services.live import LiveOver
from cameras.services.live_link import fault_of, live_away, refusal_seen, video_messages, video_question
from common.errors import SiagaError
from dispatch.actions.live import live_check, live_join
from dispatch.presenters.live import viewing_present

REAUTHORISE_S = 5.0
FRAME_BYTES_MAX = 64 * 1024
CLOSE_OVER = 4410
CLOSE_NOT_ALLOWED = 4403
CLOSE_BAD_REQUEST = 4400
CLOSE_FAULT = 4502
logger = logging.getLogger(__name__)


def _user_read(user_id: int) -> User | None:
    return User.objects.filter(pk=user_id, is_active=True).prefetch_related("role_grants").first()


def _join(user_id: int, viewing_id: uuid.UUID, socket_id: uuid.UUID) -> tuple[User, LiveViewing, bytes]:
    user = _user_read(user_id)
    if user is None:
        raise LiveOver("right")
    viewing = live_join(user=user, viewing_id=viewing_id, socket_id=socket_id)
    return user, viewing, video_question(viewing.camera)


def _check(user_id: int, viewing_id: uuid.UUID, socket_id: uuid.UUID, session: Any) -> None:
    # Whoever signs out sees no more, also where another window is still open.
    is_signed_in = session is None or session.exists(session.session_key)
    live_check(user=_user_read(user_id) if is_signed_in else None, viewing_id=viewing_id, socket_id=socket_id)


_join_now = database_sync_to_async(_join, thread_sensitive=False)
_check_now = database_sync_to_async(_check, thread_sensitive=False)
_refusal_seen = database_sync_to_async(refusal_seen, thread_sensitive=False)


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Carries one viewing, which was opened over HTTP and is on record already."""

    user: User
    viewing: LiveViewing
    carrying: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        """Authorise, accept, carry."""
        # Accepted first: a browser learns the code of a close, but not of a refused handshake.
        await self.accept()
        signed_in = self.scope.get("user")
        self.socket_id = uuid.uuid4()
        try:
            if not signed_in or not signed_in.is_authenticated:
                raise LiveOver("right")
            viewing_id = self.scope["url_route"]["kwargs"]["viewing_id"]
            self.user, self.viewing, question = await _join_now(signed_in.pk, viewing_id, self.socket_id)
        except SiagaError as refusal:
            await self._over(refusal, CLOSE_NOT_ALLOWED)
            return
        hello = viewing_present(self.viewing).model_dump()
        await self._send({"type": "hello", **hello})
        self.carrying = asyncio.create_task(self._carry(question))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing is expected."""
        await self.close(CLOSE_BAD_REQUEST)

    async def disconnect(self, code: int) -> None:
        """Let the camera go; the viewing stays open for stills until its page closes it, or is gone."""
        if self.carrying:
            self.carrying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.carrying

    async def _carry(self, question: bytes) -> None:
        """Messages until something ends it: the stream, the right, the time."""
        works = [asyncio.create_task(self._pass_on(question)), asyncio.create_task(self._watch())]
        try:
            done, _pending = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
            error = next(iter(done)).exception()
            if isinstance(error, CameraFault):
                await self._fault(error)
            elif isinstance(error, SiagaError):
                await self._over(error, CLOSE_OVER)
            elif error is not None:
                # Process edge: the page falls back to stills.
                logger.error("live view of %s broke", self.viewing.camera.code, exc_info=error)
                await self._fault(live_away())
        finally:
            for task in works:
                task.cancel()
            await asyncio.gather(*works, return_exceptions=True)

    async def _pass_on(self, question: bytes) -> None:
        messages = video_messages(question)
        try:
            async for kind, content in messages:
                if kind == HEAD:
                    await self._send({"type": "video", **json.loads(content)})
                elif kind == AGAIN:
                    await self._send({"type": "again"})
                elif kind == END:
                    raise fault_of(content)
                else:
                    for start in range(0, len(content), FRAME_BYTES_MAX):
                        await self.send(bytes_data=content[start : start + FRAME_BYTES_MAX])
        finally:
            await messages.aclose()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(REAUTHORISE_S)
            await _check_now(self.user.pk, self.viewing.pk, self.socket_id, self.scope.get("session"))

    async def _fault(self, fault: CameraFault) -> None:
        await _refusal_seen(self.viewing.camera, fault)
        await self._tell({"type": "fault", "code": fault.code}, fault)
        await self.close(CLOSE_FAULT)

    async def _over(self, refusal: SiagaError, code: int) -> None:
        await self._tell({"type": "over", "code": refusal.code, "end": refusal.data.get("end", "")}, refusal)
        await self.close(code)

    async def _tell(self, message: dict[str, Any], error: SiagaError) -> None:
        signed_in = self.scope.get("user")
        with translation.override(getattr(signed_in, "language", "id")):
            text = _(error.safe_message)
        await self._send({**message, "message": text})

    async def _send(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message))
