"""Real SIP on loopback: sipp calls, baresip is called, and the adapter tells what baresip's control port says."""

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from pbx.baresip import netstring_make, netstring_read
from tests.pbx.conftest import Adapters
from tests.pbx.receiver import Receiver

SCENARIOS = Path(__file__).parent / "sipp"
MODULES = [Path("/usr/lib/baresip/modules"), *Path("/usr/lib").glob("*/baresip/modules")]
MISSING = [name for name in ("sipp", "baresip") if shutil.which(name) is None]
CALLER = "+6281234567890"
WAIT_S = 15.0

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (Debian's sip-tester and baresip-core)"
)

CONFIG = """poll_method epoll
sip_listen 127.0.0.1:{sip}
call_local_timeout 120
call_max_calls 4
audio_player aubridge,a
audio_source aubridge,a
audio_alert aubridge,b
rtp_ports 16384-32766
module_path {modules}
module cons.so
module g711.so
module aubridge.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
cons_listen 127.0.0.1:{keys}
ctrl_tcp_listen 127.0.0.1:{control}
"""


def free_port() -> int:
    """A port of 127.0.0.1 that is free for UDP and TCP."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = int(taken.getsockname()[1])
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, suppress(OSError):
                datagrams.bind(("127.0.0.1", port))
                return port


class Phone:
    """baresip without sound, and a tap on its control port: it serves one connection, and the adapter has it."""

    def __init__(self, folder: Path) -> None:
        self.sip, self.keys, self.control = free_port(), free_port(), free_port()
        self.tap = 0
        self._folder = folder
        self._to_phone: asyncio.StreamWriter | None = None
        self._seen: list[str] = []
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Phone"]:
        """The phone and the tap, until the end."""
        self._folder.mkdir()
        modules = next(path for path in MODULES if path.is_dir())
        config = CONFIG.format(sip=self.sip, keys=self.keys, control=self.control, modules=modules)
        (self._folder / "config").write_text(config)
        (self._folder / "accounts").write_text("<sip:201@127.0.0.1>;regint=0;answermode=manual\n")
        (self._folder / "contacts").write_text("")
        pipe, none = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            "baresip", "-f", str(self._folder), stdin=none, stdout=pipe, stderr=none
        )
        server = await asyncio.start_server(self._tapped, "127.0.0.1", 0)
        self.tap = server.sockets[0].getsockname()[1]
        assert process.stdout
        try:
            async with asyncio.timeout(WAIT_S):
                while b"is ready" not in await process.stdout.readline():
                    assert process.returncode is None
            rest = asyncio.create_task(process.stdout.read())
            yield self
        finally:
            server.close()
            process.terminate()
            await process.wait()
        await rest

    async def command(self, name: str) -> None:
        """A command on the control port, as an agent's desk gives it."""
        assert self._to_phone
        self._to_phone.write(netstring_make(name))
        await self._to_phone.drain()

    def press(self, key: str) -> None:
        """A key of the phone itself: `x` holds, `X` resumes."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as keys:
            keys.sendto(key.encode(), ("127.0.0.1", self.keys))

    async def until(self, kind: str) -> None:
        """Wait until the phone has told this event."""
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(lambda: kind in self._seen)

    async def _tapped(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_phone, self._to_phone = await asyncio.open_connection("127.0.0.1", self.control)
        back = asyncio.create_task(self._told(from_phone, writer))
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                self._to_phone.write(data)
        back.cancel()
        self._to_phone.close()
        writer.close()

    async def _told(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What the phone says, on to the adapter."""
        async with self._changed:
            self._seen.append("connected")
            self._changed.notify_all()
        with suppress(EOFError, OSError):
            while True:
                message = await netstring_read(reader)
                body = json.dumps(message).encode()
                writer.write(b"%d:%s," % (len(body), body))
                async with self._changed:
                    self._seen.append(str(message.get("type", "")))
                    self._changed.notify_all()


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    async with Phone(tmp_path / "baresip").running() as running:
        yield running


@asynccontextmanager
async def calling(phone: Phone, scenario: str, folder: Path) -> AsyncIterator[None]:
    """sipp's call to the phone; the caller must have had the call its scenario tells."""
    arguments = [
        "-sf",
        str(SCENARIOS / f"{scenario}.xml"),
        "-s",
        "201",
        "-key",
        "caller",
        CALLER,
        "-m",
        "1",
        "-nostdin",
    ]
    ports = ["-i", "127.0.0.1", "-p", str(free_port()), "-mp", str(free_port()), "-timeout", "15", "-timeout_error"]
    with (folder / "sipp.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            "sipp", f"127.0.0.1:{phone.sip}", *arguments, *ports, cwd=folder, stdout=log, stderr=log
        )
    try:
        yield
        assert await asyncio.wait_for(process.wait(), WAIT_S) == 0, (folder / "sipp.log").read_text(errors="replace")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_answered_then_ended(phone: Phone, adapters: Adapters, receiver: Receiver, tmp_path: Path) -> None:
    adapter = await adapters.start("baresip", port=phone.tap)
    await phone.until("connected")
    async with calling(phone, "answered", tmp_path):
        await receiver.kinds("ringing")
        await phone.command("accept")
        events = await receiver.kinds("ringing", "answered", "ended")
    assert {event["caller"] for event in events} == {CALLER}
    assert len({event["call"] for event in events}) == 1
    assert [(event["agent"], event["cause"]) for event in events] == [(None, ""), ("201", ""), ("201", "normal")]
    assert await adapters.stop(adapter) == 0
    assert CALLER not in adapters.log


async def test_abandoned(phone: Phone, adapters: Adapters, receiver: Receiver, tmp_path: Path) -> None:
    adapter = await adapters.start("baresip", port=phone.tap)
    await phone.until("connected")
    async with calling(phone, "abandoned", tmp_path):
        events = await receiver.kinds("ringing", "abandoned")
    assert (events[1]["caller"], events[1]["cause"]) == (CALLER, "normal")
    assert await adapters.stop(adapter) == 0


async def test_held_and_resumed(phone: Phone, adapters: Adapters, receiver: Receiver, tmp_path: Path) -> None:
    adapter = await adapters.start("baresip", port=phone.tap)
    await phone.until("connected")
    async with calling(phone, "held", tmp_path):
        await receiver.kinds("ringing")
        await phone.command("accept")
        await receiver.kinds("ringing", "answered")
        phone.press("x")
        await receiver.kinds("ringing", "answered", "held")
        phone.press("X")
        await receiver.kinds("ringing", "answered", "held", "answered")
        await phone.command("hangup")
        await receiver.kinds("ringing", "answered", "held", "answered", "ended")
    assert await adapters.stop(adapter) == 0
