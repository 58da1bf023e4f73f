"""The hours of cameras: one camera's month, and the last day of many."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from cameras.models import CameraHour
from cameras.rules.history import HOUR, Hour, Uptime, filled, hour_of, since, uptime

DAY, WEEK, MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
FIELDS = ("hour", "tries", "pictures", "flagged", "duration_ms")


@dataclass(frozen=True, slots=True)
class History:
    """One camera: the hours of the last day and week one after the other, and what 24 h, 7 d and 30 d came to."""

    day: list[Hour]
    week: list[Hour]
    last_day: Uptime
    last_week: Uptime
    last_month: Uptime


def history_read(*, camera_id: int, at: datetime) -> History:
    """720 rows at most, by the index of camera and hour."""
    rows = CameraHour.objects.filter(camera=camera_id, hour__gt=hour_of(at) - MONTH, hour__lte=at)
    hours = [Hour(*row) for row in rows.order_by("hour").values_list(*FIELDS)]
    return History(
        day=filled(hours, at=at, count=DAY // HOUR),
        week=filled(hours, at=at, count=WEEK // HOUR),
        last_day=uptime(since(hours, at=at, span=DAY)),
        last_week=uptime(since(hours, at=at, span=WEEK)),
        last_month=uptime(hours),
    )


def days_read(*, camera_ids: Collection[int], at: datetime) -> dict[int, list[Hour]]:
    """The last 24 hours of some cameras, one after the other."""
    rows = CameraHour.objects.filter(camera__in=camera_ids, hour__gt=hour_of(at) - DAY, hour__lte=at)
    found: dict[int, list[Hour]] = {key: [] for key in camera_ids}
    for key, *values in rows.values_list("camera", *FIELDS):
        found[key].append(Hour(*values))
    return {key: filled(hours, at=at, count=DAY // HOUR) for key, hours in found.items()}
