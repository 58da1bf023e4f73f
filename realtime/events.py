"""The kinds of events: each a strict schema and the permission to read it. An unknown kind is read by nobody."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from accounts.permissions import Permission


class EventPayload(BaseModel):
    """Base of all payloads: nothing undeclared gets in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event."""

    name: str
    payload: type[EventPayload]
    permission: Permission


KINDS: dict[str, EventKind] = {}


def event_kind(name: str, payload: type[EventPayload], permission: Permission) -> EventKind:
    """Declare a kind once, at import of an app's `events.py`."""
    if name in KINDS:
        raise ValueError(f"event kind {name!r} is declared twice")
    KINDS[name] = EventKind(name, payload, permission)
    return KINDS[name]
