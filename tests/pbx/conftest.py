"""A receiver, and adapters as processes of their own."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.pbx.exchanges import PASSWORD
from tests.pbx.receiver import SECRET, Receiver, served

ROOT = Path(__file__).resolve().parents[2]
STOP_S = 60.0


@pytest.fixture
async def receiver() -> Receiver:
    """A webhook that is not served yet."""
    return Receiver()


@pytest.fixture
async def url(receiver: Receiver) -> AsyncIterator[str]:
    """The address of the receiver, now served."""
    async with served(receiver) as address:
        yield address


class Adapters:
    """Starts `python -m pbx` and stops what it started. `spool` is one file for all of a test."""

    def __init__(self, folder: Path, url: str, *, secret: str = SECRET) -> None:
        self.spool = folder / "spool.sqlite3"
        self._folder = folder
        self._url = url
        self._running: list[asyncio.subprocess.Process] = []
        (folder / "secret").write_text(secret + "\n")
        (folder / "password").write_text(PASSWORD + "\n")
        for name in ("secret", "password"):
            (folder / name).chmod(0o600)

    async def start(self, kind: str, *options: str, port: int) -> asyncio.subprocess.Process:
        """One adapter of an exchange on that port."""
        common = ["--spool", str(self.spool), "--host", "127.0.0.1", "--port", str(port)]
        if kind != "baresip":
            common += ["--password-file", str(self._folder / "password")]
        return await self._run(kind, self._url, *common, *options)

    async def start_aml(self, texts: Path) -> asyncio.subprocess.Process:
        """One that carries the texts of a folder."""
        return await self._run("aml", self._url.replace("/events/", "/aml/"), "--folder", str(texts))

    async def _run(self, kind: str, url: str, *options: str) -> asyncio.subprocess.Process:
        with self.log_path.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "pbx", kind, "--webhook", url, "--secret-file", str(self._folder / "secret"),
                "--pause-max-s", "0.2", "--log-level", "debug", *options,
                cwd=ROOT, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._running.append(process)
        return process

    @property
    def log_path(self) -> Path:
        """Where all of them write their lines."""
        return self._folder / "adapter.log"

    @property
    def log(self) -> str:
        """What they wrote."""
        return self.log_path.read_text(encoding="utf-8")

    async def stop(self, process: asyncio.subprocess.Process, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait; says the exit code."""
        process.send_signal(number)
        async with asyncio.timeout(STOP_S):
            return await process.wait()

    async def stop_all(self) -> None:
        """Whatever still runs."""
        for process in self._running:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.fixture
async def adapters(tmp_path: Path, url: str) -> AsyncIterator[Adapters]:
    """Adapters that send to the receiver."""
    started = Adapters(tmp_path, url)
    yield started
    await started.stop_all()
