"""What a command is asked with, and what it came to."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from common.errors import SiagaError
from dispatch.rules.commands.types import Parsed
from realtime.events import EventPayload
from realtime.models import Realm

SOURCE = "command"


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that was understood: by whom, where, and which incident is selected on their screen."""

    user: User
    realm: Realm
    parsed: Parsed
    selected: uuid.UUID | None

    def by(self) -> dict[str, Any]:
        """What every action is called with."""
        return {"user": self.user, "source": SOURCE, "realm": self.realm}

    def value(self, name: str) -> str:
        """What stands in a place of the command; empty where it was left out."""
        return self.parsed.values.get(name, "")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, to be translated for who reads it."""

    message: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class Outcome:
    """What was done: sentences, rows as they are now, what is to be shown, and what of it was refused."""

    said: list[Said] = field(default_factory=list)
    changed: dict[str, list[EventPayload]] = field(default_factory=dict)
    show: dict[str, Any] | None = None
    refused: list[tuple[str, SiagaError]] = field(default_factory=list)

    def say(self, message: str, **data: Any) -> None:
        """Add a sentence."""
        self.said.append(Said(message, data))

    def change(self, name: str, *rows: EventPayload) -> None:
        """Add rows as they are now, under the name that they have in the state."""
        self.changed.setdefault(name, []).extend(rows)
