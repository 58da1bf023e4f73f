"""What a console makes of a state and the events after it: it keeps what is open, and puts away what is over."""

from datetime import datetime
from typing import Any

from accounts.models import User
from common import clock
from dispatch.selectors.state import state_read
from realtime.models import Realm
from realtime.selectors import events_for

LISTS = {
    "call.changed": "calls",
    "queue.changed": "queue",
    "storm.changed": "storms",
    "presence.changed": "presences",
    "incident.changed": "incidents",
    "part.changed": "parts",
    "assignment.changed": "assignments",
    "link.changed": "links",
    "handover.changed": "handovers",
    "incident_camera.changed": "incident_cameras",
    "match.changed": "matches",
    "agency_incident.changed": "agency_incidents",
    "unit.changed": "units",
    "unit_alarm.changed": "unit_alarms",
    "broadcast.sent": "broadcasts",
    "alert.changed": "alerts",
    "gauge.changed": "gauges",
    "gauge.level_changed": "gauge_levels",
    "flood_task.changed": "flood_tasks",
    "flood_warning.changed": "flood_warnings",
    "road_block.changed": "road_blocks",
}
CLOSED = {"closed", "cancelled", "merged"}
OF_INCIDENTS = ("parts", "assignments", "incident_cameras", "matches")
Rows = dict[str, dict[str, Any]]


class ConsoleStore:
    """One person's console: it read the state once, and knows the rest from the stream alone."""

    def __init__(self, user: User, realm: Realm) -> None:
        self.user, self._realm_id = user, realm.pk
        state = state_read(realm=realm, user=user)
        self.head = state["head"]
        self.rows = _by_id(state)

    def follow(self) -> None:
        """Take what was told since."""
        while True:
            realm = Realm.objects.get(pk=self._realm_id)
            events, reached = events_for(user=self.user, realm=realm, sequence=self.head)
            for event in events:
                if event.kind in LISTS and LISTS[event.kind] in self.rows:
                    self.rows[LISTS[event.kind]][event.entity_id] = event.payload
            if reached == self.head:
                break
            self.head = reached
        self._put_away()

    def differences(self) -> dict[str, Any]:
        """What a fresh state says otherwise; empty when the console is right."""
        fresh = _by_id(state_read(realm=Realm.objects.get(pk=self._realm_id), user=self.user))
        assert set(fresh) == set(self.rows)
        return {
            f"{name} {key}": (self.rows[name].get(key), fresh[name].get(key))
            for name in fresh
            for key in self.rows[name].keys() | fresh[name].keys()
            if self.rows[name].get(key) != fresh[name].get(key)
        }

    def _put_away(self) -> None:
        rows = self.rows
        _keep(rows, "calls", lambda row: row["state"] != "closed")
        _keep(rows, "incidents", lambda row: row["state"] not in CLOSED)
        _keep(rows, "agency_incidents", lambda row: row["state"] not in CLOSED)
        _keep(rows, "queue", lambda row: row["ended_at"] is None)
        _keep(rows, "storms", lambda row: row["ended_at"] is None)
        _keep(rows, "presences", lambda row: row["state"] != "away")
        _keep(rows, "units", lambda row: row["is_active"])
        _keep(rows, "unit_alarms", lambda row: row["ended_at"] is None)
        _keep(rows, "handovers", lambda row: row["state"] == "offered")
        _keep(rows, "broadcasts", lambda row: datetime.fromisoformat(row["expires_at"]) > clock.now())
        _keep(rows, "alerts", lambda row: row["state"] == "active")
        _keep(rows, "gauges", lambda row: row["is_active"])
        in_use = rows.get("gauges", {})
        _keep(rows, "gauge_levels", lambda row: row["ended_at"] is None and row["gauge_id"] in in_use)
        _keep(rows, "flood_tasks", lambda row: row["state"] == "open")
        _keep(rows, "flood_warnings", lambda row: row["state"] == "proposed")
        _keep(rows, "road_blocks", lambda row: row["ended_at"] is None)
        is_open = rows.get("incidents", {})
        for name in OF_INCIDENTS:
            _keep(rows, name, lambda row: row["incident_id"] in is_open)
        _keep(
            rows,
            "links",
            lambda row: row["ended_at"] is None and (row["child_id"] in is_open or row["parent_id"] in is_open),
        )


def _keep(rows: dict[str, Rows], name: str, is_kept: Any) -> None:
    if name in rows:
        rows[name] = {key: row for key, row in rows[name].items() if is_kept(row)}


def _by_id(state: dict[str, Any]) -> dict[str, Rows]:
    return {name: {row["id"]: row for row in found} for name, found in state.items() if name != "head"}
