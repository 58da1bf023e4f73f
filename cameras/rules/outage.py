"""Many cameras that die at once are one event: a street without power, a provider without a line. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SINGLE_MAX = 5  # more than these are told in one line
NAMED = 3


@dataclass(frozen=True, slots=True)
class Dead:
    """A camera that died, with its kelurahan (may be empty) and owner."""

    code: str
    village: str
    owner: str


@dataclass(frozen=True, slots=True)
class Outage:
    """Many in one line: how many, in which kelurahan, and whose; the largest groups by name, `others` for the rest."""

    count: int
    villages: tuple[tuple[str, int], ...]
    villages_others: int
    owners: tuple[tuple[str, int], ...]
    owners_others: int


def outage_of(dead: Sequence[Dead]) -> Outage | None:
    """One line for many; None when they are few enough to be told each by itself."""
    if len(dead) <= SINGLE_MAX:
        return None
    villages, villages_others = _largest(item.village for item in dead)
    owners, owners_others = _largest(item.owner for item in dead)
    return Outage(len(dead), villages, villages_others, owners, owners_others)


def _largest(names: Iterable[str]) -> tuple[tuple[tuple[str, int], ...], int]:
    counts = Counter(names)
    ranked = sorted(counts.items(), key=lambda item: (not item[0], -item[1], item[0]))  # without a name: last
    named = tuple((name, count) for name, count in ranked[:NAMED] if name)
    return named, counts.total() - sum(count for _name, count in named)
