"""Fixed seeds, so that every figure here is the same on every machine."""

from collections import Counter
from math import sqrt

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.sampling import Candidate, daily_draw, population_print, weekly_draw

CALLS = [Candidate(f"panggilan-{number}", number % 33) for number in range(1741)]


def test_a_seed_draws_the_same_calls_in_whatever_order_they_come() -> None:
    drawn = daily_draw(CALLS, seed="a", share_percent=2)
    assert daily_draw(reversed(CALLS), seed="a", share_percent=2) == drawn
    assert daily_draw(CALLS, seed="b", share_percent=2) != drawn
    assert [call.key for call in drawn[:3]] == ["panggilan-113", "panggilan-563", "panggilan-1033"]  # as sha256sum says


def test_the_share_is_never_less_than_wanted() -> None:
    sizes = {count: len(daily_draw(CALLS[:count], seed="a", share_percent=2)) for count in (0, 1, 50, 51, 1741)}
    assert sizes == {0: 0, 1: 1, 50: 1, 51: 2, 1741: 35}


def test_each_call_is_drawn_as_often_as_any_other() -> None:
    # 4,000 seeds, 2 of 100 calls each: 80 expected for every call. Chi-square over 100 calls has a mean of 99 and a
    # deviation of sqrt(198) times sqrt(0.98), since calls of one draw exclude each other.
    counts = Counter(
        call.key for seed in range(4000) for call in daily_draw(CALLS[:100], seed=str(seed), share_percent=2)
    )
    assert sum(counts.values()) == 8000
    chi_square = sum((counts[call.key] - 80) ** 2 / 80 for call in CALLS[:100])
    assert abs(chi_square - 99 * 0.98) < 3 * sqrt(198)


def test_who_was_not_drawn_in_the_week_gets_one_call_of_their_own() -> None:
    drawn = weekly_draw(CALLS, seed="a", covered=range(10))
    assert sorted(call.operator for call in drawn) == list(range(10, 33))


def test_a_weekly_call_is_any_of_theirs() -> None:
    calls = [Candidate(str(number), 1) for number in range(5)]
    counts = Counter(weekly_draw(calls, seed=str(seed), covered=[])[0].key for seed in range(1000))
    assert set(counts) == {"0", "1", "2", "3", "4"}
    assert all(150 < count < 250 for count in counts.values())


@given(st.integers(0, 60), st.integers(1, 100), st.text(max_size=8))
def test_drawn_are_some_of_the_calls_each_once(count: int, share: int, seed: str) -> None:
    calls = CALLS[:count]
    drawn = daily_draw(calls, seed=seed, share_percent=share)
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= set(calls)
    assert 100 * len(drawn) >= share * len(calls)


def test_the_fingerprint_tells_other_calls_and_not_another_order() -> None:
    assert population_print(CALLS) == population_print(reversed(CALLS))
    assert population_print(CALLS) != population_print(CALLS[1:])
    assert population_print(CALLS) != population_print([*CALLS[1:], Candidate(CALLS[0].key, 99)])
