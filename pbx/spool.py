"""What must not be lost: events that wait to be sent, those that Siaga refused, and the calls under way."""

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pbx.neutral import NeutralEvent

TABLES = """
create table if not exists waiting (seq integer primary key autoincrement, id text not null unique,
  body text not null, written_at text not null);
create table if not exists dead (seq integer primary key, id text not null, body text not null,
  written_at text not null, reason text not null, refused_at text not null);
create table if not exists calls (call text primary key, body text not null);
"""


class SpoolUnusable(OSError):
    """The spool cannot be opened, or another adapter has it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event in the spool: its place in the order, its id and its JSON."""

    seq: int
    id: str
    body: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many events wait, how many were refused, and since when the oldest waits (ISO 8601)."""

    waiting: int
    dead: int
    oldest_at: str | None


class Spool:
    """An SQLite file that one adapter writes. What `write` returned from is on the disk (WAL, synchronous=FULL).

    `exclusive` takes the file for this process; without it only the counts may be asked.
    """

    def __init__(self, path: Path, *, exclusive: bool = True) -> None:
        self._lock: int | None = None
        try:
            if exclusive:
                self._lock = _lock_take(path)
            self._database = _open(path)
        except (OSError, sqlite3.Error) as error:
            self._unlock()
            raise SpoolUnusable(f"{path}: {error}") from error

    def close(self) -> None:
        """Close the file and let another process have it."""
        self._database.close()
        self._unlock()

    def write(self, events: Iterable[NeutralEvent], calls: Mapping[str, str | None]) -> None:
        """Keep events to send and the calls as they are now, all or nothing. An id that waits already is kept once."""
        written_at = _now()
        with self._transaction():
            self._database.executemany(
                "insert or ignore into waiting (id, body, written_at) values (?, ?, ?)",
                [(event.id, event.to_json(), written_at) for event in events],
            )
            for call, body in calls.items():
                if body is None:
                    self._database.execute("delete from calls where call = ?", (call,))
                else:
                    self._database.execute("insert or replace into calls (call, body) values (?, ?)", (call, body))

    def calls(self) -> list[str]:
        """The calls under way when this file was last written, as JSON."""
        return [row[0] for row in self._database.execute("select body from calls order by rowid")]

    def batch(self, limit: int) -> list[Waiting]:
        """The oldest events that wait, in order."""
        rows = self._database.execute("select seq, id, body from waiting order by seq limit ?", (limit,))
        return [Waiting(*row) for row in rows]

    def delivered(self, events: Iterable[Waiting]) -> None:
        """Forget events that Siaga has."""
        with self._transaction():
            self._database.executemany("delete from waiting where seq = ?", [(event.seq,) for event in events])

    def bury(self, event: Waiting, *, reason: str) -> None:
        """Put aside an event that Siaga will never take, with its reason."""
        with self._transaction():
            self._database.execute(
                "insert into dead select seq, id, body, written_at, ?, ? from waiting where seq = ?",
                (reason, _now(), event.seq),
            )
            self._database.execute("delete from waiting where seq = ?", (event.seq,))

    def revive(self) -> int:
        """Let every event that was put aside wait again, behind the others; says how many."""
        with self._transaction():
            rows = self._database.execute("select id, body, written_at from dead order by seq").fetchall()
            self._database.executemany("insert or ignore into waiting (id, body, written_at) values (?, ?, ?)", rows)
            self._database.execute("delete from dead")
        return len(rows)

    def counts(self) -> Counts:
        """How much waits and how much was refused."""
        waiting, oldest_at = self._database.execute("select count(*), min(written_at) from waiting").fetchone()
        (dead,) = self._database.execute("select count(*) from dead").fetchone()
        return Counts(waiting, dead, oldest_at)

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._database)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class _Transaction:
    """`begin immediate`, then `commit`, or `rollback` after an error."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("begin immediate")

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self._database.execute("commit")
            return
        with suppress(sqlite3.Error):  # the first error tells more
            self._database.execute("rollback")


def _open(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # numbers of callers: from the first byte on
    path.chmod(0o600)
    database = sqlite3.connect(path, timeout=5, isolation_level=None)
    try:
        database.execute("pragma journal_mode=wal")
        database.execute("pragma synchronous=full")
        database.executescript(TABLES)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _lock_take(path: Path) -> int:
    """Beside the database: SQLite's own locks end when any handle on its file is closed."""
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise SpoolUnusable("another adapter has this spool") from error
    return handle


def _now() -> str:
    return datetime.now(UTC).isoformat()
