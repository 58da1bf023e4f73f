"""Open incidents have an owner, a next step and a deadline; and both follow from the rules."""

from datetime import timedelta

from siaga.simulation.checks.found import Check, rows
from siaga.simulation.checks.history import OVER, incident_windows, rules_read


def nothing_loose() -> Check:
    """No open incident without owner, next step or deadline; nothing closed with something left to do."""
    check = Check("every open incident has owner, next step and deadline")
    for number, state, owner, step, due_at, disposition, merged_into in rows(
        "SELECT number, state, owner_id, next_step, due_at, disposition_id, merged_into_id FROM dispatch_incident"
    ):
        if state in OVER:
            check.need(step == "" and due_at is None, f"#{number}: {state} with a next step")
            check.need(disposition or merged_into, f"#{number}: {state} without disposition")
        else:
            check.need(owner and step and due_at, f"#{number}: {state} without owner, next step or deadline")
    return check


def steps_follow_rules() -> Check:
    """Whenever an incident came into a state, its next step and deadline were those of the rule for it."""
    check = Check("next steps and deadlines follow the rules")
    rules = rules_read()
    for number, windows in incident_windows().items():
        before = ""
        for window in windows:
            if window.state != before and not window.is_over:
                rule = rules.of(window)
                due_at = window.start + timedelta(seconds=rule.due_s)
                fits = window.step == rule.next_step and window.due_at == due_at
                check.need(fits, f"#{number}: {window.state} at {window.start}: {window.step} until {window.due_at}")
            before = window.state
    return check
