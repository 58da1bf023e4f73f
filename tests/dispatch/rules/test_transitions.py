import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import ConflictError
from dispatch.choices import CallState, IncidentCameraState, IncidentState
from dispatch.rules.transitions import EDGES, Machine, is_allowed, require_edge

STATES = {Machine.CALL: CallState, Machine.INCIDENT: IncidentState, Machine.INCIDENT_CAMERA: IncidentCameraState}


@pytest.mark.parametrize("machine", list(Machine))
def test_every_state_of_the_model_stands_in_the_table_and_no_other(machine: Machine) -> None:
    assert set(EDGES[machine]) == set(STATES[machine].values)
    assert {target for targets in EDGES[machine].values() for target in targets} <= set(STATES[machine].values)


@given(st.sampled_from(list(Machine)), st.text(max_size=12), st.text(max_size=12))
def test_what_is_not_listed_is_refused(machine: Machine, old: str, new: str) -> None:
    if new not in EDGES[machine].get(old, ()):
        with pytest.raises(ConflictError, match="state_conflict"):
            require_edge(machine, old, new)


def test_a_merged_incident_and_a_finished_camera_stay_so() -> None:
    assert not EDGES[Machine.INCIDENT]["merged"]
    assert not EDGES[Machine.INCIDENT_CAMERA]["analysed"]
    assert is_allowed(Machine.INCIDENT, "closed", "pending")
