"""What is taken of a batch of positions, and how long a way takes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.positions import batch_read, freshness
from dispatch.rules.travel import Speeds, speed_at, straight_eta_s

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
GOOD = {"unit": "AMB-01", "lat": -6.2, "lon": 106.8, "measured_at": AT.isoformat()}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("x", "not_an_object"),
        (None, "not_an_object"),
        (GOOD | {"altitude": 3}, "unknown_field"),
        (without("unit"), "unit_invalid"),
        (GOOD | {"unit": 7}, "unit_invalid"),
        (GOOD | {"unit": "x" * 21}, "unit_invalid"),
        (without("lat"), "lat_invalid"),
        (GOOD | {"lat": 90.1}, "lat_invalid"),
        (GOOD | {"lon": None}, "lon_invalid"),
        (GOOD | {"lat": "-6.2"}, "lat_invalid"),
        (GOOD | {"lat": True}, "lat_invalid"),
        (GOOD | {"lat": float("nan")}, "lat_invalid"),
        (GOOD | {"lon": 10**400}, "lon_invalid"),
        (GOOD | {"speed_kmh": -1}, "speed_kmh_invalid"),
        (GOOD | {"heading_deg": 361}, "heading_deg_invalid"),
        (without("measured_at"), "measured_at_invalid"),
        (GOOD | {"measured_at": "kemarin"}, "measured_at_invalid"),
        (GOOD | {"measured_at": "2026-11-25T03:00:00"}, "measured_at_invalid"),
        (GOOD | {"measured_at": (AT + timedelta(hours=1)).isoformat()}, "clock_ahead"),
        (GOOD | {"measured_at": (AT - timedelta(days=2)).isoformat()}, "too_old"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_taken(item: Any, code: str) -> None:
    fixes, faults = batch_read([item, GOOD], AT)
    assert [(index, fix.call_sign) for index, fix in fixes] == [(1, "AMB-01")]
    assert [(fault.index, fault.code) for fault in faults] == [(0, code)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-500, 50)), max_size=12))
def test_the_newest_of_each_unit_is_taken_whatever_the_order(told: list[tuple[str, int]]) -> None:
    items = [
        {"unit": name, "lat": 1, "lon": 2, "measured_at": (AT + timedelta(seconds=second)).isoformat()}
        for name, second in told
    ]
    fixes, faults = batch_read(items, AT)
    newest = {name.upper(): max(second for known, second in told if known == name) for name, _second in told}
    assert {fix.call_sign: (fix.measured_at - AT).total_seconds() for _index, fix in fixes} == newest
    assert {fault.code for fault in faults} <= {"out_of_order"}
    assert sorted([index for index, _fix in fixes] + [fault.index for fault in faults]) == list(range(len(told)))


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from([*GOOD, "speed_kmh", "x"]), inner, max_size=6
    ),
))  # fmt: skip
def test_nothing_that_json_can_say_breaks_it(item: Any) -> None:
    fixes, faults = batch_read([item], AT)
    assert len(fixes) + len(faults) == 1


def test_freshness_has_its_limits() -> None:
    ages = {0: "fresh", 60: "fresh", 61: "ageing", 300: "ageing", 301: "stale"}
    assert {age: freshness(AT - timedelta(seconds=age), AT) for age in ages} == ages
    assert freshness(None, AT) == "unknown"


def test_a_way_takes_longer_in_the_rush_hours() -> None:
    speeds = Speeds(day=28, rush=18, night=40)
    wednesday = {hour: datetime(2026, 11, 25, (hour - 7) % 24, 30, tzinfo=UTC) for hour in (8, 12, 17)}
    assert {hour: speed_at(speeds, at) for hour, at in wednesday.items()} == {8: 18, 12: 28, 17: 18}
    assert speed_at(speeds, datetime(2026, 11, 25, 16, 0, tzinfo=UTC)) == 40  # 23:00 in Jakarta
    assert speed_at(speeds, datetime(2026, 11, 28, 1, 0, tzinfo=UTC)) == 28  # Saturday 08:00
    assert straight_eta_s(1000, 28) == pytest.approx(180)
