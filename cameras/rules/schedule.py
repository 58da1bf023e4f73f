"""When the cameras of an incident are asked again, and how many pictures may be asked for at once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

# Up to this age (s) every so many seconds: a person is still near at first, and later is far or found.
STEPS: tuple[tuple[float, float], ...] = ((120.0, 10.0), (300.0, 20.0), (900.0, 60.0))
STOP_S = STEPS[-1][0]
SHARE = 0.7  # of what recognition can take; the rest is for incidents that begin meanwhile


def tick_after(age_s: float, *, stop_s: float = STOP_S) -> float | None:
    """The age (s) of the next asking after one at `age_s`; None when it is over.

    Beyond the table it goes on at its last pace, if `stop_s` was put off.
    """
    for ends_s, every_s in STEPS:
        if age_s < ends_s:
            return _until(age_s + every_s, stop_s)
    return _until(age_s + STEPS[-1][1], stop_s)


def ticks(stop_s: float = STOP_S) -> tuple[float, ...]:
    """All of them, from 0."""
    found = [0.0]
    while (following := tick_after(found[-1], stop_s=stop_s)) is not None:
        found.append(following)
    return tuple(found)


def budget(*, workers: int, analysis_ms: float, backlog: int, period_s: float) -> int:
    """How many pictures may be asked for in a period so that recognition keeps up; never less than none."""
    can = workers * period_s * 1000.0 / max(1.0, analysis_ms) * SHARE
    return max(0, int(can) - backlog)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one watch asks for: how many pictures, how urgent (0 first), its age and an id for equal ones."""

    id: str
    pictures: int
    urgency: int
    age_s: float


def share_out(wishes: Sequence[Wish], budget_left: int) -> dict[str, int]:
    """How many pictures each gets: the urgent and the young first, one camera each before anybody gets a second."""
    order = sorted(wishes, key=lambda wish: (wish.urgency, wish.age_s, wish.id))
    given = {wish.id: 0 for wish in order}
    left = max(0, budget_left)
    for urgency in sorted({wish.urgency for wish in order}):
        left = _share_equally([wish for wish in order if wish.urgency == urgency], given, left)
    return given


def _share_equally(wishes: Sequence[Wish], given: dict[str, int], left: int) -> int:
    hungry = [wish for wish in wishes if wish.pictures > 0]
    while left and hungry:
        for wish in hungry[:left]:
            given[wish.id] += 1
        left -= min(left, len(hungry))
        hungry = [wish for wish in hungry if given[wish.id] < wish.pictures]
    return left


def _until(age_s: float, stop_s: float) -> float | None:
    return age_s if age_s <= stop_s else None
