import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cameras.rules.choice import Candidate, choose
from common.geo import distance_m

SCENE = {"lat": -6.2099, "lon": 106.8502}
NORTH = Candidate(1, -6.2090, 106.8502, 180.0, 60.0, 150.0, True)  # 100 m north, looking south at the scene
AWAY = replace(NORTH, id=2, heading_deg=0.0)  # the same pole, looking the other way
FAR = replace(NORTH, id=3, lat=-6.2049)  # 556 m away

cameras = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 10_000),
        lat=st.floats(-6.22, -6.20),
        lon=st.floats(106.84, 106.86),
        heading_deg=st.none() | st.floats(0, 360),
        hfov_deg=st.none() | st.floats(10, 120),
        range_m=st.floats(10, 200),
        is_healthy=st.booleans(),
    ),
    max_size=40,
    unique_by=lambda camera: camera.id,
)


def test_a_camera_that_looks_at_the_scene_comes_before_one_that_looks_away() -> None:
    chosen = choose([AWAY, FAR, NORTH], radius_m=500, count=5, **SCENE)
    assert [camera.id for camera in chosen] == [1, 2]
    assert chosen[0].reasons == ("in_view", "near")
    assert "in_view" not in chosen[1].reasons
    assert abs(chosen[0].distance_m - 100) < 1


def test_another_side_of_the_scene_is_worth_more_than_a_second_camera_on_the_same_pole() -> None:
    twin = replace(NORTH, id=4)
    south = Candidate(5, -6.2110, 106.8502, 0.0, 60.0, 150.0, True)
    assert [camera.id for camera in choose([NORTH, twin, south], radius_m=500, count=2, **SCENE)] == [1, 5]


def test_a_camera_that_failed_lately_says_so_and_stands_behind() -> None:
    sick = replace(NORTH, id=1, is_healthy=False)
    well = replace(NORTH, id=9)
    chosen = choose([sick, well], radius_m=500, count=2, **SCENE)
    assert [camera.id for camera in chosen] == [9, 1]
    assert "recently_failed" in chosen[1].reasons


@settings(deadline=None)
@given(cameras, st.floats(10, 2000), st.integers(0, 12), st.integers(0, 1000))
def test_never_too_many_never_too_far_never_twice_and_whatever_the_order(
    found: list[Candidate], radius_m: float, count: int, seed: int
) -> None:
    chosen = choose(found, radius_m=radius_m, count=count, **SCENE)
    by_id = {camera.id: camera for camera in found}
    within = [
        camera for camera in found if distance_m(camera.lat, camera.lon, SCENE["lat"], SCENE["lon"]) <= radius_m * 0.99
    ]
    assert len(chosen) >= min(count, len(within))
    assert len(chosen) <= count
    assert len({camera.id for camera in chosen}) == len(chosen)
    for camera in chosen:
        true_m = distance_m(by_id[camera.id].lat, by_id[camera.id].lon, SCENE["lat"], SCENE["lon"])
        assert abs(camera.distance_m - true_m) <= 1 + true_m * 0.01
        assert camera.distance_m <= radius_m
        assert camera.reasons
    shuffled = random.Random(seed).sample(found, len(found))
    assert choose(shuffled, radius_m=radius_m, count=count, **SCENE) == chosen
