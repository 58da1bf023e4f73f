"""Real SIP on loopback, from Debian's packages: sipp as the caller, baresip as the phone at a desk."""

import asyncio
import json
import random
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from pbx.baresip import netstring_read

SCENARIOS = Path(__file__).parent / "sipp"
MODULES = [Path("/usr/lib/baresip/modules"), *Path("/usr/lib").glob("*/baresip/modules")]
CALLER = "+6281234567890"
WAIT_S = 90.0  # on a machine that does much else; what goes well waits for nothing


def needs(**packages: str) -> pytest.MarkDecorator:
    """Skip where a program is missing, saying in which of Debian's packages it is (bin/test installs them)."""
    missing = [f"{name} (Debian: {package})" for name, package in packages.items() if shutil.which(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


CONFIG = """poll_method epoll
sip_listen 127.0.0.1:{sip}
call_local_timeout 120
call_max_calls 4
rtp_timeout {silence_s}
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
    """A port of 127.0.0.1 that is free for UDP and TCP, and below those that the system gives out by itself."""
    while True:
        port = random.randrange(10_000, 16_000, 2)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, suppress(OSError):
            datagrams.bind(("127.0.0.1", port))
            with socket.create_server(("127.0.0.1", port)):
                return port


class Phone:
    """baresip without sound, and a tap on its control port: it serves one connection, and the adapter has it.

    After `silence_s` without audio it takes a call for broken. sipp sends none at all.
    """

    def __init__(self, folder: Path, *, user: str = "201", answers: bool = False, silence_s: int = 600) -> None:
        self.sip, self.keys, self.control = free_port(), free_port(), free_port()
        self.tap = 0
        self._folder = folder
        self._silence_s = silence_s
        self._account = f"<sip:{user}@127.0.0.1>;regint=0;answermode={'auto' if answers else 'manual'}\n"
        self._to_phone: asyncio.StreamWriter | None = None
        self._seen: list[str] = []
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Phone"]:
        """The phone and the tap, until the end."""
        self._folder.mkdir()
        modules = next(path for path in MODULES if path.is_dir())
        config = CONFIG.format(
            sip=self.sip, keys=self.keys, control=self.control, modules=modules, silence_s=self._silence_s
        )
        (self._folder / "config").write_text(config)
        (self._folder / "accounts").write_text(self._account)
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

    @asynccontextmanager
    async def attended(self) -> AsyncIterator["Phone"]:
        """Hold the control port ourselves, where no adapter does."""
        from_phone, self._to_phone = await asyncio.open_connection("127.0.0.1", self.control)
        hearing = asyncio.create_task(self._told(from_phone, None))
        try:
            yield self
        finally:
            hearing.cancel()
            self._to_phone.close()

    async def command(self, name: str, parameters: str = "") -> None:
        """A command on the control port, as an agent's desk gives it."""
        assert self._to_phone
        body = json.dumps({"command": name, "params": parameters}).encode()
        self._to_phone.write(b"%d:%s," % (len(body), body))
        await self._to_phone.drain()

    def press(self, key: str) -> None:
        """A key of the phone itself: `x` holds, `X` resumes."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as keys:
            keys.sendto(key.encode(), ("127.0.0.1", self.keys))

    def forget(self) -> None:
        """Of what the phone has told, wait only for what comes from now on."""
        self._seen.clear()

    async def until(self, kind: str) -> None:
        """Wait until the phone has told this event."""
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(lambda: kind in self._seen)

    async def _tapped(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_phone, to_phone = await asyncio.open_connection("127.0.0.1", self.control)
        self._to_phone = to_phone  # the next adapter's may be there before this one is gone
        back = asyncio.create_task(self._told(from_phone, writer))
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                to_phone.write(data)
        back.cancel()
        to_phone.close()
        writer.close()

    async def _told(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None) -> None:
        """What the phone says, on to the adapter."""
        async with self._changed:
            self._seen.append("connected")
            self._changed.notify_all()
        with suppress(EOFError, OSError):
            while True:
                message = await netstring_read(reader)
                body = json.dumps(message).encode()
                if writer is not None:
                    writer.write(b"%d:%s," % (len(body), body))
                async with self._changed:
                    self._seen.append(str(message.get("type", "")))
                    self._changed.notify_all()


@asynccontextmanager
async def calling(
    port: int, scenario: str, folder: Path, *, caller: str = CALLER, service: str = "201", talk_ms: int = 200
) -> AsyncIterator[None]:
    """sipp's call to a port; at the end the caller must have had the call that its scenario tells."""
    arguments = [
        "-sf", str(SCENARIOS / f"{scenario}.xml"), "-s", service, "-key", "caller", caller, "-d", str(talk_ms),
        "-m", "1", "-nostdin", "-i", "127.0.0.1", "-p", str(free_port()), "-mp", str(free_port()),
        "-timeout", f"{WAIT_S:.0f}", "-timeout_error",
    ]  # fmt: skip
    path = folder / f"sipp-{scenario}.log"
    with path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            "sipp", f"127.0.0.1:{port}", *arguments, cwd=folder, stdout=log, stderr=log
        )
    try:
        yield
        assert await asyncio.wait_for(process.wait(), WAIT_S) == 0, path.read_text(errors="replace")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
