"""Which calls are drawn for review. Pure, and the same for everybody who has the seed and the calls.

Each call gets a place in line by the hash of seed and key, which nobody can guess before the seed is known; the first
in line are drawn. That is a simple random sample without replacement.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that may be drawn, and who answered it."""

    key: str
    operator: int


def daily_draw(calls: Iterable[Candidate], *, seed: str, share_percent: int) -> list[Candidate]:
    """At least `share_percent` of the calls, rounded up."""
    line = _in_line(calls, seed)
    return [*line[: ceil(len(line) * share_percent / 100)]]


def weekly_draw(calls: Iterable[Candidate], *, seed: str, covered: Iterable[int]) -> list[Candidate]:
    """One call of each operator who is not `covered` yet, drawn among all of theirs."""
    done, found = set(covered), []
    for call in _in_line(calls, seed):
        if call.operator not in done:
            done.add(call.operator)
            found.append(call)
    return found


def population_print(calls: Iterable[Candidate]) -> str:
    """A fingerprint of the calls that were drawn from, whatever their order."""
    text = "\n".join(sorted(f"{call.key} {call.operator}" for call in calls))
    return hashlib.sha256(text.encode()).hexdigest()


def _in_line(calls: Iterable[Candidate], seed: str) -> list[Candidate]:
    return sorted(calls, key=lambda call: hashlib.sha256(f"{seed} {call.key}".encode()).digest())
