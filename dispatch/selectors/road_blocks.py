"""Blocked roads as the recommendation takes them. One query for each proposal; without a block nothing else is done."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from dispatch.models import Incident, RoadBlock
from dispatch.rules.areas import Point
from dispatch.rules.candidates import Way
from dispatch.rules.needs import Need
from dispatch.rules.roads import Block, flood_needs, hindrances, water_at
from dispatch.selectors.fleet import Fleet


def blocks_read(*, realm_id: int, at: datetime) -> list[Block]:
    """What is blocked at a moment, whatever was expected of it: a person says when a road is open again."""
    rows = RoadBlock.objects.filter(realm_id=realm_id, ended_at=None, from_at__lte=at).order_by("pk")
    columns = rows.values_list("name", "points", "is_area", "reason", "depth_cm")
    return [
        Block(name, tuple((lat, lon) for lat, lon in points), is_area, reason, depth_cm)
        for name, points, is_area, reason, depth_cm in columns
    ]


def ways_hindered(ways: Mapping[str, Way], *, fleet: Fleet, scene: Point, blocks: Sequence[Block]) -> dict[str, Way]:
    """The ways with what blocked roads on them cost each unit."""
    if not blocks:
        return dict(ways)
    return {call_sign: _hindered(way, fleet, call_sign, scene, blocks=blocks) for call_sign, way in ways.items()}


def needs_in_water(needs: Sequence[Need], *, incident: Incident, blocks: Sequence[Block]) -> list[Need]:
    """The needs, with a boat or a high truck where an incident is a flood or lies in one."""
    water = None
    if incident.lat is not None and incident.lon is not None:
        water = water_at(blocks, (incident.lat, incident.lon))
    reason = _("the scene lies in the water")
    return flood_needs(needs, type_code=incident.type.code, water=water, reason=reason)


def _hindered(way: Way, fleet: Fleet, call_sign: str, scene: Point, *, blocks: Sequence[Block]) -> Way:
    item = fleet.units[call_sign].candidate
    if item.lat is None or item.lon is None:
        return way
    found = hindrances(blocks, (item.lat, item.lon), scene, item.able.capabilities)
    if not found:
        return way
    return replace(way, travel_s=way.travel_s + sum(one.penalty_s for one in found), hindrances=found)
