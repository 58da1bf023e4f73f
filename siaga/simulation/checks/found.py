"""What a check found, and reading rows as the database has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

SHOWN_MAX = 20
BATCH = 5000


@dataclass(slots=True)
class Check:
    """One check: what it looked at, and each thing that does not hold, in words."""

    name: str
    looked_at: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Nothing is wrong."""
        return not self.faults

    def need(self, holds: object, fault: str) -> None:
        """Count one thing; keep the words when it does not hold."""
        self.looked_at += 1
        if not holds:
            self.faults.append(fault)

    def as_dict(self) -> dict[str, Any]:
        """For JSON; not more than SHOWN_MAX faults."""
        return {
            "name": self.name, "ok": self.is_good, "looked_at": self.looked_at, "faults": len(self.faults),
            "first": self.faults[:SHOWN_MAX],
        }  # fmt: skip


def rows(sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, a batch at a time."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        while batch := cursor.fetchmany(BATCH):
            yield from batch


def value(sql: str, parameters: Sequence[Any] = ()) -> Any:
    """The one value of a query."""
    return next(rows(sql, parameters))[0]
