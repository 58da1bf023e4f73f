"""All units of a realm as a recommendation needs them, in two queries."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.geo import distance_m
from dispatch.choices import ENDED_ASSIGNMENT_STATES
from dispatch.models import Assignment, Unit
from dispatch.rules.candidates import Candidate, Way, Work, place_of
from dispatch.rules.needs import Able
from dispatch.rules.positions import freshness
from dispatch.rules.travel import Speeds, speed_at, straight_eta_s
from realtime.models import Realm

FIELDS = (
    "pk", "call_sign", "name", "agency__code", "status", "status_since", "capabilities",
    "type__code", "type__capabilities", "type__speed_kmh", "type__rush_speed_kmh", "type__night_speed_kmh",
    "type__turnout_s",
    "station__code", "station__lat", "station__lon", "station__district__name",
    "position__lat", "position__lon", "position__measured_at",
)  # fmt: skip
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
        for call_sign, unit in self.units.items():
            item = unit.candidate
            if item.lat is None or item.lon is None:
                continue
            straight_m = distance_m(item.lat, item.lon, lat, lon)
            travel_s = straight_eta_s(straight_m, speed_at(unit.speeds, self.at))
            found[call_sign] = Way(straight_m, travel_s, "straight_line")
        return found

    def district_of(self, lat: float, lon: float) -> str:
        """The district whose post is nearest."""
        near = min(((distance_m(*post[:2], lat, lon), post[2]) for post in self.posts), default=(DISTRICT_REACH_M, ""))
        return near[1] if near[0] < DISTRICT_REACH_M else ""


def fleet_read(*, realm: Realm, at: datetime) -> Fleet:
    """The units of a realm as they are now."""
    live = Assignment.objects.filter(realm=realm).exclude(state__in=ENDED_ASSIGNMENT_STATES)
    work = {row[0]: row[1:] for row in live.values_list("unit_id", "incident_id", "incident__number", "state")}
    rows = Unit.objects.filter(realm=realm, is_active=True).order_by("call_sign").values(*FIELDS)
    units = {row["call_sign"]: _unit(row, work, at) for row in rows}
    posts = {
        (row["station__lat"], row["station__lon"], row["station__district__name"])
        for row in rows
        if row["station__lat"] is not None and row["station__district__name"]
    }
    return Fleet(at, units, tuple(sorted(posts)))


def _unit(row: Mapping[str, Any], work: Mapping[int, tuple[Any, ...]], at: datetime) -> FleetUnit:
    incident_id, number, state = work.get(row["pk"], (None, None, None))
    fresh = freshness(row["position__measured_at"], at)
    has_position, has_station = row["position__lat"] is not None, row["station__lat"] is not None
    place = place_of(row["status"], fresh, has_position=has_position, has_station=has_station)
    measured_at, since = row["position__measured_at"], row["status_since"] or at
    candidate = Candidate(
        able=Able(
            row["call_sign"], row["type__code"] or "",
            frozenset(row["type__capabilities"] or ()).union(row["capabilities"]),
        ),
        status=row["status"],
        lat=row[f"{place}__lat"] if place else None,
        lon=row[f"{place}__lon"] if place else None,
        place=place,
        freshness=fresh,
        position_age_s=(at - measured_at).total_seconds() if measured_at else None,
        station=row["station__code"] or "",
        district=row["station__district__name"] or "",
        turnout_s=row["type__turnout_s"] or 120,
        work=Work(number, state, max(0.0, (at - since).total_seconds())) if state else None,
    )  # fmt: skip
    speeds = Speeds()
    if row["type__code"]:
        speeds = Speeds(row["type__speed_kmh"], row["type__rush_speed_kmh"], row["type__night_speed_kmh"])
    return FleetUnit(candidate, row["pk"], row["name"], row["agency__code"], speeds, incident_id)
