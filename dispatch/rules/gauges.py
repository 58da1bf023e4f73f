"""The level of a river from its readings: pure, and the same for the same readings in whatever order they came.

Rising counts at once; falling only once the water stands `hysteresis_cm` below the level's threshold, so that waves
around a threshold do not ring an alarm with each crest. A rise faster than the river can is believed, a fall faster
than it can only when the next reading bears it out: an error lies on the side of the warning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

NORMAL = 4
LATE_AFTER = timedelta(minutes=30)
AHEAD_MAX = timedelta(minutes=5)
WINDOW = timedelta(hours=72)
TREND_WITHIN, TREND_GAP = timedelta(minutes=30), timedelta(hours=3)
STUCK_LEAST = 6


@dataclass(frozen=True, slots=True)
class Scale:
    """Of one gauge: where Siaga III, II and I begin, and what it can show at all."""

    level_3_cm: float
    level_2_cm: float
    level_1_cm: float
    hysteresis_cm: float
    min_cm: float
    max_cm: float
    change_max_cm_h: float
    stuck_after_s: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading."""

    measured_at: datetime
    height_cm: float


@dataclass(frozen=True, slots=True)
class Step:
    """A level that was reached, from one reading on; `is_sure` is off where that reading rose too fast."""

    at: datetime
    old: int | None
    new: int
    height_cm: float
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Course:
    """What the readings say together; `level` is None without a reading that can be used."""

    level: int | None = None
    since: datetime | None = None
    last: Sample | None = None
    trend_cm_h: float | None = None
    mark: str = ""
    steps: tuple[Step, ...] = ()
    marks: dict[datetime, str] = field(default_factory=dict)


def own_mark(scale: Scale, *, height_cm: float, measured_at: datetime, received_at: datetime) -> str:
    """What is doubtful about a reading by itself."""
    if not scale.min_cm <= height_cm <= scale.max_cm:
        return "impossible"
    if measured_at > received_at + AHEAD_MAX:
        return "future"
    return "late" if received_at - measured_at > LATE_AFTER else ""


def level_at(scale: Scale, height_cm: float) -> int:
    """The level by the table alone."""
    thresholds = (scale.level_1_cm, scale.level_2_cm, scale.level_3_cm)
    return next((level for level, at_cm in enumerate(thresholds, start=1) if height_cm >= at_cm), NORMAL)


def level_next(scale: Scale, level: int | None, height_cm: float) -> int:
    """The level after one more reading: up at once, down only with the hysteresis."""
    up = level_at(scale, height_cm)
    if level is None or up < level:
        return up
    return max(level, level_at(scale, height_cm + scale.hysteresis_cm))


def course_of(scale: Scale, samples: Iterable[Sample]) -> Course:
    """Level, trend and steps from the readings of the last three days before the newest one."""
    ordered = sorted(samples, key=lambda item: item.measured_at)
    if not ordered:
        return Course()
    begin = ordered[-1].measured_at - WINDOW
    used, marks = _used(scale, [item for item in ordered if item.measured_at >= begin])
    steps: list[Step] = []
    level: int | None = None
    for item in used:
        new = level_next(scale, level, item.height_cm)
        if new != level:
            is_sure = marks.get(item.measured_at) != "jump_up"
            steps.append(Step(item.measured_at, level, new, item.height_cm, is_sure))
            level = new
    stuck = _stuck(scale, used)
    marks |= {item.measured_at: "stuck" for item in stuck if item.measured_at not in marks}
    last = used[-1]
    return Course(
        level=level, since=steps[-1].at, last=last, trend_cm_h=_trend(used),
        mark=marks.get(ordered[-1].measured_at, ""), steps=tuple(steps), marks=marks,
    )  # fmt: skip


def _used(scale: Scale, ordered: Sequence[Sample]) -> tuple[list[Sample], dict[datetime, str]]:
    used: list[Sample] = []
    marks: dict[datetime, str] = {}
    held: Sample | None = None
    for item in ordered:
        if used and _change_cm_h(used[-1], item) < -scale.change_max_cm_h:
            if held is None or abs(_change_cm_h(held, item)) > scale.change_max_cm_h:
                held = item
                marks[item.measured_at] = "jump_down"
                continue
        elif used and _change_cm_h(used[-1], item) > scale.change_max_cm_h:
            marks[item.measured_at] = "jump_up"
        held = None
        used.append(item)
    return used, marks


def _change_cm_h(one: Sample, other: Sample) -> float:
    hours = (other.measured_at - one.measured_at).total_seconds() / 3600
    # Within one minute the staff's own ripple would look like a flood wave.
    return (other.height_cm - one.height_cm) / max(hours, 1 / 60)


def _trend(used: Sequence[Sample]) -> float | None:
    last = used[-1]
    first = next(item for item in used if item.measured_at >= last.measured_at - TREND_WITHIN)
    if first is last and len(used) > 1 and last.measured_at - used[-2].measured_at <= TREND_GAP:
        first = used[-2]  # a gauge that is read by the hour
    return None if first is last else round(_change_cm_h(first, last), 1)


def _stuck(scale: Scale, used: Sequence[Sample]) -> list[Sample]:
    run: list[Sample] = []
    for item in reversed(used):
        if item.height_cm != used[-1].height_cm:
            break
        run.append(item)
    is_long = used[-1].measured_at - run[-1].measured_at >= timedelta(seconds=scale.stuck_after_s)
    return run if scale.stuck_after_s and len(run) >= STUCK_LEAST and is_long else []
