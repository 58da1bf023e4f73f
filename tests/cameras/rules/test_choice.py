import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cameras.rules.choice import Chosen, Scene, choose
from cameras.rules.field import CameraField, Candidate
from common.geo import METRES_PER_DEGREE, distance_m

LAT, LON = -6.2099, 106.8502
SCENE = Scene(LAT, LON, radius_m=500)
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
        face_range_m=st.none() | st.floats(1, 30),
        times_seen=st.integers(0, 6),
    ),
    max_size=40,
    unique_by=lambda camera: camera.id,
)
corners = st.tuples(st.floats(-6.22, -6.20), st.floats(106.84, 106.86))
scenes = st.builds(
    Scene,
    lat=st.just(LAT),
    lon=st.just(LON),
    radius_m=st.floats(10, 2000),
    error_m=st.floats(0, 300),
    age_s=st.floats(-5, 900),
    speed_m_s=st.sampled_from([0.0, 1.4, 4.0, 11.0]),
    area=st.just(()) | st.lists(corners, min_size=3, max_size=8).map(tuple),
)


def at(north_m: float, *, id: int, **changes: object) -> Candidate:  # noqa: A002
    values: dict = {"heading_deg": None, "hfov_deg": None, "range_m": 60.0, "is_healthy": True} | changes
    return Candidate(id=id, lat=LAT + north_m / METRES_PER_DEGREE, lon=LON, **values)


def chosen_of(rows: list[Candidate], scene: Scene = SCENE, *, count: int = 5, **who: set[int]) -> tuple[Chosen, ...]:
    return choose(CameraField.of(rows), scene, count=count, **who)


def ids(rows: list[Candidate], scene: Scene = SCENE, *, count: int = 5, **who: set[int]) -> list[int]:
    return [camera.id for camera in chosen_of(rows, scene, count=count, **who)]


def test_a_camera_that_looks_at_the_scene_comes_before_one_that_looks_away() -> None:
    chosen = chosen_of([AWAY, FAR, NORTH])
    assert [camera.id for camera in chosen] == [1, 2]
    assert chosen[0].reasons == ("in_view", "near")
    assert "in_view" not in chosen[1].reasons
    assert abs(chosen[0].distance_m - 100) < 1


def test_another_side_of_the_scene_is_worth_more_than_a_second_camera_on_the_same_pole() -> None:
    twin = replace(NORTH, id=4)
    south = Candidate(5, -6.2110, 106.8502, 0.0, 60.0, 150.0, True)
    assert ids([NORTH, twin, south], count=2) == [1, 5]


def test_a_camera_that_failed_lately_says_so_and_stands_behind() -> None:
    sick = replace(NORTH, id=1, is_healthy=False)
    well = replace(NORTH, id=9)
    chosen = chosen_of([sick, well], count=2)
    assert [camera.id for camera in chosen] == [9, 1]
    assert "recently_failed" in chosen[1].reasons


def test_on_whose_pictures_faces_can_be_read_comes_first_among_equals() -> None:
    assert ids([NORTH, replace(NORTH, id=8, face_range_m=20.0)], count=1) == [8]


def test_the_ring_moves_out_as_time_goes_by() -> None:
    rows = [at(metres, id=metres) for metres in (40, 200, 400, 800)]
    walker = Scene(LAT, LON, radius_m=300, error_m=20, speed_m_s=1.4)
    assert ids(rows, replace(walker, age_s=0), count=1) == [40]  # nobody is away yet: the scene itself
    assert ids(rows, replace(walker, age_s=200), count=1) == [200]  # 300 m
    assert ids(rows, replace(walker, age_s=330), count=1) == [400]  # 482 m
    late = chosen_of(rows, replace(walker, age_s=660), count=4)  # 944 m
    assert late[0].id == 800
    assert "in_ring" in late[0].reasons
    assert "in_ring" not in late[-1].reasons


def test_what_was_seen_already_is_lowered_along_the_ring_and_not_at_the_scene() -> None:
    fresh, seen = at(400, id=1), at(410, id=2, times_seen=3)
    ring = Scene(LAT, LON, radius_m=300, age_s=330, speed_m_s=1.4)
    assert ids([replace(fresh, times_seen=3), replace(seen, times_seen=0)], ring, count=2) == [2, 1]
    told = chosen_of([fresh, seen], ring, count=2)
    assert [camera.id for camera in told] == [1, 2]
    assert "seen_before" in told[1].reasons
    assert ids([replace(NORTH, times_seen=5), replace(NORTH, id=7, lat=-6.2085)], count=1) == [1]


def test_an_area_takes_what_stands_in_it_and_nothing_else() -> None:
    corner = 0.001
    area = ((LAT - corner, LON - corner), (LAT - corner, LON + corner), (LAT + corner, LON + corner),
            (LAT + corner, LON - corner))  # fmt: skip
    rows = [at(50, id=1), at(105, id=2), at(130, id=3), at(-90, id=4)]
    told = chosen_of(rows, replace(SCENE, area=area))
    assert sorted(camera.id for camera in told) == [1, 2, 4]
    assert all("in_area" in camera.reasons for camera in told)


def test_what_an_operator_added_is_asked_and_what_was_taken_out_is_not() -> None:
    told = chosen_of([NORTH, AWAY, FAR], count=2, added={3}, removed={1})
    assert [camera.id for camera in told] == [3, 2]
    assert told[0].reasons == ("added_by_operator",)
    assert ids([NORTH, FAR], added={3}, removed={3}) == [1]


@settings(deadline=None)
@given(cameras, scenes, st.integers(0, 12), st.integers(0, 1000), st.sets(st.integers(1, 10_000), max_size=3))
def test_never_too_many_never_too_far_never_twice_and_whatever_the_order(
    found: list[Candidate], scene: Scene, count: int, seed: int, removed: set[int]
) -> None:
    chosen = choose(CameraField.of(found), scene, count=count, removed=removed)
    by_id = {camera.id: camera for camera in found}
    assert len(chosen) <= count
    assert len({camera.id for camera in chosen}) == len(chosen)
    assert not {camera.id for camera in chosen} & removed
    for camera in chosen:
        true_m = distance_m(by_id[camera.id].lat, by_id[camera.id].lon, LAT, LON)
        assert abs(camera.distance_m - true_m) <= 1 + true_m * 0.01
        assert camera.distance_m <= scene.farthest_m * 1.01
        assert camera.reasons
    if not scene.area:
        within = [
            camera
            for camera in found
            if camera.id not in removed
            and distance_m(camera.lat, camera.lon, LAT, LON) <= scene.farthest_m * 0.99
        ]  # fmt: skip
        assert len(chosen) >= min(count, len(within))
    shuffled = random.Random(seed).sample(found, len(found))
    assert choose(CameraField.of(shuffled), scene, count=count, removed=removed) == chosen


@settings(deadline=None)
@given(cameras, st.integers(1, 12))
def test_who_was_seen_once_more_never_stands_further_in_front(found: list[Candidate], count: int) -> None:
    ring = Scene(LAT, LON, radius_m=300, age_s=600, speed_m_s=1.4)
    before = ids(found, ring, count=count)
    for place, camera_id in enumerate(before):
        lowered = [
            replace(row, times_seen=row.times_seen + 1) if row.id == camera_id else row for row in found
        ]  # fmt: skip
        after = ids(lowered, ring, count=count)
        assert camera_id not in after[:place]
