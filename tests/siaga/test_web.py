"""The web processes' own part of serving."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
import uvicorn

from siaga.web import HttpProtocol, listen

KEEP_ALIVE_S = 1


async def slow_to_end(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answers at once, but counts the answer as complete only later, as a thread that still tidies up does."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await asyncio.sleep(KEEP_ALIVE_S * 2.5)
        await send({"type": "websocket.send", "text": "still here"})
        return
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok", "more_body": True})
    await asyncio.sleep(0.3)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture
def port() -> Iterator[int]:
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(
            slow_to_end, http=HttpProtocol, lifespan="off", log_level="warning", timeout_keep_alive=KEEP_ALIVE_S
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(20)


async def test_a_websocket_on_a_connection_that_was_used_before_stays_open(port: int) -> None:
    base = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession(base, connector=aiohttp.TCPConnector(limit=1)) as session:
        async with session.get("/") as answer:
            assert await answer.text() == "ok"
        async with session.ws_connect("/") as stream:
            assert await stream.receive_str(timeout=10) == "still here"


def test_an_address_that_is_taken_is_told_at_once() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", first.getsockname()[1])
    assert isinstance(first, socket.socket)
