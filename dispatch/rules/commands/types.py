"""The words of the command language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What can stand in a place of a command."""

    UNIT = "unit"
    UNITS = "units"
    INCIDENT = "incident"
    PRIORITY = "priority"
    COUNT = "count"
    CAMERA = "camera"
    TYPE = "type"
    PLACE = "place"
    WORDS = "words"
    # These stand after a slash.
    TEXT = "text"
    DISPOSITION = "disposition"
    PLACE_TEXT = "place_text"


# Take the rest of the line.
AFTER_SLASH = frozenset({Kind.TEXT, Kind.DISPOSITION, Kind.PLACE_TEXT})
REST = frozenset({Kind.PLACE, Kind.WORDS})


@dataclass(frozen=True, slots=True)
class Argument:
    """One place of a command, with its word in both languages; `low` and `high` bound a COUNT."""

    name: str
    kind: Kind
    label_id: str
    label_en: str
    is_optional: bool = False
    low: int = 1
    high: int = 9

    def label(self, language: str) -> str:
        """The word for it."""
        return self.label_en if language == "en" else self.label_id

    def shown(self, language: str) -> str:
        """As it stands in a usage line."""
        label = f"/{self.label(language)}" if self.kind in AFTER_SLASH else self.label(language)
        return f"[{label}]" if self.is_optional else label


Form = tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """One verb. `does` names it for programs; where `is_show` it changes nothing but what is on the screen."""

    verb: str
    does: str
    permission: str
    forms: tuple[Form, ...]
    help_id: str
    help_en: str
    examples: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    is_show: bool = False

    def help(self, language: str) -> str:
        """What it does, in one line."""
        return self.help_en if language == "en" else self.help_id

    def usage(self, language: str) -> str:
        """How it is written; several ways stand after each other with a bar between them."""
        return " | ".join(" ".join([self.verb, *(item.shown(language) for item in form)]) for form in self.forms)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A line that was understood, in the form of the table; values are as they are written."""

    command: Command
    form: Form
    values: Mapping[str, str]

    def line(self, **other: str) -> str:
        """The line as the house writes it, with some places said otherwise."""
        values = {**self.values, **other}
        words = [self.command.verb]
        for item in self.form:
            if item.name in values:
                words.append(f"/{values[item.name]}" if item.kind in AFTER_SLASH else values[item.name])
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not understood. `data` fills the message; `lines` are lines that may have been meant."""

    code: str
    message: str
    data: Mapping[str, str | int] = field(default_factory=dict)
    command: Command | None = None
    argument: Argument | None = None
    lines: tuple[str, ...] = ()
