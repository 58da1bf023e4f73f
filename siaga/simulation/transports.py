"""The ways to a site: in this process through the whole Django stack, and over HTTP."""

import asyncio
import io
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import aiohttp
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from siaga.simulation.desk import Answer, SiteAway

TRIES = 5
PAUSE_S = 1.0
TIMEOUT_S = 30.0


class WsgiTransport:
    """Middleware, session, CSRF check, view, action, database: all of it, without a socket. Never waits."""

    def __init__(self) -> None:
        self._handler = WSGIHandler()
        self._scheme = "https" if settings.USES_HTTPS else "http"
        self._host = "127.0.0.1" if "127.0.0.1" in settings.ALLOWED_HOSTS else settings.ALLOWED_HOSTS[0]
        self.base_url = f"{self._scheme}://{self._host}"

    async def request(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request."""
        status: list[str] = []
        cookies: list[str] = []

        def start(line: str, found: list[tuple[str, str]], _error: Any = None, /) -> Callable[[bytes], object]:
            status.append(line)
            cookies.extend(value for name, value in found if name.lower() == "set-cookie")
            return lambda _chunk: None

        response: Any = self._handler(self._environ(method, path, headers, body), start)
        try:
            content = b"".join(response)
        finally:
            response.close()
        return Answer(int(status[0][:3]), content, tuple(cookies))

    def _environ(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        route, _, query = path.partition("?")
        named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        return {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": unquote(route), "QUERY_STRING": query,
            "SERVER_NAME": self._host, "SERVER_PORT": "443" if self._scheme == "https" else "80",
            "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": self._host,
            "CONTENT_TYPE": headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.url_scheme": self._scheme,
            "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
            **named,
        }  # fmt: skip


@contextmanager
def refusals_unlogged() -> Iterator[None]:
    """Bots are refused by the hundred: that is counted, not logged. Faults still are."""
    loggers = [logging.getLogger(name) for name in ("django.request", "django_structlog")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


class HttpTransport:
    """A running site. What it cannot answer now (503) or at all is asked again with the same key, as consoles do."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self._session = session
        self.base_url = base_url.rstrip("/")

    async def request(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request, tried again while the site is away; raises SiteAway after TRIES."""
        fault = ""
        for turn in range(TRIES):
            if turn:
                await asyncio.sleep(PAUSE_S * turn)
            try:
                async with self._session.request(
                    method, f"{self.base_url}{path}", headers=dict(headers), data=body or None, allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                ) as answer:  # fmt: skip
                    content = await answer.read()
                    if answer.status != 503:
                        return Answer(answer.status, content, tuple(answer.headers.getall("Set-Cookie", ())))
                    fault = "503"
            except (aiohttp.ClientError, TimeoutError) as error:
                fault = type(error).__name__
        raise SiteAway(f"{self.base_url} does not answer ({fault}, {TRIES} tries)")
