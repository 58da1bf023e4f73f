"""A card's text read as YAML: its content, every fault of the text itself, and on which line what stands.

Narrower than YAML: no references, since a few of them unfold to millions of rows, and no name twice in a block, since
YAML would drop the first in silence. The parser in C is faster and crashes on deep nesting, so it is not used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from common.errors import gettext_noop

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, where: names and list positions (from 0) from the top of the card, and the line (from 1)."""

    path: Path
    message: str
    data: Mapping[str, object] = field(default_factory=dict)
    line: int | None = None

    @property
    def place(self) -> str:
        """The path for people: `questions › age › answers › 2`; lists are counted from 1."""
        return " › ".join(str(part + 1) if isinstance(part, int) else part for part in self.path)

    def __str__(self) -> str:
        return f"{self.place or 'source'}: {self.message % self.data if self.data else self.message}"


@dataclass(frozen=True, slots=True)
class Read:
    """A text as far as it could be read; without faults `content` is whole."""

    content: Any
    faults: tuple[Fault, ...]
    root: yaml.Node | None

    def line_of(self, path: Sequence[str | int]) -> int | None:
        """The line of what stands at `path`, or of the innermost block around it that exists."""
        node, line = self.root, None
        if node is not None:
            line = node.start_mark.line + 1
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            node, line = found
        return line


def text_read(text: str) -> Read:
    """Read a text; never raises."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        faults = tuple(_walk(root)) if root is not None else ()
        content = None if root is None or faults else SafeConstructor().construct_document(root)
    except yaml.MarkedYAMLError as error:
        return Read(None, (_syntax(error),), None)
    except yaml.YAMLError as error:
        return Read(None, (Fault((), gettext_noop("This is not YAML: %(reason)s"), {"reason": str(error)}),), None)
    except RecursionError:
        return Read(None, (Fault((), gettext_noop("Blocks are nested too deeply.")),), None)
    except ValueError as error:  # a date like 2026-13-45
        return Read(None, (Fault((), gettext_noop("This is not YAML: %(reason)s"), {"reason": str(error)}),), None)
    return Read(content, faults, root)


def _child(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(part):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child = node.value[part]
        return child, child.start_mark.line + 1
    return None


def _walk(root: yaml.Node) -> list[Fault]:
    faults: list[Fault] = []
    seen: set[int] = set()
    waiting: list[tuple[yaml.Node, Path]] = [(root, ())]
    while waiting:
        node, path = waiting.pop()
        if id(node) in seen:
            message = gettext_noop("References (& and *) are not allowed; write the text out.")
            faults.append(Fault(path, message, line=node.start_mark.line + 1))
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [(child, (*path, number)) for number, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            faults += _doubled(node, path)
            waiting += [(value, (*path, _name(key))) for key, value in node.value]
    return faults


def _doubled(node: yaml.MappingNode, path: Path) -> list[Fault]:
    names: set[str] = set()
    faults = []
    for key, _value in node.value:
        name = _name(key)
        if name in names:
            message = gettext_noop("This name stands twice in its block.")
            faults.append(Fault((*path, name), message, line=key.start_mark.line + 1))
        names.add(name)
    return faults


def _name(key: yaml.Node) -> str:
    return str(key.value) if isinstance(key, yaml.ScalarNode) else "?"


def _syntax(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or str(error)
    data: dict[str, object] = {}
    if "mapping values are not allowed" in problem:
        message = gettext_noop("A text with a colon in it must stand in quotes.")
    elif "'\\t'" in problem:
        message = gettext_noop("Indent with spaces, not with tabs.")
    elif "single document" in problem:
        message = gettext_noop("One text holds one card; --- begins a second one.")
    else:
        message = gettext_noop("A bracket, a quote or the indentation does not fit here (%(reason)s).")
        data = {"reason": problem}
    return Fault((), message, data, mark.line + 1 if mark else None)
