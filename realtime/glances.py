"""What consoles see besides events: the present state of things that change too often to be numbered.

A glance has no number and is kept nowhere. It may be lost, and the next one makes up for it; it never goes before an
event, and writing what it shows touches no realm's counter, so it cannot delay one.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.permissions import Permission

# Gives what has changed since it was last asked, or None. Made anew for each hub, which asks it from one thread.
Look = Callable[[], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class GlanceKind:
    """One kind of glance: who may see it, and what makes the look for a realm."""

    name: str
    permission: Permission
    make: Callable[[int], Look]


@dataclass(frozen=True, slots=True)
class Glance:
    """One glance as it goes to every console that may see it: encoded once for all."""

    permission: Permission
    text: str


KINDS: dict[str, GlanceKind] = {}


def glance_kind(name: str, permission: Permission, make: Callable[[int], Look]) -> GlanceKind:
    """Declare a kind once, at import of an app's `glances.py`."""
    if name in KINDS:
        raise ValueError(f"glance {name!r} is declared twice")
    KINDS[name] = GlanceKind(name, permission, make)
    return KINDS[name]


class Glancer:
    """Looks at all kinds for one realm."""

    def __init__(self, realm_id: int) -> None:
        self._looks = [(kind, kind.make(realm_id)) for kind in KINDS.values()]

    def look(self) -> list[Glance]:
        """What is new of each kind."""
        found = []
        for kind, look in self._looks:
            payload = look()
            if payload is not None:
                message = {"type": "glance", "kind": kind.name, "payload": payload}
                found.append(Glance(kind.permission, json.dumps(message, separators=(",", ":"))))
        return found
