"""All units of a realm as a recommendation needs them, in three queries."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.geo import METRES_PER_DEGREE, distance_m
from dispatch.choices import ENDED_ASSIGNMENT_STATES
from dispatch.models import Assignment, Unit, UnitType
from dispatch.rules.candidates import Candidate, Way, Work, place_of
from dispatch.rules.needs import Able
from dispatch.rules.positions import freshness
from dispatch.rules.travel import STRAIGHT, Speeds, speed_at, straight_eta_s
from realtime.models import Realm

FIELDS = (
    "pk", "call_sign", "name", "agency__code", "status", "status_since", "capabilities", "type_id",
    "station__code", "station__lat", "station__lon", "station__district__name",
    "position__lat", "position__lon", "position__measured_at",
)  # fmt: skip
KIND_FIELDS = ("pk", "code", "capabilities", "speed_kmh", "rush_speed_kmh", "night_speed_kmh", "turnout_s")
# The district of the nearest post is the scene's, unless that is far away.
DISTRICT_REACH_M = 8000.0


@dataclass(frozen=True, slots=True)
class FleetUnit:
    """A unit with what is shown of it."""

    candidate: Candidate
    key: int
    name: str
    agency: str
    speeds: Speeds
    incident_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Fleet:
    """Every unit in service of a realm at one moment."""

    at: datetime
    units: Mapping[str, FleetUnit]
    posts: tuple[tuple[float, float, str], ...]

    def candidates(self) -> list[Candidate]:
        """As the rules take them."""
        return [unit.candidate for unit in self.units.values()]

    def able(self, keys: Iterable[int]) -> list[Able]:
        """What the units with these keys are and can do."""
        wanted = set(keys)
        return [unit.candidate.able for unit in self.units.values() if unit.key in wanted]

    def ways(self, lat: float, lon: float) -> dict[str, Way]:
        """The straight way of each unit to a scene, at this hour's speed of its type."""
        found = {}
        speeds: dict[Speeds, float] = {}
        for call_sign, unit in self.units.items():
            item = unit.candidate
            if item.lat is None or item.lon is None:
                continue
            if unit.speeds not in speeds:
                speeds[unit.speeds] = speed_at(unit.speeds, self.at)
            straight_m = distance_m(item.lat, item.lon, lat, lon)
            found[call_sign] = Way(straight_m, straight_eta_s(straight_m, speeds[unit.speeds]), STRAIGHT)
        return found

    def district_of(self, lat: float, lon: float) -> str:
        """The district whose post is nearest."""
        reach_deg = DISTRICT_REACH_M / METRES_PER_DEGREE
        posts = (post for post in self.posts if abs(post[0] - lat) <= reach_deg)
        near = min(((distance_m(*post[:2], lat, lon), post[2]) for post in posts), default=(DISTRICT_REACH_M, ""))
        return near[1] if near[0] < DISTRICT_REACH_M else ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What all units of a type have in common."""

    code: str
    capabilities: frozenset[str]
    speeds: Speeds
    turnout_s: int


NO_KIND = _Kind("", frozenset(), Speeds(), 120)


def fleet_read(*, realm: Realm, at: datetime) -> Fleet:
    """The units of a realm as they are now."""
    live = Assignment.objects.filter(realm=realm).exclude(state__in=ENDED_ASSIGNMENT_STATES)
    work = {row[0]: row[1:] for row in live.values_list("unit_id", "incident_id", "incident__number", "state")}
    kinds = {
        row[0]: _Kind(row[1], frozenset(row[2]), Speeds(*row[3:6]), row[6])
        for row in UnitType.objects.order_by().values_list(*KIND_FIELDS)
    }
    # Rows of plain values: of 500 units everything else would cost more than choosing among them.
    rows = Unit.objects.filter(realm=realm, is_active=True).order_by("call_sign").values_list(*FIELDS)
    posts: set[tuple[float, float, str]] = set()
    units = {row[1]: _unit(row, kinds, work, posts, at) for row in rows}
    return Fleet(at, units, tuple(sorted(posts)))


def _unit(
    row: tuple[Any, ...],
    kinds: Mapping[int, _Kind],
    work: Mapping[int, tuple[Any, ...]],
    posts: set[tuple[float, float, str]],
    at: datetime,
) -> FleetUnit:
    (
        key, call_sign, name, agency, status, since, capabilities, type_id, station, post_lat, post_lon, district,
        lat, lon, measured_at,
    ) = row  # fmt: skip
    if district and post_lat is not None:
        posts.add((post_lat, post_lon, district))
    kind = kinds.get(type_id, NO_KIND)
    incident_id, number, state = work.get(key, (None, None, None))
    fresh = freshness(measured_at, at)
    place = place_of(status, fresh, has_position=lat is not None, has_station=post_lat is not None)
    if place != "position":
        lat, lon = (post_lat, post_lon) if place else (None, None)
    candidate = Candidate(
        able=Able(call_sign, kind.code, kind.capabilities.union(capabilities) if capabilities else kind.capabilities),
        status=status, lat=lat, lon=lon, place=place, freshness=fresh,
        position_age_s=(at - measured_at).total_seconds() if measured_at else None,
        station=station or "", district=district or "", turnout_s=kind.turnout_s,
        work=Work(number, state, max(0.0, (at - (since or at)).total_seconds())) if state else None,
    )  # fmt: skip
    return FleetUnit(candidate, key, name, agency, kind.speeds, incident_id)
