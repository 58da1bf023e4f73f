"""What a refusal says of a state, in words: programs get the code, people the word."""

from collections.abc import Mapping
from typing import Any

from dispatch.choices import AssignmentState, CallState, HandoverState, IncidentState, PartState
from dispatch.presenters.story import label_of

STATES = (CallState, IncidentState, AssignmentState, PartState, HandoverState)


def worded(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an error as they stand in its sentence."""
    state = data.get("state")
    found = next((words for words in STATES if state in words.values), None)
    return dict(data) if found is None else {**data, "state": label_of(found, state)}
