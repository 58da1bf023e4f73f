"""Speaks to the API as a console or an exchange does."""

import json
import time
import uuid
from typing import Any

from django.test import Client

from accounts.models import User
from common.signing import signature_of
from tests import factories


class Console:
    """One signed-in person, with a key for each request."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client(headers={"accept": "application/json"})
        self.client.force_login(user)

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        """One unsafe request."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4()), **headers}
        text = body if isinstance(body, str) else json.dumps(body if body is not None else {})
        return self.client.generic(method, f"/api/v1/{path}", text, content_type="application/json", headers=headers)

    def post(self, path: str, body: Any = None, *, expect: int = 200) -> dict[str, Any]:
        """One POST that must end with `expect`; its answer."""
        answer = self.send("POST", path, body)
        assert answer.status_code == expect, (path, answer.status_code, answer.content)
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, path: str, body: Any = None, *, method: str = "POST") -> tuple[int, str]:
        """One request that must be refused; status and code."""
        answer = self.send(method, path, body)
        assert answer.status_code >= 400, answer.content
        return answer.status_code, answer.json()["error"]["code"]

    def get(self, path: str, *, expect: int = 200) -> Any:
        """One GET."""
        answer = self.client.get(f"/api/v1/{path}")
        assert answer.status_code == expect, (path, answer.content)
        return answer.json()

    def state(self) -> dict[str, Any]:
        """What a console starts with."""
        found: dict[str, Any] = self.get("state/")
        return found

    def events(self, after: int) -> list[dict[str, Any]]:
        """What happened since."""
        found: list[dict[str, Any]] = self.get(f"realms/LIVE/events/?after={after}")["events"]
        return found


def exchange_send(
    events: Any, *, code: str = "pbx-uji", secret: str = factories.PBX_SECRET, at_s: int | None = None
) -> Any:
    """One signed request of an exchange."""
    body = json.dumps({"events": events}).encode() if not isinstance(events, bytes) else events
    return signed_post(f"pbx/{code}/events/", body, secret=secret, at_s=at_s)


def signed_post(
    path: str, body: bytes, *, secret: str = factories.PBX_SECRET, at_s: int | None = None,
    content_type: str = "application/json",
) -> Any:  # fmt: skip
    """One POST, signed as an exchange does."""
    timestamp = str(int(time.time()) if at_s is None else at_s)
    headers = {"X-Siaga-Timestamp": timestamp, "X-Siaga-Signature": signature_of(secret, timestamp, body)}
    return Client().generic("POST", f"/api/v1/{path}", body, content_type=content_type, headers=headers)
