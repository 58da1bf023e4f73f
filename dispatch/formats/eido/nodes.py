"""Looking into a JSON document that a stranger sent: each wrong value is noted with its place, reading goes on."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from common.errors import gettext_noop
from dispatch.formats.problems import BAD_TIME, MISSING, TOO_LONG, WRONG_TYPE, Problems

TEXT_LENGTH_MAX = 20_000
KEY_LENGTH_MAX = 300
LIST_LENGTH_MAX = 500
DEPTH_MAX = 40
NOWHERE = gettext_noop("This refers to nothing in the document.")
DOUBLED = gettext_noop("This identifier stands here twice.")
TOO_MANY = gettext_noop("There are too many of these.")
UNKEEPABLE = gettext_noop("This holds characters or numbers that cannot be kept.")
TOO_DEEP = gettext_noop("This is nested too deeply.")
NOBODY = datetime(1970, 1, 1, tzinfo=UTC)  # stands in where a moment is wrong; such a document is refused anyway


class Node:
    """One object of the document."""

    def __init__(self, value: Any, path: str, problems: Problems) -> None:
        self.path, self.problems = path, problems
        self._value: dict[str, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            problems.add(path, WRONG_TYPE)

    def at(self, name: str) -> str:
        """The place of a property."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Whether it is there at all."""
        return self._value.get(name) is not None

    def text(self, name: str, *, needed: bool = False, limit: int = TEXT_LENGTH_MAX) -> str:
        """A string; empty when it is missing or wrong."""
        value = self._value.get(name)
        if value is None or value == "":
            if needed:
                self.problems.add(self.at(name), MISSING)
            return ""
        return self._text(value, self.at(name), limit)

    def texts(self, name: str, *, needed: bool = False) -> list[str]:
        """A list of strings."""
        values = self._list(name, needed=needed)
        return [self._text(value, f"{self.at(name)}[{index}]", TEXT_LENGTH_MAX) for index, value in enumerate(values)]

    def whole(self, name: str) -> int | None:
        """A whole number."""
        value = self._value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**31:
            self.problems.add(self.at(name), WRONG_TYPE)
            return None
        return value

    def moment(self, name: str, *, needed: bool = True) -> datetime | None:
        """A moment with its offset."""
        text = self.text(name, needed=needed, limit=40)
        if not text:
            return NOBODY if needed else None
        try:
            found = datetime.fromisoformat(text)
            if found.tzinfo is None:
                raise ValueError(text)
            return found.astimezone(UTC)
        except (ValueError, OverflowError):
            self.problems.add(self.at(name), BAD_TIME)
            return NOBODY

    def node(self, name: str, *, needed: bool = False) -> "Node | None":
        """An object."""
        if not self.has(name):
            if needed:
                self.problems.add(self.at(name), MISSING)
            return None
        return Node(self._value[name], self.at(name), self.problems)

    def nodes(self, name: str, *, needed: bool = False) -> list["Node"]:
        """A list of objects."""
        values = self._list(name, needed=needed)
        return [Node(value, f"{self.at(name)}[{index}]", self.problems) for index, value in enumerate(values)]

    def reference(self, name: str, *, needed: bool = False) -> str:
        """Where one reference points to."""
        node = self.node(name, needed=needed)
        return node.text("$ref", needed=True, limit=KEY_LENGTH_MAX) if node else ""

    def references(self, name: str) -> list[tuple[str, str]]:
        """Where they point to, each with its place. One alone may stand without a list: some senders write it so."""
        value = self._value.get(name)
        found = [self.node(name)] if isinstance(value, dict) else self.nodes(name)
        return [(node.text("$ref", needed=True, limit=KEY_LENGTH_MAX), node.path) for node in found if node]

    def referred(self, name: str) -> set[str]:
        """Where they point to, without a word on what is wrong: that is said where they are followed."""
        value = self._value.get(name)
        rows = value if isinstance(value, list) else [value]
        return {str(row.get("$ref")) for row in rows if isinstance(row, dict)}

    def _list(self, name: str, *, needed: bool) -> list[Any]:
        value = self._value.get(name)
        if value is None or value == []:
            if needed:
                self.problems.add(self.at(name), MISSING)
            return []
        if not isinstance(value, list):
            self.problems.add(self.at(name), WRONG_TYPE)
            return []
        if len(value) > LIST_LENGTH_MAX:
            self.problems.add(self.at(name), TOO_MANY)
        return value[:LIST_LENGTH_MAX]

    def _text(self, value: Any, path: str, limit: int) -> str:
        if not isinstance(value, str):
            self.problems.add(path, WRONG_TYPE)
            return ""
        if len(value) > limit:
            self.problems.add(path, TOO_LONG)
        return value


def keepable_check(document: Any, problems: Problems) -> None:
    """Note every value that no database keeps: NUL, half characters, infinite numbers, bottomless depth."""
    for path, value, depth in _walk(document):
        if depth > DEPTH_MAX:
            problems.add(path[:200], TOO_DEEP)
            return
        if (isinstance(value, str) and not _is_text(value)) or (isinstance(value, float) and not math.isfinite(value)):
            problems.add(path[:200], UNKEEPABLE)


def _walk(document: Any) -> Iterator[tuple[str, Any, int]]:
    waiting: list[tuple[str, Any, int]] = [("", document, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        yield path, value, depth
        if depth > DEPTH_MAX:
            continue
        if isinstance(value, dict):
            for name, inner in value.items():
                yield path, name, depth
                waiting.append((f"{path}.{name}" if path else name, inner, depth + 1))
        elif isinstance(value, list):
            waiting += [(f"{path}[{index}]", inner, depth + 1) for index, inner in enumerate(value)]


def _is_text(value: str) -> bool:
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value)
