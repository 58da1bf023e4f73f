"""Which tables were written, seen from the statements themselves."""

import re
from collections.abc import Callable, Collection
from typing import Any

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)


class TableWatch:
    """A wrapper for `connection.execute_wrapper`; each asker is told once of each write."""

    def __init__(self) -> None:
        self._written: dict[str, set[str]] = {}
        self._ever: set[str] = set()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run the statement and note what it writes to."""
        found = WRITES.match(sql)
        if found:
            table = found.group(1)
            self._ever.add(table)
            for tables in self._written.values():
                tables.add(table)
        return execute(sql, params, many, context)

    def take(self, asker: str, tables: Collection[str]) -> bool:
        """Whether any of these was written since this asker last asked."""
        written = self._written.get(asker)
        if written is None:
            self._written[asker] = set()
            return not self._ever.isdisjoint(tables)
        is_written = not written.isdisjoint(tables)
        written.clear()
        return is_written
