"""From a line to a command. Never raises, and guesses nothing: what is not in the table is refused with what is."""

import difflib
import re
import unicodedata
from dataclasses import dataclass, field

from common.errors import gettext_noop
from dispatch.rules.commands.table import BY_WORD
from dispatch.rules.commands.types import AFTER_SLASH, REST, Argument, Command, Form, Kind, Parsed, Refusal

LINE_MAX = 1000
NEAR_MAX = 3
_VERB = re.compile(r"\?|[^\s./?,]+")
_NAME = r"[A-Za-z0-9_-]+"
# What a place of this kind looks like; after it comes a space, one point, a slash or the end.
TOKENS = {
    Kind.UNIT: re.compile(_NAME),
    Kind.UNITS: re.compile(rf"{_NAME}(?:\s*,\s*{_NAME})*"),
    Kind.INCIDENT: re.compile(r"\.|#?[0-9]{1,12}"),
    Kind.PRIORITY: re.compile(r"[Pp]?[1-5]"),
    Kind.COUNT: re.compile(r"[0-9]{1,4}"),
    Kind.CAMERA: re.compile(r"(?=[^\s/]*[A-Za-z])[^\s/]+"),
    Kind.TYPE: re.compile(r"[^\s./]+"),
}
_GAP = re.compile(r"\s*")
_SEPARATOR = re.compile(r"\.|(?=[\s/]|$)")


def parse(text: str) -> Parsed | Refusal:
    """The command that a line says, or why it says none."""
    line = cleaned(text)
    if not line:
        return Refusal("empty", gettext_noop("Type a command; ? lists them."))
    if len(line) > LINE_MAX:
        return Refusal(
            "line_too_long", gettext_noop("A command has at most %(limit)d characters."), {"limit": LINE_MAX}
        )
    command, position = verb_read(line)
    if command is None:
        return _unknown(line)
    found = [_form_read(command, form, line, position) for form in command.forms]
    understood = next((item for item in found if isinstance(item, Parsed)), None)
    return (
        understood or max((item for item in found if isinstance(item, _Miss)), key=lambda item: item.position).refusal
    )


def plain(text: str) -> str:
    """Without control characters, which no column takes; as long as before."""
    return "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in text)


def cleaned(text: str) -> str:
    """Without the space around, too."""
    return plain(text).strip()


def verb_read(line: str) -> tuple[Command | None, int]:
    """The command that a line begins with, and where its first place may begin."""
    word = _VERB.match(line)
    command = BY_WORD.get(word.group().upper()) if word else None
    if command is None or word is None:
        return None, 0
    ending = _SEPARATOR.match(line, word.end())
    if ending is None and command.verb != "?":
        return None, 0
    return command, ending.end() if ending else word.end()


def token_read(argument: Argument, line: str, position: int) -> tuple[str, int] | None:
    """What stands in this place, and where the next one may begin; None where it is something else."""
    start = gap_end(line, position)
    if argument.kind in AFTER_SLASH:
        return (line[start + 1 :].strip(), len(line)) if line[start : start + 1] == "/" else None
    if argument.kind in REST:
        return line[start:].lstrip("/ \t").strip(), len(line)
    token = TOKENS[argument.kind].match(line, start)
    if token is None:
        return None
    ending = re.compile(r"(?=[\s/]|$)").match(line, token.end()) if token.group() == "." else None
    ending = ending or (_SEPARATOR.match(line, token.end()) if token.group() != "." else None)
    if ending is None:
        return None
    value = _value(argument, token.group())
    return None if value is None else (value, ending.end())


def gap_end(line: str, position: int) -> int:
    """Where the next thing begins."""
    gap = _GAP.match(line, position)
    return gap.end() if gap else position


@dataclass(frozen=True, slots=True)
class _Miss:
    refusal: Refusal
    position: int


@dataclass(slots=True)
class _Reading:
    position: int
    values: dict[str, str] = field(default_factory=dict)


def _form_read(command: Command, form: Form, line: str, position: int) -> Parsed | _Miss:
    reading = _Reading(position)
    for argument in form:
        read = token_read(argument, line, reading.position)
        if read is not None and read[0]:
            reading.values[argument.name], reading.position = read
        elif not argument.is_optional:
            return _Miss(_missing(command, argument, line, reading.position), reading.position)
        elif read is not None:
            reading.position = read[1]
    rest = line[reading.position :].strip()
    if rest:
        last = next((item for item in form if item.is_optional and item.name not in reading.values), None)
        refusal = _missing(command, last, line, reading.position) if last else _too_many(command, rest)
        return _Miss(refusal, reading.position)
    return Parsed(command, form, reading.values)


def _value(argument: Argument, text: str) -> str | None:
    if argument.kind in {Kind.UNIT, Kind.UNITS}:
        return ",".join(dict.fromkeys(name.strip().upper() for name in text.split(",")))
    if argument.kind == Kind.PRIORITY:
        return f"P{text[-1]}"
    if argument.kind == Kind.COUNT:
        return str(int(text)) if argument.low <= int(text) <= argument.high else None
    if argument.kind == Kind.CAMERA:
        return text.upper()
    return text.lower() if argument.kind == Kind.TYPE else text


def _unknown(line: str) -> Refusal:
    word = re.split(r"[\s./]", line, maxsplit=1)[0][:20] or line[:20]
    near = difflib.get_close_matches(word.upper(), BY_WORD, n=NEAR_MAX, cutoff=0.5)
    # Close to no verb, as «kirim» is: the list of all is shorter than a guess.
    verbs = dict.fromkeys(BY_WORD[name].verb for name in near)
    rest = line[len(word) :]
    return Refusal(
        "unknown_command", gettext_noop("There is no command “%(word)s”; ? lists them."), {"word": word},
        lines=tuple(f"{verb}{rest}" for verb in verbs),
    )  # fmt: skip


def _missing(command: Command, argument: Argument, line: str, position: int) -> Refusal:
    start = gap_end(line, position)
    typed = re.split(r"\s", line[start:], maxsplit=1)[0][:40]
    if typed in {"", "/"}:
        return Refusal(
            "argument_missing", gettext_noop("Not complete: %(argument)s is missing. %(usage)s"), {},
            command=command, argument=argument,
        )  # fmt: skip
    return Refusal(
        "argument_invalid", gettext_noop("“%(typed)s” is not what belongs here: %(argument)s. %(usage)s"),
        {"typed": typed}, command=command, argument=argument,
    )  # fmt: skip


def _too_many(command: Command, rest: str) -> Refusal:
    return Refusal(
        "too_much", gettext_noop("“%(typed)s” is too much. %(usage)s"), {"typed": rest[:40]}, command=command
    )
