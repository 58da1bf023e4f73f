"""Pages and API behind the one ASGI entry."""

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from siaga.asgi import application


async def answered(path: str, query: bytes = b"") -> tuple[int, bytes]:
    """One GET of somebody who is not signed in: status and body."""
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"accept", b"application/json")], "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }  # fmt: skip
    request: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
    await request.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await request.receive_output(10)
    body, more = b"", True
    while more:
        part = await request.receive_output(10)
        body, more = body + part.get("body", b""), part.get("more_body", False)
    return start["status"], body


async def test_the_health_page_is_served() -> None:
    assert (await answered("/healthz"))[0] == 200


@pytest.mark.parametrize("query", ["q=caf\xe9".encode("latin-1"), "q=jalan ☂".encode(), b"q=%FF%zz&x=\x00", b"a=b&c=d"])
async def test_a_query_in_any_bytes_is_no_fault_of_the_server(query: bytes) -> None:
    assert (await answered("/api/v1/state/", query))[0] == 401
