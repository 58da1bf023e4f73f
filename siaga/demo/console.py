"""A console without a screen: signs in as a browser does, keeps a socket open, and notes when each event came."""

import asyncio
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import aiohttp

from common import clock
from realtime.models import LIVE

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class StoryBroken(Exception):
    """The site did not do what the story needs; the message says at which step."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An event with the moment it reached this console."""

    kind: str
    payload: dict[str, Any]
    occurred_at: datetime
    received_at: datetime


class Console:
    """Use as `async with`. All times are of this machine's clock, in UTC."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self._base_url, self._username, self._password = base_url, username, password
        self._arrived = asyncio.Condition()
        self.seen: list[Seen] = []

    async def __aenter__(self) -> Self:
        self.cookies = aiohttp.CookieJar(unsafe=True)
        self._session = aiohttp.ClientSession(self._base_url, cookie_jar=self.cookies)
        await self._sign_in()
        self._socket = await self._session.ws_connect(
            f"/ws/stream/{LIVE}/", headers={"Origin": self._base_url}, max_msg_size=1024 * 1024
        )
        hello = await asyncio.wait_for(self._socket.receive_json(), 10)
        if hello.get("type") != "hello":
            raise StoryBroken(f"the stream answered {hello} to {self._username}")
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._socket.close()
        await self._session.close()

    async def send(self, path: str, body: dict[str, Any], *, method: str = "POST") -> dict[str, Any]:
        """An unsafe request; raises StoryBroken with the site's own words when it is refused."""
        headers = {"X-CSRFToken": self._csrf(), "Idempotency-Key": str(uuid.uuid4()), "Referer": self._base_url}
        async with self._session.request(method, f"/api/v1/{path}", json=body, headers=headers) as answer:
            content = await answer.json(content_type=None)
            if answer.status >= 300:
                raise StoryBroken(f"{method} {path}: {answer.status} {json.dumps(content, ensure_ascii=False)}")
            return dict(content)

    async def read(self, path: str) -> Any:
        """A safe request; JSON, or bytes."""
        async with self._session.get(f"/api/v1/{path}") as answer:
            if answer.status != 200:
                raise StoryBroken(f"GET {path}: {answer.status}")
            return await answer.json() if answer.content_type == "application/json" else await answer.read()

    async def wait_for(self, fits: Callable[[Seen], bool], *, timeout_s: float) -> Seen | None:
        """The first event that fits, whether it came already or not; None after `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s), self._arrived:
                looked_at = 0
                while True:
                    for seen in self.seen[looked_at:]:
                        looked_at += 1
                        if fits(seen):
                            return seen
                    await self._arrived.wait()
        except TimeoutError:
            return None

    async def _sign_in(self) -> None:
        async with self._session.get("/akun/masuk/") as page:
            token = TOKEN.search(await page.text())
        if token is None:
            raise StoryBroken("the sign-in page has no form")
        form = {"username": self._username, "password": self._password, "csrfmiddlewaretoken": token.group(1)}
        headers = {"Referer": f"{self._base_url}/akun/masuk/"}
        async with self._session.post("/akun/masuk/", data=form, headers=headers, allow_redirects=False) as answer:
            if answer.status != 302:
                raise StoryBroken(f"{self._username} could not sign in ({answer.status})")

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            received_at = clock.now()
            content = json.loads(message.data)
            if content["type"] != "event":
                continue
            occurred_at = datetime.fromisoformat(content["occurred_at"])
            async with self._arrived:
                self.seen.append(Seen(content["kind"], content["payload"], occurred_at, received_at))
                self._arrived.notify_all()

    def _csrf(self) -> str:
        for cookie in self._session.cookie_jar:
            if cookie.key == "siaga_csrf":
                return cookie.value
        raise StoryBroken("the site set no CSRF cookie")
