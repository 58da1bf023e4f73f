"""What everybody in the room sees: the wallboard, and which unit is free. Fed by events alone."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from siaga.simulation.cast import SHARES

OVER = {"closed", "cancelled", "merged"}
SOON = timedelta(seconds=60)
FRESH = timedelta(seconds=20)


class Room:
    """Open calls, incidents and parts as the stream tells them."""

    def __init__(self) -> None:
        self.calls: dict[str, dict[str, Any]] = {}
        self.incidents: dict[str, dict[str, Any]] = {}
        self.parts: dict[str, dict[str, Any]] = {}
        self.assignments: dict[str, dict[str, Any]] = {}
        self.taken: set[str] = set()  # "I do that one", said aloud

    def hear(self, kind: str, payload: dict[str, Any]) -> None:
        """Take one event."""
        kept = {
            "call.changed": self.calls,
            "incident.changed": self.incidents,
            "part.changed": self.parts,
            "assignment.changed": self.assignments,
        }.get(kind)
        if kept is None:
            return
        if payload.get("state") in OVER or (kind == "assignment.changed" and payload.get("ended_at")):
            kept.pop(payload["id"], None)
        else:
            kept[payload["id"]] = payload

    def callbacks(self, now: datetime) -> list[dict[str, Any]]:
        """Who is to be called now, the longest due first: the first time soon, then not before the time has come."""
        found = [
            (due_at, call)
            for call in self.calls.values()
            if call["state"] == "callback_due" and call["id"] not in self.taken
            for due_at in [datetime.fromisoformat(call["callback_due_at"])]
            if due_at <= now + SOON or (call["callback_attempts"] == 0 and _left(call, now))
        ]
        return [call for _due_at, call in sorted(found, key=lambda item: (item[0], item[1]["number"]))]


class Garage:
    """Call signs by agency; who is out is known to the site alone, so one that is taken is tried in vain."""

    def __init__(self, units: Mapping[str, Sequence[str]], seed: int) -> None:
        self._units = {code: list(signs) for code, signs in units.items()}
        self._source = random.Random(f"garage {seed}")  # noqa: S311  # simulated chance

    def candidates(self, type_code: str) -> list[str]:
        """Units for a type, in the order in which to try them."""
        for agency in (*SHARES.get(type_code, ()), "bpbd"):
            if self._units.get(agency):
                signs = self._units[agency]
                return self._source.sample(signs, min(4, len(signs)))
        return []


def _left(call: dict[str, Any], now: datetime) -> bool:
    return bool(call["ended_at"]) and datetime.fromisoformat(call["ended_at"]) <= now - FRESH
