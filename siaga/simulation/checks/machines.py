"""Every step of every state machine is one of its edges, follows the one before, and says when and by what way."""

from datetime import datetime

from dispatch.rules.transitions import EDGES, Machine
from siaga.simulation.checks.found import Check, rows

# Sources that are nobody: the clock, a rule, an exchange, a caller's browser.
NOBODY = ("task", "rule", "location_link")
FIRST = {
    Machine.CALL: {"queued"}, Machine.INCIDENT: {"pending", "intake"}, Machine.ASSIGNMENT: {"dispatched"},
    Machine.PART: {"notified"},
}  # fmt: skip
TABLES = {Machine.PART: "agencypart"}  # where it is not the machine's own name


def transitions_legal() -> list[Check]:
    """One check for each machine that keeps its steps."""
    return [_legal(machine) for machine in FIRST]


def _legal(machine: Machine) -> Check:
    check = Check(f"steps of {machine}s are legal and say who and when")
    table = f"dispatch_{TABLES.get(machine, machine)}"
    newest: dict[object, tuple[str, datetime]] = {}
    for key, old, new, at, actor, source in rows(
        f"SELECT {machine}_id, old, new, occurred_at, actor_id, source"  # noqa: S608  # our own names
        f" FROM {table}transition ORDER BY id"
    ):
        before = newest.get(key)
        is_edge = new in FIRST[machine] and old == "" if before is None else new in EDGES[machine].get(old, ())
        check.need(is_edge, f"{machine} {key}: {old!r} -> {new!r}")
        check.need(before is None or before[0] == old, f"{machine} {key}: {old!r} follows {before}")
        # An exchange tells late, with its own times; everybody else in order.
        in_order = before is None or at >= before[1] or source.startswith("pbx:") or machine == Machine.CALL
        check.need(in_order, f"{machine} {key}: {new} at {at}, after {before}")
        is_nobody = source in NOBODY or source.startswith("pbx:")
        check.need(source and (actor is not None) != is_nobody, f"{machine} {key}: {new} by {actor} from {source!r}")
        newest[key] = (new, at)
    for key, state in rows(f"SELECT id, state FROM {table}"):  # noqa: S608  # our own names
        check.need(newest.get(key, ("",))[0] == state, f"{machine} {key} is {state}, its newest step {newest.get(key)}")
    return check


def parts_told() -> Check:
    """The events of agencies' parts tell their steps in order; two steps of one transaction are told once, as the last.

    So a part that came along with a merge is told of as accepted: it was notified in the same moment.
    """
    check = Check("agencies' parts are told of as they stepped")
    steps: dict[str, list[str]] = {}
    for key, state in rows("SELECT part_id::text, new FROM dispatch_agencyparttransition ORDER BY id"):
        steps.setdefault(key, []).append(state)
    for key, state in rows(
        "SELECT entity_id, payload->>'state' FROM realtime_event WHERE kind = 'part.changed' ORDER BY sequence"
    ):
        left = steps.get(key, [])
        check.need(state in left, f"part {key}: told {state!r}, its steps are at {left[:3]}")
        if state in left:
            steps[key] = left[left.index(state) :]  # the present one may be told of again
    return check
