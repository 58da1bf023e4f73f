"""An incident's state as its assignments make it. Derived, never typed."""

from collections.abc import Collection

AT_WORK = frozenset({"on_scene", "transporting", "at_destination"})
UNDER_WAY = frozenset({"enroute", "staged"})
SENT = frozenset({"dispatched", "acknowledged"})
CLOSED = frozenset({"closed", "cancelled", "merged"})


def state_from(current: str, assignments: Collection[tuple[str, bool]]) -> str:
    """The state after a change of an assignment.

    `assignments` are (state, whether the scene was reached) of all that were made since it is open. A closed incident
    stays as it is: nothing opens or closes by itself. When the last unit leaves, the incident is all clear if one had
    been there, and waits for dispatch again if none had.
    """
    if current in CLOSED:
        return current
    states = {state for state, _reached in assignments}
    if states & AT_WORK:
        return current if current == "under_control" else "on_scene"
    if states & UNDER_WAY:
        return "enroute"
    if states & SENT:
        return "assigned"
    if current in {"all_clear", "pending", "intake"}:
        return current
    return "all_clear" if any(reached for _state, reached in assignments) else "pending"
