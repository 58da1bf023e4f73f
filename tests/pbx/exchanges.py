"""Small exchanges on real TCP ports: enough of Asterisk's AMI and of FreeSWITCH's ESL for an adapter to live on."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import quote

E = TypeVar("E", bound="Exchange")

PASSWORD = "exchange password"
WAIT_S = 15.0


class Exchange:
    """What both have: connections that logged in, and how often one did."""

    def __init__(self) -> None:
        self.port = 0
        self.logins = 0
        self.refused = 0
        self.writers: list[asyncio.StreamWriter] = []
        self._changed = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection until it ends."""
        try:
            await self.talk(reader, writer)
        except (EOFError, ConnectionError):
            pass
        finally:
            if writer in self.writers:
                self.writers.remove(writer)
            writer.close()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    def frame(self, event: Mapping[str, str]) -> bytes:
        raise NotImplementedError

    async def emit(self, *events: Mapping[str, str]) -> None:
        """Send events to every adapter that is ready."""
        for writer in self.writers:
            writer.write(b"".join(self.frame(event) for event in events))
            await writer.drain()

    async def is_ready(self, writer: asyncio.StreamWriter) -> None:
        """An adapter logged in and has its list of channels."""
        async with self._changed:
            self.logins += 1
            self.writers.append(writer)
            self._changed.notify_all()

    async def is_refused(self) -> None:
        """A login failed."""
        async with self._changed:
            self.refused += 1
            self._changed.notify_all()

    async def ready(self, logins: int = 1) -> None:
        """Wait for that many good logins."""
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(lambda: self.logins >= logins)

    async def refusals(self, count: int) -> None:
        """Wait for that many refused logins."""
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(lambda: self.refused >= count)

    def hang_up_on_adapters(self) -> None:
        """Break every connection."""
        for writer in self.writers:
            writer.close()


class Ami(Exchange):
    """Asterisk's manager interface, for the user `siaga`. `channels` is what CoreShowChannels lists."""

    def __init__(self) -> None:
        super().__init__()
        self.channels: list[dict[str, str]] = []

    def frame(self, event: Mapping[str, str]) -> bytes:
        lines = [f"{name}: {line}" for name, value in event.items() for line in value.split("\n")]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/9.0.0\r\n")
        while True:
            block = (await reader.readuntil(b"\r\n\r\n")).decode()
            action = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            await self.answer(action, writer)

    async def answer(self, action: dict[str, str], writer: asyncio.StreamWriter) -> None:
        """One action."""
        head = {"ActionID": action["ActionID"]}
        if action["Action"] == "Login":
            good = (action["Username"], action["Secret"]) == ("siaga", PASSWORD)
            writer.write(
                self.frame({"Response": "Success" if good else "Error"} | head | {"Message": "Authentication"})
            )
            if good:
                writer.write(self.frame({"Event": "FullyBooted", "Privilege": "system,all", "Status": "Fully Booted"}))
            else:
                writer.close()
                await self.is_refused()
        elif action["Action"] == "CoreShowChannels":
            writer.write(self.frame({"Response": "Success"} | head | {"EventList": "start", "Message": "will follow"}))
            for channel in self.channels:
                writer.write(self.frame({"Event": "CoreShowChannel"} | head | channel))
            complete = {"EventList": "Complete", "ListItems": str(len(self.channels))}
            writer.write(self.frame({"Event": "CoreShowChannelsComplete"} | head | complete))
            await self.is_ready(writer)
        else:
            writer.write(self.frame({"Response": "Success"} | head | {"Ping": "Pong", "Timestamp": "1.0"}))


class Esl(Exchange):
    """FreeSWITCH's event socket. `channels` are the rows of `show channels as json`."""

    def __init__(self) -> None:
        super().__init__()
        self.channels: list[dict[str, Any]] = []

    def frame(self, event: Mapping[str, str]) -> bytes:
        body = "".join(f"{name}: {quote(value)}\n" for name, value in event.items()).encode() + b"\n"
        return b"Content-Length: %d\nContent-Type: text/event-plain\n\n" % len(body) + body

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Content-Type: auth/request\n\n")
        if (await reader.readuntil(b"\n\n")).decode().strip() != f"auth {PASSWORD}":
            writer.write(b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n")
            await self.is_refused()
            return
        writer.write(b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
        while True:
            command = (await reader.readuntil(b"\n\n")).decode().strip()
            if command.startswith("event plain"):
                writer.write(b"Content-Type: command/reply\nReply-Text: +OK event listener enabled plain\n\n")
            elif command == "api show channels as json":
                rows = {"rows": self.channels} if self.channels else {}
                body = json.dumps({"row_count": len(self.channels)} | rows).encode()
                writer.write(b"Content-Type: api/response\nContent-Length: %d\n\n" % len(body) + body)
                await self.is_ready(writer)


@asynccontextmanager
async def running(exchange: E) -> AsyncIterator[E]:
    """The exchange on a free port of 127.0.0.1."""
    server = await asyncio.start_server(exchange.serve, "127.0.0.1", 0)
    exchange.port = server.sockets[0].getsockname()[1]
    try:
        yield exchange
    finally:
        server.close()
        exchange.hang_up_on_adapters()
