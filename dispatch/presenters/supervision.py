"""Targets and the room in the form that leaves the house."""

from typing import Any

from dispatch.models import Target
from dispatch.presenters.base import moment


def target_present(target: Target) -> dict[str, Any]:
    """A version of a target; reads `type`."""
    return {
        "code": target.code,
        "measure": target.measure,
        "priority": target.priority,
        "type": target.type.code if target.type else None,
        "limit_s": target.limit_s,
        "share_percent": float(target.share_percent),
        "standard": target.standard,
        "valid_from": target.valid_from.isoformat(),
    }


def figure_present(figure: Any) -> dict[str, Any]:
    """How far a target was met (`dispatch.selectors.targets.Figure`)."""
    share = figure.share_percent
    return {
        "group": figure.group,
        "target": target_present(figure.target),
        "count": figure.count,
        "within": figure.within,
        "share_percent": None if share is None else round(share, 2),
        "is_met": figure.is_met,
        "late_open": figure.late_open,
        "left_out": figure.left_out,
        "p50_s": figure.p50_s,
        "p90_s": figure.p90_s,
        "p95_s": figure.p95_s,
        "p99_s": figure.p99_s,
    }


COLUMNS = (
    "group", "code", "measure", "priority", "type", "limit_s", "wanted_percent", "standard", "valid_from", "count",
    "within", "share_percent", "is_met", "late_open", "left_out", "p50_s", "p90_s", "p95_s", "p99_s",
)  # fmt: skip


def figure_row(figure: Any) -> list[Any]:
    """The same as a line of a table with COLUMNS."""
    target = figure.target
    share = figure.share_percent
    return [
        figure.group, target.code, target.measure, target.priority, target.type.code if target.type else None,
        target.limit_s, float(target.share_percent), target.standard, target.valid_from.isoformat(), figure.count,
        figure.within, None if share is None else round(share, 2), figure.is_met, figure.late_open, figure.left_out,
        figure.p50_s, figure.p90_s, figure.p95_s, figure.p99_s,
    ]  # fmt: skip


def room_present(room: Any) -> dict[str, Any]:
    """The room as it is (`dispatch.selectors.room.RoomNow`)."""
    queue = room.queue
    return {
        "at": room.at.isoformat(),
        "queue": {
            "waiting": queue.waiting,
            "since": moment(queue.since),
            "free_desks": queue.free,
            "per_free_desk": queue.per_free_desk,
            "level": queue.level,
            "alarm_since": moment(queue.alarm.started_at) if queue.alarm else None,
        },
        "desks": [
            {
                "user": str(desk.user),
                "desk": desk.user.desk.code if desk.user.desk else None,
                "doing": desk.doing,
                "since": moment(desk.since),
                "call_id": str(desk.call.pk) if desk.call else None,
                "call_number": desk.call.number if desk.call else None,
            }
            for desk in room.desks
        ],
        "doing": room.doing,
        "incidents": {
            "open": room.open,
            "overdue": room.overdue,
            "by_priority": room.priorities,
            "by_state": room.states,
            "by_owner": [{"owner": row.name, "open": row.open, "overdue": row.overdue} for row in room.owners],
        },
        "callbacks_due": room.callbacks,
        "units": [
            {
                "agency": row.code,
                "statuses": row.statuses,
                "available": row.available,
                "conditional": row.conditional,
                "unavailable": row.unavailable,
            }
            for row in room.units
        ],
        "storms": [
            {
                "id": str(storm.pk),
                "incident_number": storm.incident.number,
                "started_at": storm.started_at.isoformat(),
                "calls": storm.call_count,
            }
            for storm in room.storms
        ],
        "today": [figure_present(figure) for figure in room.figures],
    }
