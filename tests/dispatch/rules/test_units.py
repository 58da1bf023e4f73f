"""How a unit's status follows from its work, and what a unit may say by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import SiagaError
from dispatch.choices import ENDED_ASSIGNMENT_STATES, AssignmentState, UnitAvailability, UnitStatus
from dispatch.rules.stages import LEVELS, escalate_after_s, stage_of
from dispatch.rules.transitions import ASSIGNMENT_EDGES
from dispatch.rules.units import (
    AVAILABILITY,
    BEFALLS,
    FREE,
    HELD,
    PROPOSABLE,
    STATUS_OF_STATE,
    WORKING,
    Availability,
    sending_require,
    status_after,
    status_told,
)

STATUSES = st.sampled_from(UnitStatus.values)
LIVE = sorted(set(AssignmentState.values) - {str(state) for state in ENDED_ASSIGNMENT_STATES})


def test_there_are_sixteen_and_each_comes_down_to_one_of_three() -> None:
    assert len(UnitStatus.values) == 16
    assert set(AVAILABILITY) == set(UnitStatus.values)
    assert {str(value) for value in AVAILABILITY.values()} == set(UnitAvailability.values)
    assert set(STATUS_OF_STATE) == set(LIVE)
    assert WORKING.isdisjoint(FREE | HELD)
    assert set(UnitStatus.values) == FREE | HELD | WORKING


def test_nobody_who_is_not_available_may_be_proposed() -> None:
    assert {status for status in PROPOSABLE if AVAILABILITY[status] == Availability.UNAVAILABLE} == set()
    assert PROPOSABLE < FREE
    assert "RS" not in PROPOSABLE


@given(before=st.sampled_from(sorted(FREE)), present=STATUSES, old=st.sampled_from(LIVE), data=st.data())
def test_after_a_step_status_and_work_fit(before: str, present: str, old: str, data: st.DataObject) -> None:
    to = data.draw(st.sampled_from(sorted(ASSIGNMENT_EDGES[old]) or ["cleared"]))
    after = status_after(to, before=before, old_state=old, present=present)
    if present in HELD:
        assert after == present  # nothing makes a broken or threatened unit sound but a person's word
    elif to in STATUS_OF_STATE:
        assert after == STATUS_OF_STATE[to]
    else:
        assert after in FREE


@given(to=STATUSES, present=STATUSES, live=st.sampled_from([None, *LIVE]))
def test_what_is_said_leaves_status_and_work_fitting(to: str, present: str, live: str | None) -> None:
    is_fitting = present in HELD or (present == STATUS_OF_STATE[live] if live else present in FREE)
    codes = {"unit_in_distress", "unknown_status", "unit_without_work", "unit_on_assignment"}
    after = ""
    if is_fitting:
        try:
            after = status_told(to, present=present, live_state=live)
        except SiagaError as error:
            codes.remove(error.code)  # one of these, or it fails here
    if not after:
        return
    assert after != "PN"
    assert present != "PN"
    if live is None:
        assert after == to
        assert after not in WORKING
    else:
        assert after in BEFALLS | {STATUS_OF_STATE[live], present}


@pytest.mark.parametrize("status", sorted(set(UnitStatus.values) - FREE))
def test_who_is_not_free_is_not_sent(status: str) -> None:
    with pytest.raises(SiagaError, match="unit_unavailable"):
        sending_require(status, "AMB-01")


def test_every_step_that_is_open_has_its_time() -> None:
    for state in LIVE:
        stage = stage_of(state, priority="P1", turnout_s=90, eta_s=400)
        assert stage is not None
        assert stage.within_s > 0
    assert stage_of("cleared", priority="P1", turnout_s=90, eta_s=400) is None
    due = {state: stage_of(state, priority="P1", turnout_s=90, eta_s=400) for state in LIVE}
    assert {state: found.within_s for state, found in due.items() if found} == {
        "dispatched": 60, "acknowledged": 90, "enroute": 600, "staged": 900, "on_scene": 900, "transporting": 3600,
        "at_destination": 2400,
    }  # fmt: skip
    short, unknown = (stage_of("enroute", priority="P3", turnout_s=None, eta_s=eta) for eta in (10, None))
    assert short is not None
    assert unknown is not None
    assert (short.within_s, unknown.within_s) == (300, 900)


def test_an_alarm_climbs_to_the_top_and_no_further() -> None:
    assert [escalate_after_s("emergency", level) for level in LEVELS] == [10, 20, None]
    assert [escalate_after_s("not_arrived", level) for level in LEVELS] == [120, 480, None]
