"""Units as a recommendation looks at them, and what it weighs."""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.rules.needs import Able, Need, is_fit
from dispatch.rules.roads import Hindrance
from dispatch.rules.units import PROPOSABLE

# How long work takes from a state on, as long as nothing better is known (s).
FREE_IN_S: Mapping[str, int] = {
    "dispatched": 3600, "acknowledged": 3600, "enroute": 3300, "staged": 3000, "on_scene": 1800, "transporting": 1800,
    "at_destination": 900,
}  # fmt: skip
FREE_IN_LEAST_S = 60
OUT = frozenset({"OO", "UM", "OD", "PN"})


@dataclass(frozen=True, slots=True)
class Weights:
    """What taking a unit costs besides its way (s). For P1 a district is stripped rather than somebody kept waiting."""

    last_of_district_s: int = 240
    last_but_one_s: int = 60
    stale_position_s: int = 120
    break_s: int = 60
    turning_s: int = 30


WEIGHTS: Mapping[str, Weights] = {"P1": Weights(last_of_district_s=120, last_but_one_s=30)}


@dataclass(frozen=True, slots=True)
class Work:
    """What a unit is busy with, and since how long in this state."""

    incident: int
    state: str
    since_s: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit as a recommendation looks at it. `place` says whence its position is: position, station, or nothing."""

    able: Able
    status: str
    lat: float | None = None
    lon: float | None = None
    place: str = ""
    freshness: str = "unknown"
    position_age_s: float | None = None
    station: str = ""
    district: str = ""
    turnout_s: int = 120
    work: Work | None = None

    @property
    def is_free(self) -> bool:
        """Whether it may be proposed at all."""
        return self.work is None and self.status in PROPOSABLE

    def fits(self, need: Need) -> bool:
        """Whether it is what a need asks for."""
        return is_fit(self.able, need)


@dataclass(frozen=True, slots=True)
class Way:
    """A unit's way to the scene, without the time to leave; `source` is straight_line, osrm or valhalla.

    What `hindrances` cost is in the time already.
    """

    distance_m: float
    travel_s: float
    source: str
    hindrances: tuple[Hindrance, ...] = ()


def place_of(status: str, freshness: str, *, has_position: bool, has_station: bool) -> str:
    """Whence to take a unit's position: `position`, `station`, or nothing.

    Who is available at its post and has not been heard of for long stands at its post.
    """
    if has_position and freshness in {"fresh", "ageing"}:
        return "position"
    if has_station and (status == "AV" or not has_position):
        return "station"
    return "position" if has_position else ""


def leave_s(candidate: Candidate, weights: Weights) -> int:
    """How long until it moves: crews at a post need their turnout, those on a break a little more."""
    if candidate.status == "AV":
        return candidate.turnout_s
    if candidate.status == "BR":
        return candidate.turnout_s + weights.break_s
    return weights.turning_s


def free_in_s(item: Candidate) -> float:
    """When a busy unit may be free, by how long such work usually takes."""
    if item.work is None:
        return 0.0
    return max(float(FREE_IN_LEAST_S), FREE_IN_S.get(item.work.state, 3600) - item.work.since_s)
