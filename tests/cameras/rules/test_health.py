from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cameras.farm.config import SceneSpec
from cameras.farm.scene import clock_stamp, jpeg_of, scene_make
from cameras.rules.health import (
    AUTH_HOLD,
    BREAKER_LAST,
    DOWN_AFTER,
    Health,
    Look,
    breaker_pause,
    due_after,
    is_left_alone,
    likeness,
    looked,
    same_grey,
)
from cameras.rules.still import still_facts

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
PERIOD = timedelta(minutes=10)


def after(*looks: Look, health: Health | None = None) -> Health:
    known = health or Health()
    for number, look in enumerate(looks):
        known = looked(known, replace(look, at=NOW + timedelta(minutes=number)))
    return known


GOOD, LOST = Look(NOW), Look(NOW, fault_code="timeout")


def test_a_camera_is_down_after_three_failures_and_up_after_two_pictures() -> None:
    assert after(GOOD).condition == "up"
    assert after(GOOD, LOST, LOST).condition == "up"
    down = after(GOOD, LOST, LOST, LOST)
    assert (down.condition, down.fault_code, down.since) == ("down", "timeout", NOW + timedelta(minutes=3))
    assert looked(down, GOOD).condition == "down"
    up = looked(looked(down, GOOD), replace(GOOD, at=NOW + PERIOD))
    assert (up.condition, up.fault_code, up.since) == ("up", "", NOW + PERIOD)


def test_one_lost_picture_between_good_ones_is_no_alarm() -> None:
    assert after(*[GOOD, LOST] * 10).condition == "up"


def test_a_doubtful_camera_is_looked_at_soon_a_dead_one_is_left_alone_ever_longer() -> None:
    once = after(GOOD, LOST)
    assert due_after(once, at=NOW, period=PERIOD) == NOW + timedelta(seconds=30)
    dead = after(LOST, LOST, LOST)
    at = NOW + timedelta(minutes=2)
    assert due_after(dead, at=at, period=PERIOD) == at + timedelta(seconds=30)
    assert is_left_alone(dead, at=at)
    assert not is_left_alone(dead, at=at + timedelta(seconds=31))
    pauses = [breaker_pause(step).total_seconds() for step in range(1, 9)]
    assert pauses == [30, 60, 120, 240, 480, 600, 600, 600]
    assert breaker_pause(10_000) == BREAKER_LAST


def test_a_wrong_password_is_not_down_and_not_tried_again_for_half_an_hour() -> None:
    refused = after(GOOD, Look(NOW, fault_code="auth"))
    at = NOW + timedelta(minutes=1)
    assert (refused.condition, refused.fault_code) == ("degraded", "auth")
    assert due_after(refused, at=at, period=PERIOD) == at + AUTH_HOLD
    mended = looked(refused, replace(GOOD, at=at))
    assert (mended.condition, mended.auth_hold_until) == ("up", None)


def test_bad_pictures_count_after_three_and_a_good_one_clears_them() -> None:
    dark = Look(NOW, flags=("dark",))
    assert after(GOOD, dark, dark).condition == "up"
    known = after(GOOD, dark, dark, dark)
    assert (known.condition, known.flags) == ("degraded", ("dark",))
    assert (looked(known, GOOD).condition, looked(known, GOOD).flags) == ("up", ())


def test_what_never_moves_is_frozen() -> None:
    still = Look(NOW, is_same=True)
    assert after(*[still] * 2).flags == ()
    assert after(*[still] * 3).flags == ("frozen",)
    assert after(*[still] * 5, GOOD).flags == ()


def test_a_slow_camera_and_a_wrong_clock_are_told() -> None:
    assert after(*[Look(NOW, duration_ms=4_000)] * 3).flags == ("slow",)
    assert after(*[Look(NOW, clock_skew_s=-3600.0)] * 3).flags == ("clock_skew",)


def thumbnail(seed: int, *, gain: float = 1.0, text: str = "12:00:00") -> bytes:
    picture = np.clip(scene_make(SceneSpec(seed=seed)).astype(np.float32) * gain, 0, 255).astype(np.uint8)
    return still_facts(jpeg_of(clock_stamp(picture, text))).thumbnail


def test_another_wall_is_told_from_another_hour() -> None:
    usual, evening, elsewhere = thumbnail(1), thumbnail(1, gain=0.45), thumbnail(2)
    assert likeness(usual, evening) > 0.8
    assert likeness(usual, elsewhere) < 0.3
    looking = Look(NOW, thumbnail=usual)
    assert after(looking, *[replace(looking, thumbnail=evening)] * 4).flags == ()
    assert after(looking, *[replace(looking, thumbnail=elsewhere)] * 3).flags == ("turned",)


def test_the_same_picture_under_a_ticking_clock_is_the_same() -> None:
    assert same_grey(thumbnail(1), thumbnail(1, text="12:10:07"))
    assert not same_grey(thumbnail(1), thumbnail(1, gain=0.97))
    moved = scene_make(SceneSpec(seed=1))
    cv2.rectangle(moved, (600, 600), (900, 900), (220, 220, 220), -1)  # a bus
    assert not same_grey(thumbnail(1), still_facts(jpeg_of(moved)).thumbnail)


looks = st.builds(
    Look, at=st.just(NOW), fault_code=st.sampled_from(["", "", "timeout", "auth", "picture_empty"]),
    flags=st.sampled_from([(), ("dark",)]), is_same=st.booleans(), duration_ms=st.integers(0, 5000),
)  # fmt: skip


@given(st.lists(looks, max_size=30))
def test_whatever_comes_the_next_look_lies_ahead_and_counters_agree(given_looks: list[Look]) -> None:
    known = after(*given_looks)
    at = NOW + timedelta(minutes=len(given_looks))
    assert at < due_after(known, at=at, period=PERIOD) <= at + max(PERIOD, AUTH_HOLD)
    assert not (known.failures_in_row and known.successes_in_row)
    assert known.condition != "down" or known.failures_in_row >= DOWN_AFTER or known.successes_in_row < 2
    assert (known.condition == "unknown") == (
        not any(look.is_picture or look.fault_code == "auth" for look in given_looks) and known.failures_in_row < 3
    )
