"""The simulated traffic has the shape of Jakarta's calls of 2024, as published and as we assume."""

from collections import Counter
from itertools import islice, pairwise

import pytest

from dispatch.rules.traffic import Burst, CallKind, Hours, PlannedCall, Spot, TrafficSettings, traffic_draw
from dispatch.rules.traffic.figures import CITY_WEIGHTS, COUNTED_EMERGENCIES, HOUR_WEIGHTS, KIND_WEIGHTS

DAY_S = 86400.0
HOUR_S = 3600.0
SPOTS = [Spot(f"{city}.{number:02d}.1001", city, f"Kelurahan {city} {number}", -6.2, 106.8, 500.0)
         for city in CITY_WEIGHTS for number in range(3)]  # fmt: skip
TWENTY_DAYS = TrafficSettings(duration_s=20 * DAY_S, seed=7)


@pytest.fixture(scope="module")
def calls() -> list[PlannedCall]:
    return list(traffic_draw(TWENTY_DAYS, SPOTS))


def shares(counts: Counter[str]) -> dict[str, float]:
    return {name: count / counts.total() for name, count in counts.items()}


def test_so_many_come_in_a_day_in_order_and_each_once(calls: list[PlannedCall]) -> None:
    assert len(calls) / 20 == pytest.approx(1741, rel=0.02)
    assert all(before.at_s < after.at_s for before, after in pairwise(calls))
    assert calls[0].at_s >= 0
    assert calls[-1].at_s < 20 * DAY_S
    assert len({call.key for call in calls}) == len(calls)


def test_the_kinds_are_those_of_2024(calls: list[PlannedCall]) -> None:
    found = shares(Counter(call.kind.value for call in calls))
    assert found == {
        "dropped": pytest.approx(0.58, abs=0.01), "prank": pytest.approx(0.23, abs=0.01),
        "non_emergency": pytest.approx(0.17, abs=0.01), "emergency": pytest.approx(0.01, abs=0.003),
    }  # fmt: skip
    assert sum(KIND_WEIGHTS.values()) == pytest.approx(99.3)


def test_the_cities_have_their_shares(calls: list[PlannedCall]) -> None:
    found = shares(Counter(call.event.spot.city for call in calls))
    assert found == {city: pytest.approx(weight / 100, abs=0.01) for city, weight in CITY_WEIGHTS.items()}


def test_the_hours_of_the_day_have_their_shares_wherever_the_traffic_starts(calls: list[PlannedCall]) -> None:
    total = sum(HOUR_WEIGHTS)
    found = shares(Counter(str(int(call.at_s % DAY_S // HOUR_S)) for call in calls))
    assert found == {str(hour): pytest.approx(weight / total, abs=0.005) for hour, weight in enumerate(HOUR_WEIGHTS)}
    late = TrafficSettings(duration_s=HOUR_S, first_hour=18.0, calls_a_day=100_000)
    early = TrafficSettings(duration_s=HOUR_S, first_hour=3.0, calls_a_day=100_000)
    ratio = len(list(traffic_draw(late, SPOTS))) / len(list(traffic_draw(early, SPOTS)))
    assert ratio == pytest.approx(HOUR_WEIGHTS[18] / HOUR_WEIGHTS[3], rel=0.1)


@pytest.mark.parametrize("rate", [0.5, 20.0])
def test_any_rate_comes_with_the_same_proportions(rate: float) -> None:
    settings = TrafficSettings(duration_s=6000 / rate, first_hour=4.5, calls_a_second=rate)
    found = list(traffic_draw(settings, SPOTS))
    assert len(found) == pytest.approx(6000, rel=0.05)
    kinds = shares(Counter(call.kind.value for call in found))
    assert kinds["dropped"] == pytest.approx(0.586, abs=0.03)
    assert kinds["prank"] == pytest.approx(0.229, abs=0.03)


def test_the_same_seed_draws_the_same_calls_and_another_others() -> None:
    def draw(seed: int) -> list[PlannedCall]:
        return list(islice(traffic_draw(TrafficSettings(duration_s=DAY_S, seed=seed), SPOTS), 50))

    assert draw(3) == draw(3)
    assert [call.at_s for call in draw(3)] != [call.at_s for call in draw(4)]


def test_a_burst_is_many_calls_about_one_event_on_top_of_the_others() -> None:
    burst = Burst(1000.0, calls=40, within_s=300.0, type_code="banjir")
    settings = TrafficSettings(duration_s=HOUR_S, first_hour=12.0, bursts=(burst,))
    found = list(traffic_draw(settings, SPOTS))
    assert [call.at_s for call in found] == sorted(call.at_s for call in found)
    about = [call for call in found if call.event.type_code == "banjir" and "-b1000-" in call.key]
    assert len(about) == 40
    assert len({call.event for call in about}) == 1
    assert {call.kind for call in about} == {CallKind.EMERGENCY}
    assert all(1000.0 <= call.at_s <= 1300.0 for call in about)
    without = list(traffic_draw(TrafficSettings(duration_s=HOUR_S, first_hour=12.0), SPOTS))
    assert [call for call in found if call not in about] == without


def test_lines_end_as_their_kind_says(calls: list[PlannedCall]) -> None:
    dropped = [call for call in calls if call.kind == CallKind.DROPPED]
    others = [call for call in calls if call.kind != CallKind.DROPPED]
    assert all(call.breaks_after_s is None and not call.is_silent for call in others)
    assert all(call.hangs_up_after_s >= 10 for call in others)
    ringing = [call for call in dropped if call.breaks_after_s is None]
    assert all(call.hangs_up_after_s <= 8 for call in ringing)
    assert len(ringing) / len(dropped) == pytest.approx(0.55, abs=0.01)
    broken = [call for call in dropped if call.breaks_after_s is not None and not call.is_silent]
    assert len(broken) / len(dropped) == pytest.approx(0.15, abs=0.01)


def test_callers_have_possible_numbers_that_nobody_has_and_some_call_again_and_again(calls: list[PlannedCall]) -> None:
    numbers = [call.caller_number for call in calls]
    assert numbers.count(None) / len(numbers) == pytest.approx(0.04, abs=0.005)
    assert all(number is None or (number.startswith("+62840") and len(number) == 14) for number in numbers)
    pranks = Counter(call.caller_number for call in calls if call.kind == CallKind.PRANK and call.caller_number)
    assert pranks.most_common(1)[0][1] > 100
    assert max(Counter(call.caller_number for call in calls if call.kind == CallKind.EMERGENCY).values()) < 20


def test_emergencies_have_the_types_that_were_counted() -> None:
    settings = TrafficSettings(duration_s=20 * DAY_S, kind_weights={"emergency": 1.0}, calls_a_day=500)
    found = Counter(call.event.type_code for call in traffic_draw(settings, SPOTS))
    for code, count in COUNTED_EMERGENCIES.items():
        assert found[code] / found.total() == pytest.approx(count / 6373, abs=0.015)
    assert all("{" not in call.words and call.words for call in traffic_draw(settings, SPOTS))


def test_a_city_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match=r"31\.75"):
        traffic_draw(TWENTY_DAYS, [spot for spot in SPOTS if spot.city != "31.75"])


def test_hours_sum_up_to_the_time_that_passes() -> None:
    hours = Hours(HOUR_WEIGHTS, 22.25)
    assert hours.mass(DAY_S) == pytest.approx(DAY_S)
    assert hours.mass(2 * HOUR_S) == pytest.approx(
        HOUR_S * (0.75 * hours.rate(0.0) + hours.rate(HOUR_S) + 0.25 * hours.rate(2 * HOUR_S))
    )
