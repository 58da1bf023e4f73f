"""Who gets which call."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.queueing import QueueLoad, ReadyDesk, Waiting, desk_for, is_overflowing, order_of, pairs

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def call(name: str, waited_s: float, **more: object) -> Waiting:
    fields = {"language": "id", "skill": "", "is_lowered": False, "is_storm": False} | more
    return Waiting(call_id=name, arrived_at=NOW - timedelta(seconds=waited_s), **fields)  # type: ignore[arg-type]


def desk(user_id: int, idle_s: float, languages: str = "id", skills: str = "") -> ReadyDesk:
    return ReadyDesk(user_id, NOW - timedelta(seconds=idle_s), languages.split(), skills.split())


def test_the_longest_idle_gets_the_call() -> None:
    assert desk_for(call("a", 1), [desk(1, 10), desk(2, 60), desk(3, 30)]) == desk(2, 60)


def test_language_and_skill_come_before_idleness() -> None:
    english = call("a", 1, language="en", skill="medis")
    desks = [desk(1, 600), desk(2, 60, "id en"), desk(3, 10, "id en", "medis"), desk(4, 900, "id", "medis")]
    assert desk_for(english, desks) == desks[2]
    assert desk_for(english, desks[:2]) == desks[1]
    assert desk_for(english, desks[:1]) == desks[0]  # rather somebody than nobody


def test_who_let_it_ring_out_comes_last() -> None:
    assert desk_for(call("a", 20, rang_at=frozenset({2})), [desk(1, 5), desk(2, 600)]) == desk(1, 5)
    assert desk_for(call("a", 20, rang_at=frozenset({2})), [desk(2, 600)]) == desk(2, 600)


def test_a_marked_number_and_a_storm_ring_later_but_not_for_ever() -> None:
    calls = [call("prank", 50, is_lowered=True), call("storm", 20, is_storm=True), call("plain", 1)]
    assert sorted(calls, key=lambda item: order_of(item, NOW))[0].call_id == "plain"
    waited = [call("prank", 61, is_lowered=True), call("storm", 31, is_storm=True), call("plain", 1)]
    assert [item.call_id for item in sorted(waited, key=lambda item: order_of(item, NOW))] == [
        "prank", "storm", "plain",
    ]  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, 300), st.booleans(), st.booleans()), max_size=12),
    st.lists(st.integers(0, 600), max_size=6),
)
def test_each_desk_gets_one_call_and_nobody_who_could_be_served_waits(
    waits: list[tuple[int, bool, bool]], idle: list[int]
) -> None:
    calls = [
        call(f"c{index}", wait, is_lowered=lowered, is_storm=storm)
        for index, (wait, lowered, storm) in enumerate(waits)
    ]
    found = pairs(calls, [desk(index, seconds) for index, seconds in enumerate(idle)], NOW)
    assert len(found) == min(len(calls), len(idle))
    assert len({item.call_id for item, _desk in found}) == len(found) == len({item.user_id for _call, item in found})


@pytest.mark.parametrize(
    ("waiting", "wait_s", "was", "expected"),
    [(10, 5, False, False), (11, 5, False, True), (2, 21, False, True), (6, 5, True, True), (5, 10, True, False)],
)
def test_the_alarm_does_not_flutter(waiting: int, wait_s: float, was: bool, expected: bool) -> None:
    assert is_overflowing(QueueLoad(waiting, wait_s), waiting_max=10, wait_max_s=20, was=was) is expected
