"""How things stood over time, read from the numbered stream: one window from each event to the next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from siaga.simulation.checks.found import rows

OVER = {"closed", "cancelled", "merged"}
SECOND = timedelta(seconds=1)
END = datetime(9000, 1, 1, tzinfo=UTC)  # far enough, and seconds can be added to it


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which nothing of these changed."""

    key: str
    start: datetime
    end: datetime
    state: str
    due_at: datetime | None
    step: str = ""
    type_code: str = ""
    priority: str = ""
    incident: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be done."""
        return self.state in OVER


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A follow-up rule as it stands in the table."""

    next_step: str
    due_s: int
    after_s: Mapping[str, int]


class Rules:
    """Looked up from the most particular to the most general."""

    def __init__(self, found: Mapping[tuple[str, str, str], RuleRow]) -> None:
        self._found = found

    def of(self, window: Window) -> RuleRow:
        """The rule for an incident as it was."""
        state, kind, priority = window.state, window.type_code, window.priority
        for key in ((state, kind, priority), (state, kind, ""), (state, "", priority), (state, "", "")):
            if key in self._found:
                return self._found[key]
        return RuleRow("other", 600, {"desk": 0, "supervisor": 120, "head": 600})


def rules_read() -> Rules:
    """The active rules."""
    found = rows(
        "SELECT r.state, COALESCE(t.code, ''), r.priority, r.next_step, r.due_s, r.supervisor_after_s, r.head_after_s"
        " FROM dispatch_followrule r LEFT JOIN dispatch_incidenttype t ON t.id = r.type_id WHERE r.is_active"
    )
    return Rules({
        (state, kind, priority): RuleRow(step, due_s, {"desk": 0, "supervisor": supervisor_s, "head": head_s})
        for state, kind, priority, step, due_s, supervisor_s, head_s in found
    })  # fmt: skip


def incident_windows() -> dict[str, list[Window]]:
    """By the incident's id."""
    return _windows(
        "SELECT entity_id, occurred_at, payload->>'state', payload->>'due_at', payload->>'next_step',"
        " payload->>'type', payload->>'priority', '' FROM realtime_event WHERE kind = 'incident.changed'"
        " ORDER BY entity_id, sequence"
    )


def part_windows() -> dict[str, list[Window]]:
    """By the part's id; `due_at` is until when the agency has to answer."""
    return _windows(
        "SELECT entity_id, occurred_at, payload->>'state', payload->>'answer_due_at', '', '', '',"
        " payload->>'incident_id' FROM realtime_event WHERE kind = 'part.changed' ORDER BY entity_id, sequence"
    )


def call_windows() -> dict[str, list[Window]]:
    """By the call's id; `due_at` is until when something has to be done with a call in this state.

    By the house's times: called back when it says so, given a class 3 minutes after its end, a caller on hold taken
    back within 5 minutes, a conversation ended within an hour. `step` is empty where nothing is due.
    """
    steps = _state_starts()
    sql = (
        "SELECT entity_id, occurred_at, payload->>'state', payload->>'callback_due_at', payload->>'ended_at',"
        " '', '', '' FROM realtime_event WHERE kind = 'call.changed' ORDER BY entity_id, sequence"
    )
    found: dict[str, list[Window]] = {}
    for key, windows in _windows(sql).items():
        starts = iter(steps.get(key, ()))
        since, before = END, ""
        for window in windows:
            if window.state != before:
                since = next((at for state, at in starts if state == window.state), END)
                before = window.state
            found.setdefault(key, []).append(_call_due(window, since))
    return found


def _call_due(window: Window, since: datetime) -> Window:
    ended_at = _moment(window.step)
    if window.state == "callback_due":
        return replace(window, step="call_back")
    if window.state in {"ended", "wrap_up"} and ended_at:
        return replace(window, step="close", due_at=ended_at + SECOND * 180)
    if window.state in {"answered", "held"}:
        return replace(window, step="close", due_at=since + SECOND * (300 if window.state == "held" else 3600))
    return replace(window, step="", due_at=None)


def _state_starts() -> dict[str, list[tuple[str, datetime]]]:
    found: dict[str, list[tuple[str, datetime]]] = {}
    for key, state, at in rows("SELECT call_id::text, new, occurred_at FROM dispatch_calltransition ORDER BY id"):
        found.setdefault(key, []).append((state, at))
    return found


def _windows(sql: str) -> dict[str, list[Window]]:
    found: dict[str, list[Window]] = {}
    for window in _read(sql):
        known = found.setdefault(window.key, [])
        if known:
            known[-1] = replace(known[-1], end=window.start)
        known.append(window)
    return found


def _read(sql: str) -> Iterator[Window]:
    for key, at, state, due_at, step, kind, priority, incident in rows(sql):
        yield Window(key, at, END, state, _moment(due_at), step or "", kind or "", priority or "", incident or "")


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
