"""The line is a function of the set of events: in whatever order and however often they come."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.choices import CallState
from dispatch.rules.line import RANK, LineFact, Step, line_fold, line_step
from dispatch.rules.transitions import Machine, is_allowed

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def second(number: float) -> datetime:
    return START + timedelta(seconds=number)


def fact(kind: str, at: float, *, cause: str = "", extension: str = "", heard: float | None = None) -> LineFact:
    heard_at = None if heard is None else second(heard)
    return LineFact(kind, second(at), f"{kind}-{at}", extension=extension, cause=cause, heard_at=heard_at)


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
claims = st.none() | st.integers(0, 6).map(second)


@given(facts, claims, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(told: list[LineFact], claimed_at: datetime | None, random: object) -> None:
    doubled = [*told, *told]
    random.shuffle(doubled)  # type: ignore[attr-defined]
    assert line_fold(doubled, claimed_at=claimed_at) == line_fold(told, claimed_at=claimed_at)


@given(facts, st.none() | st.integers(0, 6))
def test_every_way_to_hear_it_takes_only_edges_of_the_table(told: list[LineFact], claimed_after: int | None) -> None:
    """`claimed_after`: an operator takes the call when so many events have been heard, if it waits then."""
    state, claimed_at = "queued", None
    for count in range(1, len(told) + 1):
        if count - 1 == claimed_after and state == "queued":
            claimed_at, state = second(claimed_after), "answered"
        line = line_fold(told[:count], claimed_at=claimed_at)
        if line.state not in {"waiting", state}:
            assert is_allowed(Machine.CALL, state, line.state), (state, line.state)
            state = line.state


@given(facts, st.none() | st.integers(0, 6))
def test_every_way_to_hear_it_ends_where_all_of_it_together_does(told: list[LineFact], away: int | None) -> None:
    """Step by step; where the callback list has the call in between, nobody having tried, too."""
    newest = Step("queued", START, is_by_person=False)
    for count in range(1, len(told) + 1):
        line = line_fold(told[:count])
        to = line_step(line, newest, is_called_back=False, is_tried=False)
        newest = Step(to, line.since, is_by_person=False) if to else newest
        if count == away and newest.state in {"abandoned", "dropped"}:
            newest = Step("callback_due", START, is_by_person=False)
    expected = line_fold(told).state
    if newest.state == "callback_due":
        assert expected in {"abandoned", "dropped"}
    else:
        assert newest.state == ("queued" if expected == "waiting" else expected)


@given(facts)
def test_nothing_is_faked(told: list[LineFact]) -> None:
    line = line_fold(told)
    times = {item.at for item in told}
    assert {line.since, line.told_at, line.arrived_at, line.answered_at, line.ended_at} - {None} <= times
    assert (line.ended_at is not None) == (line.state in {"ended", "dropped", "abandoned"})
    assert set(line.extensions) <= {item.extension for item in told}


@given(facts, st.lists(st.integers(0, 6), min_size=7, max_size=7))
def test_what_is_heard_now_has_not_happened_later(told: list[LineFact], heard: list[int]) -> None:
    """An exchange whose clock is ahead."""
    late = [
        LineFact(item.kind, item.at, item.event_id, cause=item.cause, heard_at=second(when))
        for item, when in zip(told, heard, strict=False)
    ]
    line = line_fold(late)
    assert line.state == line_fold([LineFact(i.kind, i.at, i.event_id, cause=i.cause) for i in told]).state
    assert max(filter(None, (line.since, line.arrived_at, line.answered_at, line.ended_at))) <= second(max(heard))


def test_a_plain_call() -> None:
    line = line_fold([fact("ringing", 0), fact("answered", 4, extension="101"), fact("ended", 90, cause="normal")])
    assert (line.state, line.extensions) == ("ended", ("101",))
    assert (line.arrived_at, line.answered_at, line.ended_at) == (second(0), second(4), second(90))


def test_a_state_began_when_it_was_first_told_without_a_break() -> None:
    told = [fact("answered", 3), fact("answered", 5), fact("held", 8), fact("held", 9), fact("answered", 20)]
    since = [line_fold(told[:count]).since for count in range(1, 6)]
    assert since == [second(3), second(3), second(8), second(8), second(20)]


def test_the_desks_that_had_the_caller_newest_first() -> None:
    told = [fact("answered", 3, extension="101"), fact("transferred", 9, extension="102"), fact("answered", 12)]
    assert line_fold(told).extensions == ("102", "101")


def test_what_the_caller_chose_later_replaces_what_was_assumed() -> None:
    told = [
        LineFact("ringing", second(0), "a", language="id"),
        LineFact("ringing", second(2), "b", language="en", skill="medis"),
        LineFact("answered", second(5), "c"),
    ]
    assert (line_fold(told).language, line_fold(told).skill) == ("en", "medis")


def test_who_left_before_the_answer_has_not_left_after_it() -> None:
    assert line_fold([fact("ringing", 0), fact("abandoned", 5)]).state == "abandoned"
    assert line_fold([fact("ringing", 0), fact("abandoned", 5), fact("answered", 6)]).state == "answered"
    assert line_fold([fact("ringing", 0), fact("answered", 3), fact("abandoned", 5)]).state == "ended"


def test_a_broken_line_is_no_hanging_up() -> None:
    assert line_fold([fact("answered", 3), fact("ended", 9, cause="dropped")]).state == "dropped"
    assert line_fold([fact("answered", 3), fact("abandoned", 9, cause="failed")]).state == "dropped"


def test_a_claim_here_counts_as_the_answer_that_the_exchange_has_not_told_of() -> None:
    line = line_fold([fact("ringing", 0)], claimed_at=second(2))
    assert (line.state, line.answered_at, line.since) == ("answered", second(2), second(2))


@pytest.mark.parametrize("left", [1, 3])
def test_who_left_without_a_word_is_called_back_even_when_the_call_was_taken_here(left: int) -> None:
    """The exchange never told of an answer: nobody was on the line, whatever the two clocks say."""
    line = line_fold([fact("ringing", 0), fact("abandoned", left)], claimed_at=second(2))
    assert (line.state, line.ended_at) == ("dropped", second(left))
    line = line_fold([fact("ringing", 0), fact("abandoned", left), fact("answered", 0.5)], claimed_at=second(2))
    assert line.state == "ended"


@pytest.mark.parametrize(
    ("state", "by_person", "told", "called_back", "tried", "expected"),
    [
        ("offered", False, "answered", False, False, "answered"),
        ("abandoned", False, "held", False, False, "held"),
        ("answered", True, "ended", False, False, "ended"),
        ("answered", True, "ended", True, False, None),  # the caller is on a line of ours
        ("held", True, "answered", False, False, None),  # on hold here after it was answered there
        ("ended", True, "answered", False, False, None),
        ("ended", False, "dropped", False, False, "dropped"),
        ("ended", True, "dropped", False, False, "dropped"),  # ended here because it had broken
        ("dropped", False, "answered", False, False, "answered"),
        ("wrap_up", True, "dropped", False, False, None),
        ("closed", True, "answered", False, False, None),
        ("callback_due", False, "answered", False, False, "answered"),
        ("callback_due", False, "ended", False, False, "ended"),
        ("callback_due", False, "dropped", False, False, None),
        ("callback_due", False, "answered", False, True, None),
        ("callback_due", True, "ended", False, False, None),  # a person said that the line broke
        ("answered", False, "waiting", False, False, None),
    ],
)
def test_what_a_person_did_stands(  # noqa: PLR0917  # one row of a table
    state: str, by_person: bool, told: str, called_back: bool, tried: bool, expected: str | None
) -> None:
    kinds = {
        "waiting": [fact("ringing", 0)],
        "answered": [fact("answered", 3)],
        "held": [fact("held", 3)],
        "ended": [fact("answered", 3), fact("ended", 4)],
        "dropped": [fact("answered", 3), fact("ended", 4, cause="dropped")],
    }
    newest = Step(state, second(5), is_by_person=by_person)
    assert line_step(line_fold(kinds[told]), newest, is_called_back=called_back, is_tried=tried) == expected


def test_of_hold_and_resume_here_and_there_the_newer_counts() -> None:
    here = Step("held", second(5), is_by_person=True)
    there = [fact("answered", 3)]
    assert line_step(line_fold(there), here, is_called_back=False, is_tried=False) is None
    there += [fact("held", 6), fact("answered", 9)]
    assert line_step(line_fold(there), here, is_called_back=False, is_tried=False) == "answered"


def test_who_ended_it_before_the_line_broke_meant_it() -> None:
    here = Step("ended", second(5), is_by_person=True)
    broke = [fact("answered", 3), fact("ended", 6, cause="dropped")]
    assert line_step(line_fold(broke), here, is_called_back=False, is_tried=False) is None


@given(facts, st.sampled_from(CallState.values), st.booleans(), st.integers(0, 6), st.booleans(), st.booleans())
def test_no_step_leaves_the_table(  # noqa: PLR0917  # drawn, not called
    told: list[LineFact], state: str, by_person: bool, at: int, called_back: bool, tried: bool
) -> None:
    to = line_step(line_fold(told), Step(state, second(at), by_person), is_called_back=called_back, is_tried=tried)
    assert to is None or is_allowed(Machine.CALL, state, to)
