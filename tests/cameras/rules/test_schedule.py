from hypothesis import given
from hypothesis import strategies as st

from cameras.rules.presets import preset_for
from cameras.rules.schedule import STOP_S, Wish, budget, share_out, tick_after, ticks


def test_the_schedule_is_dense_at_first_and_stops() -> None:
    told = ticks()
    assert told[:3] == (0.0, 10.0, 20.0)
    assert told[12] == 120.0
    assert (140.0 in told, 150.0 in told, 300.0 in told, 360.0 in told) == (True, False, True, True)
    assert told[-1] == STOP_S == 900.0
    assert tick_after(900.0) is None
    assert len(told) == 1 + 12 + 9 + 10


def test_who_has_a_reason_goes_on_at_the_last_pace() -> None:
    longer = ticks(1800.0)
    assert longer[: len(ticks())] == ticks()
    assert longer[-1] == 1800.0
    assert longer[-1] - longer[-2] == 60.0


@given(st.floats(0, 2000), st.floats(0, 3000))
def test_the_next_asking_lies_ahead_and_never_beyond_the_stop(age_s: float, stop_s: float) -> None:
    following = tick_after(age_s, stop_s=stop_s)
    assert following is None or age_s < following <= stop_s


def test_the_budget_is_what_recognition_can_take_less_what_waits() -> None:
    assert budget(workers=2, analysis_ms=100, backlog=0, period_s=10) == 140
    assert budget(workers=2, analysis_ms=100, backlog=100, period_s=10) == 40
    assert budget(workers=2, analysis_ms=100, backlog=500, period_s=10) == 0


wishes = st.lists(
    st.builds(
        Wish, id=st.integers(0, 99).map(str), pictures=st.integers(0, 12), urgency=st.integers(0, 4),
        age_s=st.floats(0, 900),
    ),
    max_size=12, unique_by=lambda wish: wish.id,
)  # fmt: skip


@given(wishes, st.integers(-5, 80))
def test_nobody_gets_more_than_they_want_and_nothing_is_left_while_somebody_wants(found: list[Wish], left: int) -> None:
    given_to = share_out(found, left)
    assert all(0 <= given_to[wish.id] <= wish.pictures for wish in found)
    assert sum(given_to.values()) == min(max(0, left), sum(wish.pictures for wish in found))


@given(wishes, st.integers(0, 80))
def test_the_urgent_are_served_before_others_get_anything(found: list[Wish], left: int) -> None:
    given_to = share_out(found, left)
    for more in found:
        for less in found:
            if more.urgency < less.urgency and given_to[less.id]:
                assert given_to[more.id] == more.pictures


def test_equally_urgent_ones_get_a_camera_each_before_a_second() -> None:
    two = [Wish("old", 12, 1, 500.0), Wish("young", 12, 1, 10.0)]
    assert share_out(two, 3) == {"young": 2, "old": 1}


PRESETS = [
    {"name": "gerbang", "heading_deg": 0.0, "hfov_deg": 60.0, "range_m": 200.0},
    {"name": "parkir", "heading_deg": 20.0, "hfov_deg": 60.0},
    {"name": "jalan", "heading_deg": 180.0},
]


def test_the_preset_that_looks_straightest_at_the_scene_is_proposed() -> None:
    camera = (-6.21, 106.85)
    assert preset_for(PRESETS, camera=camera, scene=(-6.2091, 106.85)) == "gerbang"
    assert preset_for(PRESETS, camera=camera, scene=(-6.205, 106.85)) == "parkir"  # too far for the gate's
    assert preset_for(PRESETS, camera=camera, scene=(-6.212, 106.85)) == "jalan"
    assert preset_for(PRESETS, camera=camera, scene=(-6.21, 106.86)) == ""
