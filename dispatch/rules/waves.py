"""Where the water goes next: from a gauge that rose to those downstream of it, with the time it takes and its range."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.rules.gauges import NORMAL, Step


@dataclass(frozen=True, slots=True)
class Reach:
    """A stretch of river down to the next gauge, and how long a wave takes for it."""

    to: str
    travel_min_s: int
    travel_s: int
    travel_max_s: int


@dataclass(frozen=True, slots=True)
class Wave:
    """Water of a level on its way to a gauge."""

    to: str
    level: int
    left_at: datetime
    expected_from: datetime
    expected_at: datetime
    expected_until: datetime


Reaches = Mapping[str, Sequence[Reach]]


def ways_down(start: str, reaches: Reaches) -> list[Reach]:
    """Every gauge downstream, the nearest first, with the whole time from `start`; a ring in the data ends the way."""
    found: dict[str, Reach] = {}
    ahead = [Reach(start, 0, 0, 0)]
    while ahead:
        here = ahead.pop(0)
        for reach in reaches.get(here.to, ()):
            if reach.to == start or reach.to in found:
                continue
            whole = Reach(
                reach.to, here.travel_min_s + reach.travel_min_s, here.travel_s + reach.travel_s,
                here.travel_max_s + reach.travel_max_s,
            )  # fmt: skip
            found[reach.to] = whole
            ahead.append(whole)
    return sorted(found.values(), key=lambda item: (item.travel_s, item.to))


def waves_of(start: str, steps: Iterable[Step], reaches: Reaches, at: datetime) -> list[Wave]:
    """What is on its way now: for each gauge downstream the gravest water that has not passed yet, the first of it."""
    rises = [step for step in steps if step.new < NORMAL and (step.old is None or step.new < step.old)]
    waves = []
    for way in ways_down(start, reaches):
        coming = [
            _wave(way, step) for step in rises if step.at + timedelta(seconds=way.travel_max_s) >= at
        ]  # fmt: skip
        if coming:
            waves.append(min(coming, key=lambda wave: (wave.level, wave.expected_at)))
    return waves


def reached(level: int | None, waves: Iterable[Wave]) -> int:
    """The gravest level that matters now: the one of the gauge, or of water that left it and is still on its way."""
    return min([NORMAL if level is None else level, *(wave.level for wave in waves)])


def _wave(way: Reach, step: Step) -> Wave:
    least, middle, most = (
        step.at + timedelta(seconds=seconds) for seconds in (way.travel_min_s, way.travel_s, way.travel_max_s)
    )
    return Wave(way.to, step.new, step.at, least, middle, most)
