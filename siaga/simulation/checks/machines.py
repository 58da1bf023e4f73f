"""Every step of every state machine is one of its edges, follows the one before, and says when and by what way."""

from datetime import datetime

from dispatch.rules.transitions import EDGES, Machine
from siaga.simulation.checks.found import Check, rows

# Sources that are nobody: the clock, a rule, an exchange, a caller's browser.
NOBODY = ("task", "rule", "location_link")
FIRST = {Machine.CALL: {"queued"}, Machine.INCIDENT: {"pending", "intake"}, Machine.ASSIGNMENT: {"dispatched"}}


def transitions_legal() -> list[Check]:
    """One check for each machine that keeps its steps."""
    return [_legal(machine) for machine in FIRST]


def _legal(machine: Machine) -> Check:
    check = Check(f"steps of {machine}s are legal and say who and when")
    newest: dict[object, tuple[str, datetime]] = {}
    for key, old, new, at, actor, source in rows(
        f"SELECT {machine}_id, old, new, occurred_at, actor_id, source"  # noqa: S608  # our own names
        f" FROM dispatch_{machine}transition ORDER BY id"
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
    for key, state in rows(f"SELECT id, state FROM dispatch_{machine}"):  # noqa: S608  # our own names
        check.need(newest.get(key, ("",))[0] == state, f"{machine} {key} is {state}, its newest step {newest.get(key)}")
    return check


def parts_legal() -> Check:
    """Parts keep no steps of their own; their events tell them."""
    check = Check("steps of agencies' parts are legal")
    before: dict[str, str] = {}
    for key, state in rows(
        "SELECT entity_id, payload->>'state' FROM realtime_event WHERE kind = 'part.changed' ORDER BY sequence"
    ):
        old = before.get(key)
        is_edge = state == "notified" if old is None else state == old or state in EDGES[Machine.PART][old]
        check.need(is_edge, f"part {key}: {old!r} -> {state!r}")
        before[key] = state
    return check
