"""Blocked roads on a unit's way: whom they stop, what they cost the others, and what a scene in the water asks for.

The way is the straight line: no router tells us its streets. So a block on the line is taken as one on the way.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians

from common.geo import METRES_PER_DEGREE
from dispatch.rules.areas import Point, polygon_contains
from dispatch.rules.needs import Need

BOAT, TRUCK = "perahu", "arung"
# What ordinary vehicles still get through, and what a high truck does (cm).
ANY_CM, TRUCK_CM = 20, 70
# How near a line has to come to a blocked road to count as crossing it, and a scene to lie in its water (m).
NEAR_M, SCENE_M = 40.0, 60.0
SLOW_S, PASSED_S, DETOUR_S, UNREACHED_S = 120, 60, 600, 3600
FLOODED_TYPES = frozenset({"banjir"})


@dataclass(frozen=True, slots=True)
class Block:
    """A blocked road or area; `points` of latitude and longitude, those of an area closed."""

    name: str
    points: tuple[Point, ...]
    is_area: bool
    reason: str
    depth_cm: int | None = None


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What a block does to one unit: `road_slow`, `road_passed`, `road_blocked`, `scene_flooded`; and its cost."""

    code: str
    block: Block
    penalty_s: int


def passable_with(block: Block) -> frozenset[str] | None:
    """Capabilities of which one is enough to get through; None: anybody gets through, slowly; empty: nobody does."""
    if block.reason != "flood":
        return frozenset()
    if block.depth_cm is not None and block.depth_cm <= ANY_CM:
        return None
    is_deep = block.depth_cm is not None and block.depth_cm > TRUCK_CM
    return frozenset({BOAT}) if is_deep else frozenset({BOAT, TRUCK})


def hindrances(
    blocks: Sequence[Block], unit: Point, scene: Point, capabilities: Collection[str]
) -> tuple[Hindrance, ...]:
    """What stands in a unit's way to a scene, the worst first."""
    found = [
        _hindrance(block, scene, capabilities)
        for block in blocks
        if _crosses(block, unit, scene)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda item: (-item.penalty_s, item.block.name)))


def water_at(blocks: Sequence[Block], scene: Point) -> Block | None:
    """The deepest water in which a scene lies; an unknown depth counts as more than cars get through."""
    there = [block for block in blocks if block.reason == "flood" and holds(block, scene)]
    return max(there, key=lambda block: (_depth(block), block.name), default=None)


def flood_needs(needs: Sequence[Need], *, type_code: str, water: Block | None, reason: str) -> list[Need]:
    """The needs, with a boat or a high truck where the scene asks for one and none is asked for yet."""
    wanted = ""
    if water is not None and _depth(water) > ANY_CM:
        wanted = BOAT if _depth(water) > TRUCK_CM else TRUCK
    elif type_code in FLOODED_TYPES:
        wanted = BOAT
    enough = {BOAT} if wanted == BOAT else {BOAT, TRUCK}
    has_one = any(need.capability in enough or need.type_code in {"perahu"} for need in needs)
    return list(needs) if not wanted or has_one else [*needs, Need("", wanted, 1, reason=reason)]


def holds(block: Block, scene: Point) -> bool:
    """Whether a scene lies in a blocked area, or at a blocked road."""
    if block.is_area and polygon_contains(block.points, *scene):
        return True
    plane = [_metres(point, scene) for point in block.points]
    return _distance((0.0, 0.0), plane) <= SCENE_M


def _hindrance(block: Block, scene: Point, capabilities: Collection[str]) -> Hindrance:
    able = passable_with(block)
    if able is None:
        return Hindrance("road_slow", block, SLOW_S)
    if able.intersection(capabilities):
        return Hindrance("road_passed", block, PASSED_S)
    if block.reason == "flood" and holds(block, scene):
        return Hindrance("scene_flooded", block, UNREACHED_S)
    return Hindrance("road_blocked", block, DETOUR_S)


def _depth(block: Block) -> int:
    return ANY_CM + 1 if block.depth_cm is None else block.depth_cm


def _crosses(block: Block, unit: Point, scene: Point) -> bool:
    reach = NEAR_M / METRES_PER_DEGREE * 1.1
    lats, lons = [lat for lat, _lon in block.points], [lon for _lat, lon in block.points]
    apart = (
        max(lats) + reach < min(unit[0], scene[0]) or min(lats) - reach > max(unit[0], scene[0])
        or max(lons) + reach < min(unit[1], scene[1]) or min(lons) - reach > max(unit[1], scene[1])
    )  # fmt: skip
    if apart:
        return False
    if block.is_area and (polygon_contains(block.points, *unit) or polygon_contains(block.points, *scene)):
        return True
    start = _metres(unit, scene)
    plane = [_metres(point, scene) for point in block.points]
    if len(plane) == 1:
        return _to_segment(plane[0], start, (0.0, 0.0)) <= NEAR_M
    return any(_apart_m(one, other, start, (0.0, 0.0)) <= NEAR_M for one, other in pairwise(plane))


def _metres(point: Point, origin: Point) -> Point:
    return (
        (point[0] - origin[0]) * METRES_PER_DEGREE,
        (point[1] - origin[1]) * METRES_PER_DEGREE * cos(radians(origin[0])),
    )


def _distance(point: Point, line: Sequence[Point]) -> float:
    if len(line) == 1:
        return hypot(point[0] - line[0][0], point[1] - line[0][1])
    return min(_to_segment(point, one, other) for one, other in pairwise(line))


def _apart_m(one: Point, other: Point, third: Point, fourth: Point) -> float:
    """How far two segments are from each other."""
    if _side(one, other, third) * _side(one, other, fourth) < 0 and _side(third, fourth, one) * _side(
        third, fourth, other
    ) < 0:  # fmt: skip
        return 0.0
    return min(
        _to_segment(one, third, fourth), _to_segment(other, third, fourth), _to_segment(third, one, other),
        _to_segment(fourth, one, other),
    )  # fmt: skip


def _side(one: Point, other: Point, point: Point) -> float:
    return (other[0] - one[0]) * (point[1] - one[1]) - (other[1] - one[1]) * (point[0] - one[0])


def _to_segment(point: Point, one: Point, other: Point) -> float:
    along = (other[0] - one[0], other[1] - one[1])
    length = along[0] ** 2 + along[1] ** 2
    part = 0.0
    if length:
        part = ((point[0] - one[0]) * along[0] + (point[1] - one[1]) * along[1]) / length
    part = min(1.0, max(0.0, part))
    return hypot(point[0] - one[0] - part * along[0], point[1] - one[1] - part * along[1])
