"""Nothing that was written is lost."""

import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pbx.neutral import NeutralEvent
from pbx.spool import Spool, SpoolUnusable
from tests.pbx.conftest import ROOT

AT = datetime(2026, 3, 1, tzinfo=UTC)
WRITER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from pbx.neutral import NeutralEvent
from pbx.spool import Spool
spool = Spool(Path(sys.argv[1]))
at = datetime(2026, 3, 1, tzinfo=UTC)
spool.write([NeutralEvent(str(n), "ringing", str(n), at) for n in range(3)], {"0": "{}"})
print("written", flush=True)
time.sleep(600)
"""


def make(name: str) -> NeutralEvent:
    return NeutralEvent(name, "ringing", "call", AT)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool(tmp_path / "spool.sqlite3")
    yield opened
    opened.close()


async def test_a_process_killed_between_write_and_send_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite3"
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout
    assert await asyncio.wait_for(writer.stdout.readline(), 15) == b"written\n"
    with pytest.raises(SpoolUnusable, match="another adapter"):
        Spool(path)
    writer.kill()
    await writer.wait()
    spool = Spool(path)
    assert [event.id for event in spool.batch(100)] == ["0", "1", "2"]
    assert spool.calls() == ["{}"]
    spool.close()


def test_the_oldest_come_first_and_go_when_delivered(spool: Spool) -> None:
    spool.write([make("b"), make("a")], {})
    spool.write([make("c"), make("b")], {})  # told again while it waits
    first = spool.batch(2)
    assert [event.id for event in first] == ["b", "a"]
    spool.delivered(first)
    assert [event.id for event in spool.batch(9)] == ["c"]


def test_events_and_calls_are_written_together_or_not_at_all(spool: Spool) -> None:
    with pytest.raises(sqlite3.Error):
        spool.write([make("a")], {"call": object()})  # type: ignore[dict-item]
    assert spool.batch(9) == []
    spool.write([make("a")], {"call": "1", "other": "2"})
    spool.write([], {"call": None})
    assert spool.calls() == ["2"]


def test_a_refused_event_is_kept_aside_and_can_be_tried_again(spool: Spool) -> None:
    spool.write([make("a"), make("b")], {})
    spool.bury(spool.batch(1)[0], reason="no such call")
    counts = spool.counts()
    assert (counts.waiting, counts.dead) == (1, 1)
    assert spool.revive() == 1
    assert [event.id for event in spool.batch(9)] == ["b", "a"]


def test_only_the_owner_may_read_it(tmp_path: Path, spool: Spool) -> None:
    spool.write([make("a")], {})
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("spool*")} == {0o600}
    folder = tmp_path / "none" / "spool.sqlite3"
    with pytest.raises(SpoolUnusable):
        Spool(folder)
