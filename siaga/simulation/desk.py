"""One bot's browser: signs in through the form, keeps cookies, sends each unsafe request with its key."""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Protocol

SIGN_IN = "/akun/masuk/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the site."""

    status: int
    body: bytes
    cookies: tuple[str, ...] = ()  # `Set-Cookie` lines


class Transport(Protocol):
    """A way to the site. `base_url` is what a browser would show."""

    base_url: str

    async def request(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request; raises SiteAway when there is no answer."""


class SiteAway(Exception):
    """The site does not answer; the message says how it tried."""


class SignInFailed(Exception):
    """The site does not take these users; the message says which."""


class Refused(Exception):
    """The site said no, with a word of its own for why."""

    def __init__(self, method: str, path: str, status: int, code: str, data: Mapping[str, Any]) -> None:
        super().__init__(f"{method} {path}: {status} {code}")
        self.status, self.code, self.data = status, code, data


@dataclass(frozen=True, slots=True)
class Login:
    """Who sits there; `label` is the name that events carry."""

    username: str
    password: str = field(repr=False)
    label: str = ""
    agency: str = ""
    extension: str = ""


class Desk:
    """One signed-in person over a transport."""

    def __init__(self, transport: Transport, login: Login) -> None:
        self._transport, self.login = transport, login
        self.cookies: dict[str, str] = {}

    @property
    def label(self) -> str:
        """The name that events carry."""
        return self.login.label

    async def sign_in(self) -> None:
        """Through the form, as a browser does; raises SignInFailed."""
        page = await self._plain("GET", SIGN_IN)
        token = TOKEN.search(page.body.decode(errors="replace"))
        if token is None:
            raise SignInFailed(f"{self._transport.base_url}{SIGN_IN} shows no form ({page.status}): is this Siaga?")
        form = f"username={self.login.username}&password={self.login.password}&csrfmiddlewaretoken={token.group(1)}"
        answer = await self._plain("POST", SIGN_IN, form.encode(), "application/x-www-form-urlencoded")
        if answer.status != 302:
            raise SignInFailed(f"{self.login.username} could not sign in ({answer.status})")

    async def post(
        self, path: str, body: Mapping[str, Any] | None = None, *, method: str = "POST", key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """One unsafe request of the API; raises Refused."""
        sent = {
            "X-CSRFToken": self.cookies.get("siaga_csrf", ""),
            "Idempotency-Key": key or str(uuid.uuid4()),
            "Content-Type": "application/json",
            **(headers or {}),
        }
        return dict(await self._api(method, path, sent, json.dumps(body or {}).encode()))

    async def get(self, path: str) -> dict[str, Any]:
        """One safe request of the API; raises Refused."""
        return dict(await self._api("GET", path, {}, b""))

    async def _api(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
        answer = await self._request(method, f"/api/v1/{path}", headers, body)
        if answer.status < 300:
            return json.loads(answer.body)
        raise _refusal(method, path, answer)

    async def _plain(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        return await self._request(method, path, {"Content-Type": kind} if kind else {}, body)

    async def _request(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        sent = {
            "Accept": "application/json" if path.startswith("/api/") else "text/html",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": f"{self._transport.base_url}{SIGN_IN}",
            **headers,
        }
        answer = await self._transport.request(method, path, headers=sent, body=body)
        for line in answer.cookies:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer


def _refusal(method: str, path: str, answer: Answer) -> Refused:
    try:
        error = json.loads(answer.body)["error"]
        return Refused(method, path, answer.status, str(error["code"]), dict(error.get("data") or {}))
    except (ValueError, KeyError, TypeError):
        return Refused(method, path, answer.status, f"http_{answer.status}", {})
