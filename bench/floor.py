"""The floor of a write: the same rows by bare psycopg2, into copies of the tables with their indexes and checks.

Copies, since the real tables hold chains and numbers that a benchmark must not break. Foreign keys and triggers are not
copied, so the floor is a little lower than the same work in the real tables.
"""

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2
from django.conf import settings
from psycopg2 import sql
from psycopg2.extras import Json


@dataclass(frozen=True, slots=True)
class Copy:
    """One row to write anew: its table, where a real one is found, and which columns must differ in every copy."""

    table: str
    where: str
    unique: Sequence[str]
    serial: str = "id"


@dataclass(frozen=True, slots=True)
class Statement:
    """An INSERT with the values of a real row."""

    text: str
    columns: Sequence[str]
    values: Sequence[Any]
    unique: frozenset[str]

    def fresh(self) -> list[Any]:
        """The values with new ones where they must differ."""
        return [
            _fresh(value) if column in self.unique else value
            for column, value in zip(self.columns, self.values, strict=True)
        ]


def statements(copies: Sequence[Copy]) -> list[Statement]:
    """Make the tables' copies, read a real row of each, and prepare its INSERT."""
    with _connect() as connection, connection.cursor() as cursor:
        return [_statement(cursor, copy) for copy in copies]


def rows_per_second(found: Sequence[Statement], *, connections: int, duration_s: float, counters: int) -> float:
    """How often a second all rows can be written, one transaction each, with `counters` updates of one locked row."""
    with _connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor_counter")
        cursor.execute("CREATE TABLE floor_counter (id int PRIMARY KEY, head bigint NOT NULL)")
        cursor.execute("INSERT INTO floor_counter VALUES (1, 0)")
    done = [0] * connections
    until = time.perf_counter() + duration_s
    threads = [
        threading.Thread(target=_write, args=(found, until, counters, done, number)) for number in range(connections)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - begun)


def _write(found: Sequence[Statement], until: float, counters: int, done: list[int], number: int) -> None:
    connection = _connect()
    with connection.cursor() as cursor:
        while time.perf_counter() < until:
            for statement in found:
                cursor.execute(statement.text, statement.fresh())
            for _ in range(counters):
                cursor.execute("UPDATE floor_counter SET head = head + 1 WHERE id = 1 RETURNING head")
                cursor.fetchone()
            connection.commit()
            done[number] += 1
    connection.close()


def _statement(cursor: Any, copy: Copy) -> Statement:
    floor = f"floor_{copy.table}"
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(floor)))
    cursor.execute(
        sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(sql.Identifier(floor), sql.Identifier(copy.table))
    )
    cursor.execute(f"SELECT * FROM {copy.table} WHERE {copy.where} LIMIT 1")
    row = cursor.fetchone()
    if row is None:
        raise SystemExit(f"no row of {copy.table} to copy ({copy.where})")
    pairs = [
        (column.name, Json(value) if isinstance(value, dict) else value)
        for column, value in zip(cursor.description, row, strict=True)
        if not (column.name == copy.serial and copy.serial not in copy.unique)
    ]
    columns = [name for name, _value in pairs]
    text = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(floor), sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
    )  # fmt: skip
    return Statement(text.as_string(cursor), columns, [value for _name, value in pairs], frozenset(copy.unique))


def _fresh(value: Any) -> Any:
    if isinstance(value, int):
        return uuid.uuid4().int % 2**60
    if isinstance(value, uuid.UUID):
        return str(uuid.uuid4())
    text = uuid.uuid4().hex
    return str(uuid.uuid4()) if len(str(value)) == 36 and str(value).count("-") == 4 else text[: max(1, len(value))]


def _connect() -> Any:
    return psycopg2.connect(settings.DATABASE_URL)
