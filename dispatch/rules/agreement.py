"""How far reviewers agree: percent agreement, Cohen's kappa for two, Fleiss' kappa for more. Pure.

Cohen, Educational and Psychological Measurement 20 (1960) 37-46; Fleiss, Psychological Bulletin 76 (1971) 378-382.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import combinations
from math import isclose


def agreement_share(ratings: Sequence[Sequence[Hashable]]) -> float | None:
    """The share of pairs of reviewers who gave the same answer, over all questions; None where there is no pair.

    `ratings[question][reviewer]`.
    """
    pairs = [one == other for row in ratings for one, other in combinations(row, 2)]
    return sum(pairs) / len(pairs) if pairs else None


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Agreement of two reviewers beyond chance; None where chance alone would agree always, or nothing was asked."""
    if len(first) != len(second):
        raise ValueError("both answer the same questions")
    count = len(first)
    if not count:
        return None
    observed = sum(one == other for one, other in zip(first, second, strict=True)) / count
    ours, theirs = Counter(first), Counter(second)
    by_chance = sum(ours[answer] * theirs[answer] for answer in ours) / count**2
    return _beyond(observed, by_chance)


def fleiss_kappa(ratings: Sequence[Sequence[Hashable]]) -> float | None:
    """The same for any number of reviewers, at least two; every question has an answer of each.

    `ratings[question][reviewer]`; None as above.
    """
    if not ratings:
        return None
    reviewers = len(ratings[0])
    if reviewers < 2 or any(len(row) != reviewers for row in ratings):
        raise ValueError("at least two reviewers, and an answer of each to every question")
    counts = [Counter(row) for row in ratings]
    alike = [sum(n * (n - 1) for n in row.values()) / (reviewers * (reviewers - 1)) for row in counts]
    totals = sum(counts, Counter[Hashable]())
    by_chance = sum((n / (len(ratings) * reviewers)) ** 2 for n in totals.values())
    return _beyond(sum(alike) / len(alike), by_chance)


def _beyond(observed: float, by_chance: float) -> float | None:
    return None if isclose(by_chance, 1.0) else (observed - by_chance) / (1.0 - by_chance)
