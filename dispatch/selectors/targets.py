"""Targets and how far they were met, computed by the database from stored moments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from dispatch.choices.supervision import TargetGroup, TargetMeasure
from dispatch.models import Target
from dispatch.selectors.measures import TARGETS
from realtime.models import Realm

SPAN_MAX = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Figure:
    """How far one version of a target was met in one group.

    `count` is what can be judged: what was done, and what is late and still to be done (`late_open`). `left_out` is
    neither yet. The percentiles are seconds of what was done; for abandonment, how long callers waited who hung up.
    """

    target: Target
    group: str
    count: int
    within: int
    late_open: int
    left_out: int
    p50_s: float | None
    p90_s: float | None
    p95_s: float | None
    p99_s: float | None

    @property
    def share_percent(self) -> float | None:
        """What share was within the target; None where there was nothing to judge."""
        return 100 * self.within / self.count if self.count else None

    @property
    def is_met(self) -> bool | None:
        """Whether the wanted share was reached; None where there was nothing to judge. Exact, without rounding."""
        return 100 * self.within >= self.target.share_percent * self.count if self.count else None


def figures_read(
    *, realm: Realm, start: datetime, end: datetime, at: datetime, group: TargetGroup = TargetGroup.ALL
) -> list[Figure]:
    """Figures of `start <= moment < end`, by group and target; `at` is until when what is still to be done has waited.

    Without a group every target that holds in that time is told, those without any observation too.
    """
    targets = {target.pk: target for target in Target.objects.select_related("type")}
    values: dict[str, Any] = {
        "realm": realm.pk, "start": start, "end": end, "now": at, "zone": settings.TIME_ZONE, "group": str(group),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(TARGETS, values)
        found = [_figure(targets[row[0]], row) for row in cursor.fetchall()]
    if group == TargetGroup.ALL:
        known = {figure.target.pk for figure in found}
        held = targets_held(targets.values(), start, end)
        found += [_empty(target) for target in held if target.pk not in known]
    return sorted(found, key=lambda figure: (figure.group, *_order(figure.target)))


def targets_held(targets: Iterable[Target], start: datetime, end: datetime) -> list[Target]:
    """The versions that hold on any day of that time."""
    first, last = timezone.localdate(start), timezone.localdate(end - timedelta(microseconds=1))
    by_code: dict[str, list[Target]] = {}
    for target in sorted(targets, key=lambda row: row.valid_from):
        by_code.setdefault(target.code, []).append(target)
    found = []
    for versions in by_code.values():
        ends: list[date | None] = [*(version.valid_from for version in versions[1:]), None]
        found += [
            version
            for version, until in zip(versions, ends, strict=True)
            if version.is_active and version.valid_from <= last and (until is None or until > first)
        ]
    return found


def day_start(day: date) -> datetime:
    """Midnight where the service is."""
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001  # a local day


def _order(target: Target) -> tuple[int, str, date]:
    return TargetMeasure.values.index(target.measure), target.code, target.valid_from


def _figure(target: Target, row: Sequence[Any]) -> Figure:
    _key, group, seen, count, within, late_open, percentiles = row
    p50, p90, p95, p99 = (None if value is None else round(float(value), 3) for value in percentiles or [None] * 4)
    return Figure(target, group, count, within, late_open, seen - count, p50, p90, p95, p99)


def _empty(target: Target) -> Figure:
    return Figure(target, "", 0, 0, 0, 0, None, None, None, None)
