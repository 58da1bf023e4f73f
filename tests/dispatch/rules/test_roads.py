"""Blocked roads on a straight way: whom they stop, what they cost, what a scene in the water asks for."""

import pytest

from dispatch.rules.needs import Need
from dispatch.rules.roads import (
    DETOUR_S,
    PASSED_S,
    SLOW_S,
    UNREACHED_S,
    Block,
    flood_needs,
    hindrances,
    holds,
    passable_with,
    water_at,
)

UNIT, SCENE = (-6.20, 106.80), (-6.20, 106.84)
ACROSS = ((-6.19, 106.82), (-6.21, 106.82))
AROUND_SCENE = ((-6.195, 106.835), (-6.195, 106.845), (-6.205, 106.845), (-6.205, 106.835), (-6.195, 106.835))


def block(points: tuple[tuple[float, float], ...] = ACROSS, depth: int | None = 50, reason: str = "flood") -> Block:
    return Block("Jl. Uji", points, len(points) > 3, reason, depth)


def code(one: Block, *capabilities: str) -> tuple[str, int] | None:
    found = hindrances([one], UNIT, SCENE, capabilities)
    return (found[0].code, found[0].penalty_s) if found else None


@pytest.mark.parametrize(
    ("depth", "able"),
    [(20, None), (21, {"perahu", "arung"}), (70, {"perahu", "arung"}), (71, {"perahu"}), (None, {"perahu", "arung"})],
)
def test_how_deep_the_water_is_says_who_gets_through(depth: int | None, able: set[str] | None) -> None:
    assert passable_with(block(depth=depth)) == able


def test_a_tree_stops_boats_and_trucks_too() -> None:
    assert code(block(reason="tree", depth=None), "perahu", "arung") == ("road_blocked", DETOUR_S)


def test_a_line_across_the_way_costs_a_detour_and_who_can_pass_only_a_little() -> None:
    assert code(block()) == ("road_blocked", DETOUR_S)
    assert code(block(), "arung") == ("road_passed", PASSED_S)
    assert code(block(depth=90), "arung") == ("road_blocked", DETOUR_S)
    assert code(block(depth=15)) == ("road_slow", SLOW_S)


@pytest.mark.parametrize(
    "points",
    [
        ((-6.19, 106.82), (-6.198, 106.82)),  # ends north of the way
        ((-6.19, 106.86), (-6.21, 106.86)),  # behind the scene
        ((-6.19, 106.79), (-6.21, 106.79)),  # behind the unit
        ((-6.25, 106.82),),
    ],
)
def test_what_is_not_on_the_way_costs_nothing(points: tuple[tuple[float, float], ...]) -> None:
    assert code(block(points)) is None


def test_a_point_counts_when_the_way_leads_past_it() -> None:
    assert code(block(((-6.2002, 106.82),))) == ("road_blocked", DETOUR_S)


def test_a_scene_in_the_water_is_not_reached_without_the_means() -> None:
    lake = block(AROUND_SCENE)
    assert code(lake) == ("scene_flooded", UNREACHED_S)
    assert code(lake, "perahu") == ("road_passed", PASSED_S)
    assert holds(lake, SCENE)
    assert not holds(lake, UNIT)


def test_a_way_wholly_inside_an_area_is_hindered() -> None:
    assert hindrances([block(AROUND_SCENE)], (-6.201, 106.841), SCENE, ())[0].code == "scene_flooded"


def test_the_worst_comes_first() -> None:
    found = hindrances([block(depth=10), block(AROUND_SCENE), block()], UNIT, SCENE, ())
    assert [item.code for item in found] == ["scene_flooded", "road_blocked", "road_slow"]


def test_the_deepest_water_at_a_scene() -> None:
    shallow, deep, tree = block(AROUND_SCENE, 30), block(AROUND_SCENE, 90), block(AROUND_SCENE, None, "tree")
    assert water_at([shallow, deep, tree], SCENE) == deep
    assert water_at([tree], SCENE) is None
    assert water_at([deep], UNIT) is None


def asked(needs: list[Need], kind: str, water: Block | None) -> list[str]:
    return [need.code for need in flood_needs(needs, type_code=kind, water=water, reason="air")]


def test_an_incident_in_the_water_asks_for_boat_or_truck_once() -> None:
    medic = Need("ambulans-dasar", "", 1)
    assert asked([medic], "medis", None) == ["ambulans-dasar"]
    assert asked([medic], "medis", block(AROUND_SCENE, 15)) == ["ambulans-dasar"]
    assert asked([medic], "medis", block(AROUND_SCENE, 50)) == ["ambulans-dasar", "arung"]
    assert asked([medic], "medis", block(AROUND_SCENE, 90)) == ["ambulans-dasar", "perahu"]
    assert asked([medic, Need("", "arung", 1)], "medis", block(AROUND_SCENE, 90)) == [
        "ambulans-dasar", "arung", "perahu",
    ]  # fmt: skip
    assert asked([medic, Need("perahu", "", 1)], "medis", block(AROUND_SCENE, 50)) == ["ambulans-dasar", "perahu"]
    assert asked([], "banjir", None) == ["perahu"]
    assert asked([Need("", "perahu", 2)], "banjir", None) == ["perahu"]
