"""The report of undone work says what the rows say: the same counts, and the same rows."""

from datetime import datetime

from dispatch.selectors.undone import ROWS_MAX, undone_read
from realtime.models import LIVE, Realm
from siaga.simulation.checks.found import Check, rows

OPEN = "i.state NOT IN ('closed', 'cancelled', 'merged')"
SINCE = (
    "(SELECT s.occurred_at FROM dispatch_calltransition s WHERE s.call_id = c.id AND s.new = c.state"
    " ORDER BY s.id DESC LIMIT 1)"
)
# Each kind of undone work in SQL of its own; <at> is the moment of the report.
COUNTED = {
    "incidents_open": "SELECT i.id FROM dispatch_incident i WHERE <open>",
    "incidents_overdue": "SELECT i.id FROM dispatch_incident i WHERE <open> AND i.due_at <= <at>",
    "incidents_unowned": "SELECT i.id FROM dispatch_incident i JOIN accounts_user u ON u.id = i.owner_id"
    " WHERE <open> AND NOT u.is_active",
    "calls_waiting": "SELECT c.id FROM dispatch_call c WHERE c.state IN ('queued', 'offered')",
    "callbacks_due": "SELECT c.id FROM dispatch_call c WHERE c.state = 'callback_due'",
    "calls_unclosed": "SELECT c.id FROM dispatch_call c WHERE c.state IN ('ended', 'wrap_up', 'abandoned', 'dropped')",
    "calls_endless": "SELECT c.id FROM dispatch_call c WHERE"
    " (c.state = 'answered' AND <since> <= <at> - interval '3600 s')"
    " OR (c.state = 'held' AND <since> <= <at> - interval '300 s')",
    "parts_unanswered": "SELECT p.id FROM dispatch_agencypart p JOIN dispatch_incident i ON i.id = p.incident_id"
    " WHERE <open> AND p.state = 'notified' AND p.answer_due_at <= <at>",
    "parts_refused": "SELECT p.id FROM dispatch_agencypart p JOIN dispatch_incident i ON i.id = p.incident_id"
    " WHERE <open> AND p.state = 'rejected' AND NOT EXISTS (SELECT 1 FROM dispatch_agencypart o"
    " WHERE o.incident_id = i.id AND o.state IN ('accepted', 'done'))",
    "flood_tasks_open": "SELECT t.id FROM dispatch_floodtask t WHERE t.state = 'open'",
    "flood_tasks_overdue": "SELECT t.id FROM dispatch_floodtask t WHERE t.state = 'open' AND t.due_at <= <at>",
    "flood_warnings_open": "SELECT w.id FROM dispatch_floodwarning w WHERE w.state = 'proposed'",
    "road_blocks_overdue": "SELECT r.id FROM dispatch_roadblock r WHERE r.ended_at IS NULL AND r.until_at <= <at>",
    "gauges_stale": "SELECT g.id FROM dispatch_gauge g WHERE g.is_active AND g.is_stale AND g.measured_at IS NOT NULL",
    "handovers_open": "SELECT h.id FROM dispatch_handover h WHERE h.state = 'offered'",
}  # fmt: skip


def report_agrees(*, at: datetime) -> Check:
    """Compare it with the tables, list by list."""
    check = Check("the report of undone work agrees with the rows")
    told = undone_read(realm=Realm.objects.get(code=LIVE), at=at)
    check.need(set(told["counts"]) == set(COUNTED), f"lists told: {sorted(told['counts'])}")
    for name, sql in COUNTED.items():
        expected = _expected(sql, at)
        count = told["counts"].get(name)
        check.need(count == len(expected), f"{name}: told {count}, there are {len(expected)}")
        shown = [row["id"] for row in told.get(name, ())]
        check.need(len(shown) == min(len(expected), ROWS_MAX), f"{name}: shows {len(shown)} of {len(expected)}")
        check.need(set(shown) <= expected and len(set(shown)) == len(shown), f"{name}: shows other rows")
    return check


def _expected(sql: str, at: datetime) -> set[str]:
    whole = sql.replace("<open>", OPEN).replace("<since>", SINCE)
    return {str(key) for (key,) in rows(whole.replace("<at>", "%s"), [at] * whole.count("<at>"))}
