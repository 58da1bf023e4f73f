"""Against examples that can be worked out on paper."""

import random

import pytest

from dispatch.rules.agreement import agreement_share, cohen_kappa, fleiss_kappa


def expand(counts: list[list[int]]) -> list[list[int]]:
    """How many reviewers chose each answer, as a list of answers for each question."""
    return [[answer for answer, count in enumerate(row) for _ in range(count)] for row in counts]


def test_cohen_of_fifty_cases() -> None:
    # 20 both yes, 15 both no, 5 only the first says yes, 10 only the second: observed 35/50 = 0.7; by chance
    # 25/50 * 30/50 + 25/50 * 20/50 = 0.5; (0.7 - 0.5) / (1 - 0.5) = 0.4.
    first = [1] * 20 + [0] * 15 + [1] * 5 + [0] * 10
    second = [1] * 20 + [0] * 15 + [0] * 5 + [1] * 10
    assert cohen_kappa(first, second) == pytest.approx(0.4)
    assert agreement_share(list(zip(first, second, strict=True))) == pytest.approx(0.7)


def test_cohen_where_the_share_is_the_same_and_chance_is_not() -> None:
    # Twice 60 of 100 alike. 45 + 15, 25 and 15 apart: 0.7 * 0.6 + 0.3 * 0.4 = 0.54 by chance, 0.06 / 0.46.
    assert cohen_kappa(
        [1] * 45 + [0] * 15 + [1] * 25 + [0] * 15, [1] * 45 + [0] * 15 + [0] * 25 + [1] * 15
    ) == pytest.approx(0.06 / 0.46)
    # 25 + 35, 5 and 35 apart: 0.3 * 0.6 + 0.7 * 0.4 = 0.46 by chance, 0.14 / 0.54.
    assert cohen_kappa(
        [1] * 25 + [0] * 35 + [1] * 5 + [0] * 35, [1] * 25 + [0] * 35 + [0] * 5 + [1] * 35
    ) == pytest.approx(0.14 / 0.54)


def test_fleiss_of_ten_cases_by_fourteen_reviewers() -> None:
    # Pairs alike in each row, of 14 * 13 ordered ones; in the first all, in the second (0 + 2 + 30 + 12 + 2) / 182.
    alike = [1.000, 0.253, 0.308, 0.440, 0.330, 0.462, 0.242, 0.176, 0.286, 0.286]
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    assert [round(sum(n * (n - 1) for n in row) / 182, 3) for row in counts] == alike
    observed = sum(sum(n * (n - 1) for n in row) / 182 for row in counts) / 10
    by_chance = sum((sum(column) / 140) ** 2 for column in zip(*counts, strict=True))
    assert (round(observed, 3), round(by_chance, 3)) == (0.378, 0.213)
    found = fleiss_kappa(expand(counts))
    assert found is not None
    assert round(found, 3) == 0.210
    assert found == pytest.approx((observed - by_chance) / (1 - by_chance))
    assert agreement_share(expand(counts)) == pytest.approx(observed)


def test_fleiss_does_not_mind_who_said_what() -> None:
    rows = expand([[3, 0], [2, 1], [0, 3], [1, 2]])
    shuffled = [random.Random(7).sample(row, 3) for row in rows]
    assert fleiss_kappa(shuffled) == pytest.approx(fleiss_kappa(rows))


def test_all_alike_is_one_and_chance_alone_is_nothing() -> None:
    assert cohen_kappa([1, 0, 1], [1, 0, 1]) == 1
    assert fleiss_kappa([[1, 1, 1], [0, 0, 0]]) == 1
    assert cohen_kappa([1, 1], [1, 1]) is None
    assert fleiss_kappa([[1, 1, 1], [1, 1, 1]]) is None
    assert cohen_kappa([], []) is None
    assert fleiss_kappa([]) is None
    assert agreement_share([]) is None
    assert agreement_share([[1], [0]]) is None


def test_worse_than_chance_is_below_nothing() -> None:
    assert cohen_kappa([1, 0], [0, 1]) == pytest.approx(-1)
    assert fleiss_kappa([[1, 0], [0, 1]]) == pytest.approx(-1)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="same questions"):
        cohen_kappa([1], [1, 0])
    with pytest.raises(ValueError, match="two reviewers"):
        fleiss_kappa([[1, 0], [1]])
    with pytest.raises(ValueError, match="two reviewers"):
        fleiss_kappa([[1]])
