"""Where in a command somebody is typing, and what may come there. Pure."""

import re
from dataclasses import dataclass

from dispatch.rules.commands.parser import LINE_MAX, gap_end, plain, token_read, verb_read
from dispatch.rules.commands.types import AFTER_SLASH, REST, Argument, Command, Kind

_WORD = re.compile(r"[^\s/]*")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The end of the line: `typed` is what stands there of `argument` so far, `head` all before it.

    Without a command the verb itself is being typed; without an argument nothing may follow.
    """

    head: str
    typed: str
    command: Command | None = None
    argument: Argument | None = None

    def line(self, text: str) -> str:
        """The whole line with `text` in the place where the cursor is."""
        gap = "" if not self.head or self.head.endswith((" ", ",", ".", "/")) else " "
        return f"{self.head}{gap}{text}"


def cursors(text: str) -> list[Cursor]:
    """One for each form of the command that fits so far; never empty."""
    line = plain(text).lstrip()[:LINE_MAX]
    if not re.search(r"[\s./]", line) and line != "?":
        return [Cursor("", line)]
    command, position = verb_read(line)
    if command is None:
        return [Cursor("", re.split(r"[\s./]", line, maxsplit=1)[0])]
    found = [_cursor(command, list(form), line, position) for form in command.forms]
    fitting = [item for item in found if item is not None]
    return fitting or [Cursor(line, "", command)]


def _cursor(command: Command, form: list[Argument], line: str, position: int) -> Cursor | None:
    """None where this form does not fit what stands there."""
    for argument in form:
        start = gap_end(line, position)
        if argument.kind in AFTER_SLASH or argument.kind in REST:
            has_slash = line[start : start + 1] == "/"
            if argument.kind in AFTER_SLASH and start < len(line) and not has_slash:
                return None
            head = start + 1 if has_slash else start
            return Cursor(line[:head], line[head:].lstrip(), command, argument)
        word = _WORD.match(line, start)
        if word is None or word.end() == len(line):
            return _typing(command, argument, line, start)
        read = token_read(argument, line, position)
        if read is not None:
            position = read[1]
        elif not argument.is_optional:
            return None
    return Cursor(line, "", command) if not line[position:].strip() else None


def _typing(command: Command, argument: Argument, line: str, start: int) -> Cursor | None:
    if argument.kind == Kind.UNITS:
        start += line[start:].rfind(",") + 1
    typed = line[start:]
    is_possible = argument.kind != Kind.INCIDENT or re.fullmatch(r"\.|#?[0-9]*", typed)
    if argument.kind == Kind.CAMERA and typed.isdecimal():
        return None
    return Cursor(line[:start], typed, command, argument) if is_possible else None
