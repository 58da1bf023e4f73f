"""Which edges the state machines have. What is not listed is refused."""

from collections.abc import Mapping
from enum import StrEnum

from common.errors import ConflictError, gettext_noop

# An exchange's events come in any order: "ended" may be heard before "answered", "abandoned" before the answer that
# belies it. So a line may jump forwards, and what only the line said may be corrected by it, from the callback list
# too while nobody has tried to call back. Skipped states leave no time behind; none is faked.
_LINE_ENDS = frozenset({"ended", "dropped"})
CALL_EDGES: Mapping[str, frozenset[str]] = {
    "queued": frozenset({"offered", "answered", "held", "abandoned"}) | _LINE_ENDS,
    "offered": frozenset({"answered", "held", "queued", "abandoned"}) | _LINE_ENDS,
    "answered": frozenset({"held"}) | _LINE_ENDS,
    "held": frozenset({"answered"}) | _LINE_ENDS,
    "ended": frozenset({"wrap_up", "closed", "dropped"}),
    "wrap_up": frozenset({"closed", "dropped"}),
    "abandoned": frozenset({"callback_due", "closed", "answered", "held"}) | _LINE_ENDS,
    "dropped": frozenset({"callback_due", "closed", "ended", "answered", "held"}),
    "callback_due": frozenset({"answered", "closed", "held", "ended"}),
    "closed": frozenset(),
}

INCIDENT_EDGES: Mapping[str, frozenset[str]] = {
    "intake": frozenset({"pending", "assigned", "enroute", "on_scene", "cancelled", "merged"}),
    "pending": frozenset({"assigned", "enroute", "on_scene", "all_clear", "closed", "cancelled", "merged"}),
    "assigned": frozenset({"pending", "enroute", "on_scene", "all_clear", "cancelled", "merged"}),
    "enroute": frozenset({"pending", "assigned", "on_scene", "all_clear", "cancelled", "merged"}),
    "on_scene": frozenset({"under_control", "all_clear", "pending", "assigned", "enroute", "cancelled", "merged"}),
    "under_control": frozenset({"all_clear", "on_scene", "assigned", "enroute", "pending", "cancelled", "merged"}),
    "all_clear": frozenset({"closed", "assigned", "enroute", "on_scene", "pending", "cancelled", "merged"}),
    "closed": frozenset({"pending"}),
    "cancelled": frozenset({"pending"}),
    "merged": frozenset({"pending"}),  # a merge that was a mistake is taken back
}

_ASSIGNMENT_ENDS = frozenset({"cleared", "cancelled_enroute", "diverted"})
ASSIGNMENT_EDGES: Mapping[str, frozenset[str]] = {
    "dispatched": frozenset({"acknowledged", "enroute", "staged", "on_scene", "refused"}) | _ASSIGNMENT_ENDS,
    "acknowledged": frozenset({"enroute", "staged", "on_scene", "refused"}) | _ASSIGNMENT_ENDS,
    "enroute": frozenset({"staged", "on_scene"}) | _ASSIGNMENT_ENDS,
    "staged": frozenset({"enroute", "on_scene"}) | _ASSIGNMENT_ENDS,
    "on_scene": frozenset({"transporting", "cleared", "diverted"}),
    "transporting": frozenset({"at_destination", "cleared"}),
    "at_destination": frozenset({"cleared"}),
    "cleared": frozenset(),
    "cancelled_enroute": frozenset(),
    "refused": frozenset(),
    "diverted": frozenset(),
}

PART_EDGES: Mapping[str, frozenset[str]] = {
    "notified": frozenset({"accepted", "rejected", "forwarded", "done"}),
    "accepted": frozenset({"notified", "done", "forwarded", "rejected"}),  # "notified": in another role
    "rejected": frozenset({"notified", "accepted"}),
    "forwarded": frozenset({"notified", "accepted"}),
    "done": frozenset({"notified", "accepted"}),
}

INCIDENT_CAMERA_EDGES: Mapping[str, frozenset[str]] = {
    "wanted": frozenset({"capturing", "failed"}),
    "capturing": frozenset({"captured", "wanted", "failed"}),
    "captured": frozenset({"analysing", "analysed", "failed"}),
    "analysing": frozenset({"analysed", "captured", "failed"}),
    # Asked again by schedule.
    "analysed": frozenset({"wanted"}),
    "failed": frozenset({"wanted"}),
}


QUALITY_SAMPLE_EDGES: Mapping[str, frozenset[str]] = {
    "waiting": frozenset({"reviewed"}),
    "reviewed": frozenset({"objected", "acknowledged"}),
    "objected": frozenset({"settled"}),
    "settled": frozenset({"acknowledged"}),
    "acknowledged": frozenset(),
}


class Machine(StrEnum):
    """The machines there are."""

    CALL = "call"
    INCIDENT = "incident"
    INCIDENT_CAMERA = "incident_camera"
    ASSIGNMENT = "assignment"
    PART = "part"
    QUALITY_SAMPLE = "quality_sample"


EDGES: Mapping[Machine, Mapping[str, frozenset[str]]] = {
    Machine.CALL: CALL_EDGES,
    Machine.INCIDENT: INCIDENT_EDGES,
    Machine.INCIDENT_CAMERA: INCIDENT_CAMERA_EDGES,
    Machine.ASSIGNMENT: ASSIGNMENT_EDGES,
    Machine.PART: PART_EDGES,
    Machine.QUALITY_SAMPLE: QUALITY_SAMPLE_EDGES,
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
