"""How long a unit needs to a scene, by straight line: where no road router is asked, or none answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

# A way over the roads of a dense city is about 1.4 times the straight line.
ROAD_FACTOR = 1.4
STRAIGHT = "straight_line"
JAKARTA = timezone(timedelta(hours=7))  # without summer time, ever
RUSH_HOURS = frozenset({6, 7, 8, 9, 16, 17, 18, 19})
NIGHT_HOURS = frozenset({22, 23, 0, 1, 2, 3, 4})


@dataclass(frozen=True, slots=True)
class Speeds:
    """km/h over the road."""

    day: float = 28.0
    rush: float = 18.0
    night: float = 40.0


def speed_at(speeds: Speeds, at: datetime) -> float:
    """The speed at this hour of Jakarta's day; there is no rush on a Saturday or Sunday."""
    local = at.astimezone(JAKARTA)
    if local.hour in NIGHT_HOURS:
        return speeds.night
    return speeds.rush if local.hour in RUSH_HOURS and local.weekday() < 5 else speeds.day


def straight_eta_s(distance_m: float, speed_kmh: float) -> float:
    """Seconds for a straight distance."""
    return distance_m * ROAD_FACTOR / (speed_kmh / 3.6)
