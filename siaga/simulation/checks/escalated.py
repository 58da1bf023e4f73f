"""What was overdue was escalated to every level whose time had come, in time; and nothing without cause."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from siaga.simulation.checks.found import Check, rows
from siaga.simulation.checks.history import (
    Window,
    call_windows,
    incident_windows,
    part_windows,
    rules_read,
)

LEVELS = ("desk", "supervisor", "head")
CALL_AFTER_S = {"desk": 0, "supervisor": 300, "head": 1800}
PART_AFTER_S = {"desk": 0}
Told = Mapping[tuple[str, str, datetime], datetime]


@dataclass(frozen=True, slots=True)
class Demand:
    """`level` had to be told of the missed moment `due_at` while the window lasted, from `from_at` on."""

    key: str
    level: str
    due_at: datetime
    from_at: datetime
    end: datetime


def escalations_right(*, at: datetime, late_s: float) -> list[Check]:
    """One check each for incidents, calls and agencies' parts, over all of the run."""
    rules = rules_read()
    incidents = incident_windows()
    found = {
        "incident": (w for ws in incidents.values() for window in ws if not window.is_over
                     for w in _demands(window, rules.of(window).after_s)),
        "call": (d for ws in call_windows().values() for window in ws if window.step
                 for d in _demands(window, CALL_AFTER_S)),
        "part": _part_demands(part_windows(), incidents),
    }  # fmt: skip
    return [_compared(name, list(demands), at, timedelta(seconds=late_s)) for name, demands in found.items()]


def overdue_now_escalated(*, at: datetime, late_s: float) -> Check:
    """From the rows as they are: each overdue incident shows the highest level that is due, and was told of it."""
    check = Check("what is overdue now shows its level")
    rules, told = rules_read(), _told("incident")
    for key, state, kind, priority, due_at, shown in rows(
        "SELECT i.id::text, i.state, t.code, i.priority, i.due_at, i.escalation FROM dispatch_incident i"
        " JOIN dispatch_incidenttype t ON t.id = i.type_id"
        " WHERE i.state NOT IN ('closed', 'cancelled', 'merged') AND i.due_at <= %s",
        [at - timedelta(seconds=late_s)],
    ):
        rule = rules.of(Window(key, due_at, at, state, due_at, type_code=kind, priority=priority))
        due = [name for name in LEVELS if due_at + timedelta(seconds=rule.after_s[name] + late_s) <= at]
        is_told = all((key, level, due_at) in told for level in due)
        is_shown = bool(shown) and LEVELS.index(shown) >= len(due) - 1
        check.need(is_told and is_shown, f"{key}: due {due_at}, {due} expected, shows {shown!r}")
    return check


def _demands(window: Window, after_s: Mapping[str, int]) -> Iterator[Demand]:
    if window.due_at is None:
        return
    for level, seconds in after_s.items():
        from_at = max(window.start, window.due_at + timedelta(seconds=seconds))
        if from_at <= window.end:
            yield Demand(window.key, level, window.due_at, from_at, window.end)


def _part_demands(parts: Mapping[str, Sequence[Window]], incidents: Mapping[str, Sequence[Window]]) -> Iterator[Demand]:
    """While the agency had not answered and its incident was open."""
    for windows in parts.values():
        for window in windows:
            if window.state != "notified":
                continue
            for around in incidents.get(window.incident, ()):
                if around.is_over or around.end < window.start or around.start > window.end:
                    continue
                for demand in _demands(window, PART_AFTER_S):
                    from_at, end = max(demand.from_at, around.start), min(demand.end, around.end)
                    if from_at <= end:
                        yield Demand(demand.key, demand.level, demand.due_at, from_at, end)


def _compared(name: str, demands: Sequence[Demand], at: datetime, late: timedelta) -> Check:
    check = Check(f"{name}s: overdue is escalated in time, nothing without cause")
    told = _told(name)
    reasons: dict[tuple[str, str, datetime], list[Demand]] = {}
    for demand in demands:
        mark = (demand.key, demand.level, demand.due_at)
        reasons.setdefault(mark, []).append(demand)
        if demand.from_at + late < min(demand.end, at):
            told_at = told.get(mark)
            in_time = told_at is not None and told_at <= demand.from_at + late
            check.need(in_time, f"{name} {demand.key}: {demand.level} from {demand.from_at}, told {told_at}")
    for mark, told_at in told.items():
        has_cause = any(demand.from_at <= told_at <= demand.end for demand in reasons.get(mark, ()))
        check.need(has_cause, f"{name} {mark[0]}: {mark[1]} was told of {mark[2]} at {told_at} without cause")
    return check


def _told(name: str) -> dict[tuple[str, str, datetime], datetime]:
    found = rows(
        f"SELECT {name}_id::text, level, due_at, escalated_at FROM dispatch_escalation"  # noqa: S608  # our own names
        f" WHERE {name}_id IS NOT NULL"
    )
    return {(key, level, due_at): escalated_at for key, level, due_at, escalated_at in found}
