"""How a unit's status follows from its work, what a unit may say by itself, and who may be proposed.

A status and the state of an assignment are two things: an assignment's steps set the status by the table below, a
unit's own word changes its status but never its assignment.
"""

from collections.abc import Mapping
from enum import StrEnum

from common.errors import ConflictError, ValidationError, gettext_noop


class Availability(StrEnum):
    """What every status comes down to."""

    AVAILABLE = "available"
    CONDITIONAL = "conditional"
    UNAVAILABLE = "unavailable"


_A, _C, _N = Availability.AVAILABLE, Availability.CONDITIONAL, Availability.UNAVAILABLE
AVAILABILITY: Mapping[str, Availability] = {
    "AV": _A, "AVM": _A, "RT": _C, "BR": _C, "RS": _C, "DP": _N, "AK": _N, "ER": _N, "ST": _N, "OS": _N, "TR": _N,
    "AH": _N, "OO": _N, "UM": _N, "OD": _N, "PN": _N,
}  # fmt: skip
# Only these are ever proposed. A reserved unit is kept for something: it may be sent by a person's decision.
PROPOSABLE = frozenset({"AV", "AVM", "RT", "BR"})
STATUS_OF_STATE: Mapping[str, str] = {
    "dispatched": "DP", "acknowledged": "AK", "enroute": "ER", "staged": "ST", "on_scene": "OS", "transporting": "TR",
    "at_destination": "AH",
}  # fmt: skip
STATE_OF_STATUS: Mapping[str, str] = {status: state for state, status in STATUS_OF_STATE.items()}
WORKING = frozenset(STATUS_OF_STATE.values())
# A unit in one of these stays so whatever becomes of its assignment, until somebody says that it is over.
HELD = frozenset({"OO", "UM", "OD", "PN"})
# What may befall a unit in the middle of its work. The assignment goes on, and its incident's owner is told.
BEFALLS = frozenset({"OO", "UM"})
FREE = frozenset({"AV", "AVM", "RT", "BR", "RS"})
NEEDS_REASON = frozenset({"OO", "UM", "RS"})
# Turned back before it had left: it stands where it stood.
NOT_LEFT = frozenset({"dispatched", "acknowledged"})


def status_after(state: str, *, before: str, old_state: str, present: str) -> str:
    """A unit's status after a step of its assignment to `state`.

    `before` is its status when it was sent, `old_state` the state it leaves, `present` its status now.
    """
    if present in HELD:
        return present
    if state in STATUS_OF_STATE:
        return STATUS_OF_STATE[state]
    if state == "refused" or old_state in NOT_LEFT:
        return before if before in FREE else "AVM"
    return "RT"


def status_told(to: str, *, present: str, live_state: str | None) -> str:
    """The status that a unit, or somebody for it, may take by its own word; raises why not.

    `live_state` is the state of its assignment, if it has one. Being back in service in the middle of one means
    the status of that.
    """
    if present == "PN":
        raise ConflictError("unit_in_distress", gettext_noop("This unit is in distress; end that first."))
    if to == "PN":
        raise ValidationError(
            "unknown_status", gettext_noop("Use the emergency button for this."), {"fields": {"status": [to]}}
        )
    if to == present:
        return to  # said twice
    if live_state is None:
        if to in WORKING:
            raise ConflictError("unit_without_work", gettext_noop("This unit is on no incident."), {"status": present})
        return to
    if to in BEFALLS:
        return to
    if present in HELD and to in {"AV", "AVM"} | WORKING:
        return STATUS_OF_STATE[live_state]
    raise ConflictError(
        "unit_on_assignment",
        gettext_noop("This unit is on an incident; end its work there first."),
        {"status": present, "state": live_state},
    )


def sending_require(status: str, call_sign: str) -> None:
    """Raise ConflictError `unit_unavailable` unless a unit in this status may be sent at all."""
    if status not in FREE:
        raise ConflictError(
            "unit_unavailable",
            gettext_noop("%(unit)s cannot be sent: its status is %(status)s."),
            {"unit": call_sign, "status": status},
        )
