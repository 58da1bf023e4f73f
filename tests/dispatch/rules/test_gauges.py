"""Levels from readings: hysteresis, doubt, any order; and where the water goes."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.gauges import (
    AHEAD_MAX,
    LATE_AFTER,
    NORMAL,
    Course,
    Sample,
    Scale,
    Step,
    course_of,
    level_at,
    level_next,
    own_mark,
)
from dispatch.rules.waves import Reach, reached, waves_of, ways_down

BEGIN = datetime(2026, 1, 10, 6, 0, tzinfo=UTC)
SCALE = Scale(81, 151, 201, hysteresis_cm=5, min_cm=0, max_cm=450, change_max_cm_h=600, stuck_after_s=6 * 3600)
heights = st.floats(0, 450).map(lambda value: round(value, 1))
courses = st.lists(st.tuples(st.integers(0, 60 * 24), heights), min_size=1, max_size=30, unique_by=lambda item: item[0])


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def samples(*values: float, every: int = 15) -> list[Sample]:
    return [Sample(at(number * every), value) for number, value in enumerate(values)]


def course(*values: float, every: int = 15) -> Course:
    return course_of(SCALE, samples(*values, every=every))


@pytest.mark.parametrize(
    ("height", "level"),
    [(0, 4), (80.9, 4), (81, 3), (150.9, 3), (151, 2), (200.9, 2), (201, 1), (450, 1)],
)
def test_the_table_says_from_which_height_a_level_holds(height: float, level: int) -> None:
    assert level_at(SCALE, height) == level
    assert level_next(SCALE, None, height) == level


def test_up_at_once_and_down_only_below_the_hysteresis() -> None:
    assert [step.new for step in course(60, 82, 80, 77, 76.1).steps] == [4, 3]
    assert [step.new for step in course(60, 82, 80, 77, 75.9).steps] == [4, 3, 4]
    assert [step.new for step in course(60, 205, 198, 195.9).steps] == [4, 1, 2]


def test_falling_by_several_levels_stops_where_the_water_is() -> None:
    assert level_next(SCALE, 1, 149) == 2  # 149 is within 5 cm of Siaga II
    assert level_next(SCALE, 1, 145) == 3
    assert level_next(SCALE, 1, 10) == 4


@given(st.one_of(st.none(), st.integers(1, 4)), heights)
def test_the_level_is_never_calmer_than_the_table_nor_graver_than_table_and_past(level: int | None, cm: float) -> None:
    new = level_next(SCALE, level, cm)
    assert new <= level_at(SCALE, cm)
    assert new >= level_at(SCALE, cm + SCALE.hysteresis_cm) or new == level_at(SCALE, cm)
    assert level_next(SCALE, new, cm) == new  # the same reading again changes nothing


@given(st.integers(1, 3), st.lists(st.floats(-2.4, 2.4), min_size=1, max_size=40))
def test_ripples_within_the_hysteresis_ring_at_most_once(level: int, ripples: list[float]) -> None:
    threshold = {3: 81, 2: 151, 1: 201}[level]
    found = course(*[threshold + ripple for ripple in ripples])
    assert len(found.steps) <= 2
    assert all(step.new in {level, level + 1} for step in found.steps)


@given(courses, st.randoms())
def test_any_order_of_readings_gives_the_same(taken: list[tuple[int, float]], random: object) -> None:
    ordered = [Sample(at(minutes), height) for minutes, height in taken]
    mixed = list(ordered)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert course_of(SCALE, mixed) == course_of(SCALE, ordered)


def test_every_permutation_of_a_flood_gives_the_same() -> None:
    flood = samples(60, 90, 160, 210, 140, 60)
    (only,) = {repr(course_of(SCALE, order)) for order in permutations(flood)}
    found = course_of(SCALE, flood)
    assert only == repr(found)
    assert [(step.old, step.new) for step in found.steps] == [(None, 4), (4, 3), (3, 2), (2, 1), (1, 3), (3, 4)]
    assert (found.level, found.since) == (4, at(75))
    assert found.trend_cm_h == pytest.approx(-300.0)


def test_the_trend_is_that_of_half_an_hour_or_of_the_reading_before() -> None:
    assert course(10, 20, 40, every=15).trend_cm_h == pytest.approx(60.0)
    assert course(10, 20, 50, every=60).trend_cm_h == pytest.approx(30.0)
    assert course(10, 20, every=181).trend_cm_h is None
    assert course(10).trend_cm_h is None


@given(courses)
def test_the_gravest_level_is_never_missed_by_one_that_the_table_names(taken: list[tuple[int, float]]) -> None:
    found = course_of(SCALE, [Sample(at(minutes), height) for minutes, height in taken])
    unused = {moment for moment, mark in found.marks.items() if mark == "jump_down"}
    used = [height for minutes, height in taken if at(minutes) not in unused]
    assert min(step.new for step in found.steps) == min(level_at(SCALE, height) for height in used)


def test_a_rise_that_cannot_be_is_believed_and_said_to_be_unsure() -> None:
    found = course(60, 400, every=5)
    assert (found.level, found.mark) == (1, "jump_up")
    assert found.steps[-1] == Step(at(5), 4, 1, 400, is_sure=False)


def test_a_fall_that_cannot_be_waits_for_the_next_reading() -> None:
    found = course(205, 206, 5, every=5)
    assert (found.level, found.mark, found.last) == (1, "jump_down", Sample(at(5), 206))
    borne_out = course(205, 206, 5, 6, every=5)
    assert (borne_out.level, borne_out.last) == (4, Sample(at(15), 6))
    assert borne_out.marks == {at(10): "jump_down"}
    one_faulty = course(205, 206, 5, 207, every=5)
    assert (one_faulty.level, one_faulty.last, one_faulty.mark) == (1, Sample(at(15), 207), "")


def test_the_same_value_for_long_is_doubtful() -> None:
    assert course(*[90.0] * 7, every=60).mark == "stuck"
    assert course(*[90.0] * 6, every=60).mark == ""
    assert course(*[90.0] * 6, 90.1, every=60).mark == ""
    assert course(*[90.0] * 3, every=600).mark == ""  # too few readings to say so
    assert course(*[90.0] * 7, every=60).level == 3  # doubt does not change the level


def test_what_a_single_reading_says_of_itself() -> None:
    def mark(height: float, measured: datetime) -> str:
        return own_mark(SCALE, height_cm=height, measured_at=measured, received_at=BEGIN)

    assert mark(100, BEGIN) == ""
    assert mark(450.1, BEGIN) == mark(-0.1, BEGIN) == "impossible"
    assert (mark(0, BEGIN), mark(450, BEGIN)) == ("", "")
    assert mark(100, BEGIN + AHEAD_MAX) == ""
    assert mark(100, BEGIN + AHEAD_MAX + timedelta(seconds=1)) == "future"
    assert mark(100, BEGIN - LATE_AFTER) == ""
    assert mark(100, BEGIN - LATE_AFTER - timedelta(seconds=1)) == "late"


def test_readings_older_than_three_days_before_the_newest_do_not_count() -> None:
    old = Sample(at(0), 400)
    assert course_of(SCALE, [old, Sample(at(0) + timedelta(hours=72), 10)]).level == 4
    assert len(course_of(SCALE, [old, Sample(at(0) + timedelta(hours=72), 10)]).steps) == 2
    assert len(course_of(SCALE, [old, Sample(at(1) + timedelta(hours=72), 10)]).steps) == 1


def test_without_a_reading_nothing_is_known() -> None:
    assert course_of(SCALE, []) == Course()


HOURS = 3600
REACHES = {
    "katulampa": [Reach("depok", round(2.5 * HOURS), 3 * HOURS, 4 * HOURS)],
    "depok": [Reach("manggarai", 5 * HOURS, 6 * HOURS, round(7.5 * HOURS))],
}


def rise(minutes: float, old: int | None, new: int) -> Step:
    return Step(at(minutes), old, new, 100)


def test_the_water_is_expected_downstream_with_a_range() -> None:
    depok, manggarai = waves_of("katulampa", [rise(0, 4, 2)], REACHES, at(10))
    assert (depok.to, depok.level, depok.left_at) == ("depok", 2, at(0))
    assert [depok.expected_from, depok.expected_at, depok.expected_until] == [at(150), at(180), at(240)]
    assert [manggarai.expected_from, manggarai.expected_at, manggarai.expected_until] == [at(450), at(540), at(690)]


def test_water_that_has_passed_is_told_no_more() -> None:
    assert [wave.to for wave in waves_of("katulampa", [rise(0, 4, 3)], REACHES, at(240))] == ["depok", "manggarai"]
    assert [wave.to for wave in waves_of("katulampa", [rise(0, 4, 3)], REACHES, at(241))] == ["manggarai"]
    assert waves_of("katulampa", [rise(0, 4, 3)], REACHES, at(691)) == []


def test_the_gravest_water_counts_and_falling_sends_none() -> None:
    steps = [rise(0, 4, 3), rise(30, 3, 2), rise(60, 2, 3), rise(90, 3, 4)]
    depok, _manggarai = waves_of("katulampa", steps, REACHES, at(100))
    assert (depok.level, depok.left_at) == (2, at(30))
    assert waves_of("katulampa", [rise(0, 2, 4)], REACHES, at(0)) == []
    assert reached(4, [depok]) == 2
    assert reached(None, []) == reached(4, []) == NORMAL


def test_a_ring_in_the_data_ends() -> None:
    ring = {**REACHES, "manggarai": [Reach("katulampa", 1, 1, 1), Reach("depok", 1, 1, 1)]}
    assert [way.to for way in ways_down("katulampa", ring)] == ["depok", "manggarai"]


def test_of_two_ways_the_first_found_counts_and_those_without_a_way_have_none() -> None:
    assert ways_down("pasar-ikan", REACHES) == []
    assert waves_of("manggarai", [rise(0, 4, 1)], REACHES, at(0)) == []
