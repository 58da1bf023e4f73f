"""The sender against a webhook that really checks."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pbx.neutral import NeutralEvent
from pbx.pauses import Pauses
from pbx.sender import Sender
from pbx.spool import Spool
from pbx.webhook import Target
from tests.pbx.receiver import SECRET, Receiver, served

AT = datetime(2026, 3, 1, tzinfo=UTC)


@asynccontextmanager
async def sending(
    path: Path, url: str, count: int, *, secret: str = SECRET, pauses: Pauses | None = None
) -> AsyncIterator[tuple[Spool, Sender]]:
    """A sender with `count` events to send."""
    spool = Spool(path / "spool.sqlite3")
    spool.write([NeutralEvent(f"e{n}", "ringing", f"c{n}", AT, caller="+62811") for n in range(count)], {})
    sender = Sender(spool, Target(url, secret), pauses=pauses or Pauses(first_s=0.01, max_s=0.05))
    task = asyncio.create_task(sender.run())
    try:
        yield spool, sender
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        spool.close()


async def drained(spool: Spool, receiver: Receiver) -> None:
    """The sender forgets events only after the answer: let it."""
    async with asyncio.timeout(10):
        while spool.counts().waiting:  # noqa: ASYNC110  # a file tells nobody
            await asyncio.sleep(0.01)
    assert receiver.repeated == 0


def ids(receiver: Receiver) -> list[str]:
    return [event["id"] for event in receiver.events]


async def test_in_order_and_at_most_a_hundred_at_a_time(tmp_path: Path, url: str, receiver: Receiver) -> None:
    async with sending(tmp_path, url, 250) as (spool, _):
        await receiver.has(250)
        await drained(spool, receiver)
    assert ids(receiver) == [f"e{n}" for n in range(250)]
    assert receiver.batches == [100, 100, 50]


async def test_what_comes_later_is_sent_at_once(tmp_path: Path, url: str, receiver: Receiver) -> None:
    async with sending(tmp_path, url, 0) as (spool, sender):
        for sent in ("a", "ab"):
            name = sent[-1]
            spool.write([NeutralEvent(name, "ringing", name, AT)], {})
            sender.wake()
            await receiver.has(len(sent))
    assert ids(receiver) == ["a", "b"]


@pytest.mark.parametrize("status", [500, 503, 429, 401, 403, 404, 409, 302, 413, 400])
async def test_failures_are_tried_again(tmp_path: Path, url: str, receiver: Receiver, status: int) -> None:
    receiver.fail.extend([status] * 4)
    async with sending(tmp_path, url, 3) as (spool, _):
        await receiver.has(3)
        await drained(spool, receiver)
        assert spool.counts().dead == 0
    assert ids(receiver) == ["e0", "e1", "e2"]
    assert receiver.tries == 5


def test_a_target_does_not_show_its_secret() -> None:
    assert SECRET not in repr(Target("https://siaga.example/", SECRET))


async def test_a_page_that_is_no_receipt_is_not_believed(tmp_path: Path, url: str, receiver: Receiver) -> None:
    receiver.fail.extend([200, 204])
    async with sending(tmp_path, url, 1):
        await receiver.has(1)
    assert receiver.tries == 3


async def test_one_malformed_event_does_not_hold_up_the_rest(tmp_path: Path, url: str, receiver: Receiver) -> None:
    receiver.poison = lambda event: event["id"] == "e2"
    async with sending(tmp_path, url, 5) as (spool, sender):
        await receiver.has(4)
        await drained(spool, receiver)
        assert spool.counts().dead == 1
        spool.write([NeutralEvent(f"f{n}", "ringing", "c", AT) for n in range(3)], {})
        sender.wake()
        await receiver.has(7)
        receiver.poison = lambda event: False
        assert spool.revive() == 1
        sender.wake()
        await receiver.has(8)
    assert ids(receiver) == ["e0", "e1", "e3", "e4", "f0", "f1", "f2", "e2"]
    assert receiver.batches == [1, 1, 1, 1, 3, 1]


async def test_a_wrong_secret_loses_nothing(tmp_path: Path, url: str, receiver: Receiver) -> None:
    async with sending(tmp_path, url, 2, secret="another secret altogether") as (spool, _):
        await receiver.until(lambda: receiver.tries >= 3)
        assert receiver.events == []
        assert spool.counts().waiting == 2


class Tries(Pauses):
    """Says when three tries failed."""

    def __init__(self) -> None:
        super().__init__(first_s=0.01, max_s=0.05)
        self.failed = 0
        self.enough = asyncio.Event()

    def grow(self) -> float:
        self.failed += 1
        if self.failed == 3:
            self.enough.set()
        return super().grow()


async def test_siaga_away_and_back(tmp_path: Path, receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    tries, url = Tries(), f"http://127.0.0.1:{port}/api/v1/pbx/hall/events/"
    async with sending(tmp_path, url, 2, pauses=tries) as (spool, _):
        await asyncio.wait_for(tries.enough.wait(), 10)
        assert spool.counts().waiting == 2
        async with served(receiver, port=port):
            await receiver.has(2)
            await drained(spool, receiver)


def test_pauses_grow_up_to_their_limit() -> None:
    pauses = Pauses(first_s=1, max_s=5)
    grown = [pauses.grow() for _ in range(5)]
    assert all(0.75 * whole <= pause <= whole for pause, whole in zip(grown, (1, 2, 4, 5, 5), strict=True))
    pauses.reset()
    assert pauses.grow() <= 1
