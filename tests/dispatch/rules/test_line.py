"""The line is a function of the set of events: in whatever order and however often they come."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.line import RANK, LineFact, line_fold
from dispatch.rules.transitions import Machine, is_allowed

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def fact(kind: str, second: int, *, cause: str = "", extension: str = "") -> LineFact:
    return LineFact(kind, START + timedelta(seconds=second), f"{kind}-{second}", extension=extension, cause=cause)


facts = st.lists(
    st.builds(
        fact,
        st.sampled_from(sorted(RANK)),
        st.integers(0, 6),
        cause=st.sampled_from(["", "normal", "dropped"]),
        extension=st.sampled_from(["", "101", "102"]),
    ),
    min_size=1,
    max_size=7,
)


@given(facts, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(told: list[LineFact], random: object) -> None:
    doubled = [*told, *told]
    random.shuffle(doubled)  # type: ignore[attr-defined]
    assert line_fold(doubled) == line_fold(told)


@given(facts)
def test_every_way_to_hear_it_takes_only_edges_of_the_table(told: list[LineFact]) -> None:
    states = ["queued"] + [line_fold(told[:count]).state for count in range(1, len(told) + 1)]
    seen = [state for state in states if state != "waiting"]
    for old, new in pairwise(seen):
        assert old == new or is_allowed(Machine.CALL, old, new), (old, new)


@given(facts)
def test_nothing_is_faked(told: list[LineFact]) -> None:
    line = line_fold(told)
    times = {item.at for item in told}
    assert {line.arrived_at, line.answered_at, line.ended_at} - {None} <= times
    assert (line.ended_at is not None) == (line.state in {"ended", "dropped", "abandoned"})


def test_a_plain_call() -> None:
    line = line_fold([fact("ringing", 0), fact("answered", 4, extension="101"), fact("ended", 90, cause="normal")])
    assert (line.state, line.extension) == ("ended", "101")
    assert line.answered_at == START + timedelta(seconds=4)


def test_who_left_before_the_answer_has_not_left_after_it() -> None:
    assert line_fold([fact("ringing", 0), fact("abandoned", 5)]).state == "abandoned"
    assert line_fold([fact("ringing", 0), fact("abandoned", 5), fact("answered", 6)]).state == "answered"
    assert line_fold([fact("ringing", 0), fact("answered", 3), fact("abandoned", 5)]).state == "ended"


def test_a_broken_line_is_no_hanging_up() -> None:
    assert line_fold([fact("answered", 3), fact("ended", 9, cause="dropped")]).state == "dropped"


def test_a_claim_here_counts_as_the_answer_that_the_exchange_has_not_told_of() -> None:
    line = line_fold([fact("ringing", 0)], claimed_at=START + timedelta(seconds=2))
    assert (line.state, line.answered_at) == ("answered", START + timedelta(seconds=2))
