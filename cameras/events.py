"""What is told of all cameras together."""

from accounts.permissions import Permission
from realtime.events import EventPayload, event_kind


class CameraSummaryPayload(EventPayload):
    """How many active cameras are in which condition, and whose fault began or ended just now (their codes).

    One event for all that a round of the patrol found, so that a street without power is one event and not fifty.
    """

    id: str
    up: int
    degraded: int
    down: int
    unknown: int
    faults_open: int
    began: list[str]
    ended: list[str]


CAMERA_SUMMARY_CHANGED = event_kind("camera_summary.changed", CameraSummaryPayload, Permission.CAMERA_VIEW)
