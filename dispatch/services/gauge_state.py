"""How a gauge stands, from its readings: level, trend, doubt, and the water on its way. The gauge's row is locked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from dispatch.choices.floods import ReadingMark
from dispatch.models import Gauge, GaugeLevelChange, GaugeReach
from dispatch.rules.gauges import WINDOW, Course, Sample, course_of
from dispatch.rules.waves import Reach, Wave, waves_of
from realtime.models import Realm

STATE = (
    "level", "level_since", "height_cm", "measured_at", "trend_cm_h", "mark", "is_stale", "waves",
)  # fmt: skip
# A clock that is a year ahead must not cast doubt on its gauge for a year.
DOUBT_AHEAD = timedelta(days=1)
UNUSED = [ReadingMark.FUTURE, ReadingMark.IMPOSSIBLE]


@dataclass(frozen=True, slots=True)
class River:
    """The gauges of a realm as the water sees them: ways down by code, and what lies where."""

    reaches: Mapping[str, Sequence[Reach]]
    gauges: Mapping[str, Gauge]


@dataclass(slots=True)
class Settled:
    """What became of a gauge: whether anything shown changed, and the changes of level to tell, ended ones first."""

    gauge: Gauge
    course: Course
    waves: list[Wave]
    is_changed: bool = False
    changes: list[GaugeLevelChange] = field(default_factory=list)


def river_read(*, realm: Realm) -> River:
    """All gauges in use with their places, and the ways between them."""
    rows = Gauge.objects.filter(realm=realm, is_active=True).prefetch_related("places")
    reaches: dict[str, list[Reach]] = {}
    used = GaugeReach.objects.filter(upper__realm=realm, upper__is_active=True, lower__is_active=True)
    for row in used.select_related("upper", "lower").order_by("travel_s", "lower__code"):
        way = Reach(row.lower.code, row.travel_min_s, row.travel_s, row.travel_max_s)
        reaches.setdefault(row.upper.code, []).append(way)
    return River(reaches, {gauge.code: gauge for gauge in rows})


def course_read(gauge: Gauge) -> Course:
    """What the usable readings of a gauge say together."""
    usable = gauge.readings.exclude(mark__in=UNUSED)
    newest = usable.aggregate(newest=Max("measured_at"))["newest"]
    if newest is None:
        return Course()
    rows = usable.filter(measured_at__gte=newest - WINDOW).values_list("measured_at", "height_cm")
    return course_of(gauge.scale, [Sample(*row) for row in rows])


def gauge_settle(*, gauge: Gauge, river: River, at: datetime) -> Settled:
    """Bring a locked gauge's row up to its readings and to the time, and write the changes of level."""
    course = course_read(gauge)
    waves = waves_of(gauge.code, course.steps, river.reaches, at) if gauge.is_active else []
    before = {name: getattr(gauge, name) for name in STATE}
    gauge.level, gauge.level_since, gauge.trend_cm_h = course.level, course.since, course.trend_cm_h
    gauge.height_cm = course.last.height_cm if course.last else None
    gauge.measured_at = course.last.measured_at if course.last else None
    gauge.mark = _mark(gauge, course, at)
    gauge.is_stale = gauge.measured_at is None or gauge.measured_at + timedelta(seconds=gauge.stale_after_s) <= at
    gauge.waves = [wave_row(wave, river) for wave in waves]
    settled = Settled(gauge, course, waves, is_changed=before != {name: getattr(gauge, name) for name in STATE})
    if settled.is_changed:
        gauge.save(update_fields=STATE)
    settled.changes = _changes(gauge, course, at)
    return settled


def wave_row(wave: Wave, river: River) -> dict[str, Any]:
    """Water on its way, as it is told."""
    lower = river.gauges[wave.to]
    return {
        "to": wave.to,
        "to_name": lower.name,
        "level": wave.level,
        "left_at": wave.left_at.isoformat(),
        "expected_from": wave.expected_from.isoformat(),
        "expected_at": wave.expected_at.isoformat(),
        "expected_until": wave.expected_until.isoformat(),
        "places": sorted(place.name for place in lower.places.all()),
    }


def _mark(gauge: Gauge, course: Course, at: datetime) -> str:
    """What is doubtful about the newest reading, used or not."""
    since = {"measured_at__gt": course.last.measured_at} if course.last else {}
    newer = gauge.readings.filter(mark__in=UNUSED, measured_at__lte=at + DOUBT_AHEAD, **since)
    unused = newer.order_by("-measured_at").values_list("mark", flat=True).first()
    return unused or course.mark


def _changes(gauge: Gauge, course: Course, at: datetime) -> list[GaugeLevelChange]:
    """The steps since the last one that was told, all if none was; one where late readings alone say otherwise."""
    if course.level is None or course.since is None or course.last is None:
        return []
    open_now = gauge.changes.filter(ended_at=None).first()
    steps = [step for step in course.steps if open_now is None or step.at > open_now.measured_at]
    if open_now is not None and not steps and open_now.new != course.level:
        steps = [course.steps[-1]]
    told: list[GaugeLevelChange] = []
    current = open_now
    for step in steps:
        if current is not None and current.new == step.new:
            continue
        if current is not None:
            current.ended_at = at
            current.save(update_fields=["ended_at"])
            if current not in told:
                told.append(current)
        current = GaugeLevelChange.objects.create(
            realm=gauge.realm, gauge=gauge, old=current.new if current else None, new=step.new,
            height_cm=step.height_cm, measured_at=step.at, told_at=at, is_sure=step.is_sure, downstream=gauge.waves,
        )  # fmt: skip
        told.append(current)
    return told
