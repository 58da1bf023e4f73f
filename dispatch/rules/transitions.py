"""Which edges the state machines have. What is not listed is refused."""

from collections.abc import Mapping
from enum import StrEnum

from common.errors import ConflictError, gettext_noop

CALL_EDGES: Mapping[str, frozenset[str]] = {
    "queued": frozenset({"offered", "answered", "abandoned"}),
    "offered": frozenset({"answered", "queued", "abandoned"}),
    "answered": frozenset({"held", "ended", "dropped"}),
    "held": frozenset({"answered", "ended", "dropped"}),
    "ended": frozenset({"wrap_up", "closed"}),
    "wrap_up": frozenset({"closed"}),
    "abandoned": frozenset({"callback_due"}),
    "dropped": frozenset({"callback_due"}),
    "callback_due": frozenset({"answered", "closed"}),
    "closed": frozenset(),
}

INCIDENT_EDGES: Mapping[str, frozenset[str]] = {
    "intake": frozenset({"pending", "cancelled", "merged"}),
    "pending": frozenset({"assigned", "enroute", "on_scene", "all_clear", "closed", "cancelled", "merged"}),
    "assigned": frozenset({"pending", "enroute", "on_scene", "all_clear", "cancelled", "merged"}),
    "enroute": frozenset({"pending", "assigned", "on_scene", "all_clear", "cancelled", "merged"}),
    "on_scene": frozenset({"under_control", "all_clear", "pending", "cancelled", "merged"}),
    "under_control": frozenset({"all_clear", "on_scene", "cancelled", "merged"}),
    "all_clear": frozenset({"closed", "on_scene", "pending"}),
    "closed": frozenset({"pending"}),
    "cancelled": frozenset({"pending"}),
    "merged": frozenset(),
}

INCIDENT_CAMERA_EDGES: Mapping[str, frozenset[str]] = {
    "wanted": frozenset({"capturing", "failed"}),
    "capturing": frozenset({"captured", "wanted", "failed"}),
    "captured": frozenset({"analysing", "analysed", "failed"}),
    "analysing": frozenset({"analysed", "captured", "failed"}),
    "analysed": frozenset(),
    "failed": frozenset(),
}


class Machine(StrEnum):
    """The machines there are."""

    CALL = "call"
    INCIDENT = "incident"
    INCIDENT_CAMERA = "incident_camera"


EDGES: Mapping[Machine, Mapping[str, frozenset[str]]] = {
    Machine.CALL: CALL_EDGES,
    Machine.INCIDENT: INCIDENT_EDGES,
    Machine.INCIDENT_CAMERA: INCIDENT_CAMERA_EDGES,
}


def is_allowed(machine: Machine, old: str, new: str) -> bool:
    """Whether the machine has this edge."""
    return new in EDGES[machine].get(old, frozenset())


def require_edge(machine: Machine, old: str, new: str) -> None:
    """Raise ConflictError `state_conflict` when the machine lacks the edge."""
    if not is_allowed(machine, old, new):
        raise ConflictError(
            "state_conflict",
            gettext_noop("This is no longer possible: it is now “%(state)s”."),
            {"state": old, "wanted": new},
        )
