"""Identifiers of our incidents in the whole world, and what of a document may change an incident. Pure."""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

TRACKING = re.compile(r"urn:emergency:uid:incidentid:([0-9a-f]{32}):(.+)")
# These are one thing: a position with half of it changed is nowhere.
POSITION = ("lat", "lon", "radius_m")


def tracking_identifier(incident_id: uuid.UUID, element: str) -> str:
    """As NENA-STA-010 writes them."""
    return f"urn:emergency:uid:incidentid:{incident_id.hex}:{element}"


def own_incident(identifier: str, element: str) -> uuid.UUID | None:
    """Which of our incidents this is; None when it is another system's."""
    found = TRACKING.fullmatch(identifier)
    return uuid.UUID(found[1]) if found and found[2] == element else None


def component_key(row_id: uuid.UUID) -> str:
    """The identifier of one row of ours."""
    return f"urn:uuid:{row_id}"


def told_anew(
    before: Mapping[str, Any], now: Mapping[str, Any], present: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What a new document changes, and what it says without effect: a field that people here changed is theirs."""
    changes: dict[str, Any] = {}
    kept: list[str] = []
    for names in _groups(now):
        new = {name: now[name] for name in names}
        if all(before[name] == value for name, value in new.items()):
            continue
        if all(present[name] == before[name] for name in names):
            changes |= new
        elif any(present[name] != value for name, value in new.items()):
            kept += names
    return changes, kept


def pieces(text: str, length: int) -> Iterator[str]:
    """A text in pieces of at most this length."""
    return (text[start : start + length] for start in range(0, len(text), length))


def _groups(names: Iterable[str]) -> list[tuple[str, ...]]:
    return [POSITION, *((name,) for name in names if name not in POSITION)]
