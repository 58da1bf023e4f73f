"""Every call that rang is one row, and every row is either closed with a class or on a list of work."""

from collections.abc import Collection

from siaga.simulation.checks.found import Check, rows

# A caller in one of these is in the queue, being talked to, or on the report of undone work.
KNOWN_STATES = {"queued", "offered", "answered", "held", "ended", "wrap_up", "abandoned", "dropped", "callback_due"}


def calls_accounted(rung: Collection[str]) -> Check:
    """Each call of the exchange stored exactly once, none invented, none without a place to be found."""
    check = Check("every call stored once and accounted for")
    stored: dict[str, int] = {}
    for key, state, call_class, closed_at, arrived_at, ended_at in rows(
        "SELECT pbx_call, state, call_class, closed_at, arrived_at, ended_at FROM dispatch_call"
        " WHERE pbx_call IS NOT NULL"
    ):
        stored[key] = stored.get(key, 0) + 1
        is_closed = state == "closed" and call_class != "" and closed_at is not None
        check.need(is_closed or state in KNOWN_STATES, f"{key}: {state} without class or time")
        check.need(arrived_at is not None and (ended_at is None or ended_at >= arrived_at), f"{key}: ends before start")
    for key in rung:
        check.need(stored.get(key) == 1, f"{key}: rang, is stored {stored.get(key, 0)} times")
    check.need(set(stored) <= set(rung), f"rows of calls that never rang: {sorted(set(stored) - set(rung))[:5]}")
    return check
