import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import ConflictError
from dispatch.choices import AssignmentState, CallState, IncidentCameraState, IncidentState, PartState
from dispatch.choices.supervision import SampleState
from dispatch.rules.transitions import EDGES, Machine, require_edge

STATES = {
    Machine.CALL: CallState,
    Machine.INCIDENT: IncidentState,
    Machine.INCIDENT_CAMERA: IncidentCameraState,
    Machine.ASSIGNMENT: AssignmentState,
    Machine.PART: PartState,
    Machine.QUALITY_SAMPLE: SampleState,
}


@pytest.mark.parametrize("machine", list(Machine))
def test_every_state_of_the_model_stands_in_the_table_and_no_other(machine: Machine) -> None:
    assert set(EDGES[machine]) == set(STATES[machine].values)
    assert {target for targets in EDGES[machine].values() for target in targets} <= set(STATES[machine].values)


@given(st.sampled_from(list(Machine)), st.text(max_size=12), st.text(max_size=12))
def test_what_is_not_listed_is_refused(machine: Machine, old: str, new: str) -> None:
    if new not in EDGES[machine].get(old, ()):
        with pytest.raises(ConflictError, match="state_conflict"):
            require_edge(machine, old, new)


def test_what_is_over_stays_over_unless_a_person_opens_it_again() -> None:
    assert not EDGES[Machine.CALL]["closed"]
    assert EDGES[Machine.INCIDENT_CAMERA]["analysed"] == {"wanted"}  # by its schedule
    assert not EDGES[Machine.ASSIGNMENT]["cleared"]
    for state in ("closed", "cancelled", "merged"):
        assert EDGES[Machine.INCIDENT][state] == {"pending"}
