"""A still is flagged for what is certain in it, and a lawful street, by day or at night, never is."""

import io
from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from cameras.choices import HealthFlag
from cameras.farm import spoil
from cameras.farm.config import FaceSpec, SceneSpec
from cameras.farm.scene import Image, clock_stamp, jpeg_of, scene_make
from cameras.rules.still import THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, StillFacts, still_facts
from common.images import PictureRefused

SEEDS = (1, 5, 12, 13, 14, 15, 16, 17, 901)
STAMP = "JKT-00412 2026-01-31 12:34:56"


@cache
def scene(seed: int) -> Image:
    return scene_make(SceneSpec(seed))


def facts(picture: Image) -> StillFacts:
    return still_facts(jpeg_of(picture))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_street_by_day_and_at_night_is_fit_for_use(seed: int) -> None:
    day = facts(scene(seed))
    assert day.flags == ()
    for lamps in (2, 3, 5, 8):
        at_night = facts(spoil.night(scene(seed), seed=seed, lamps=lamps))
        assert at_night.flags == (), lamps
        assert at_night.brightness < day.brightness / 2


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_faces_and_a_burnt_in_clock_change_no_verdict(seed: int) -> None:
    with_faces = scene_make(
        SceneSpec(seed, (FaceSpec("subject-a-2", 900, 560, 90), FaceSpec("subject-c", 1300, 600, 60)))
    )
    assert facts(clock_stamp(with_faces, STAMP)).flags == ()
    assert facts(clock_stamp(spoil.blurred(scene(seed), 18), STAMP)).flags == ("blurred",)
    assert facts(clock_stamp(spoil.plain(0), STAMP)).flags == ("dark",)
    assert facts(clock_stamp(spoil.plain(120), STAMP)).flags == ("flat",)
    assert facts(clock_stamp(spoil.plain(255), STAMP)).flags == ("overexposed",)


@pytest.mark.parametrize("seed", SEEDS[:5])
@pytest.mark.parametrize("sigma_px", [16, 22, 30])
def test_a_lost_focus_is_seen_by_day_and_at_night(seed: int, sigma_px: int) -> None:
    assert facts(spoil.blurred(scene(seed), sigma_px)).flags == ("blurred",)
    assert facts(spoil.blurred(spoil.night(scene(seed), seed=seed), sigma_px)).flags == ("blurred",)


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_sharpness_falls_with_every_step_of_blur_and_not_with_the_light(seed: int) -> None:
    steps = [facts(spoil.blurred(scene(seed), sigma)).sharpness for sigma in (1, 4, 7, 11, 16, 24)]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] - steps[-1] > 0.4
    dimmed = (scene(seed).astype(np.float32) * 0.55).astype(np.uint8)
    assert facts(dimmed).sharpness == pytest.approx(facts(scene(seed)).sharpness, abs=0.05)


@pytest.mark.parametrize("seed", SEEDS[:3])
@pytest.mark.parametrize("share", [0.56, 0.65, 0.8, 0.95])
@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_cloth_over_more_than_half_is_seen(seed: int, share: float, side: str) -> None:
    assert facts(spoil.covered(scene(seed), share=share, side=side)).flags == ("covered",)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hand_is_seen_and_a_branch_at_the_edge_is_not(seed: int) -> None:
    assert facts(spoil.hand_covered(scene(seed))).flags == ("covered",)
    assert facts(spoil.hand_covered(scene(seed), fingers=3, level=48)).flags == ("covered",)
    for side in ("left", "right", "top", "bottom"):
        assert facts(spoil.covered(scene(seed), share=0.25, side=side)).flags == ()


@pytest.mark.parametrize(
    ("level", "flag"),
    [
        (0, "dark"),
        (8, "dark"),
        (16, "dark"),
        (45, "flat"),
        (128, "flat"),
        (225, "flat"),
        (252, "overexposed"),
        (255, "overexposed"),
    ],
)
def test_one_grey_all_over_has_its_name(level: int, flag: str) -> None:
    for noise in (0.0, 3.0):
        assert facts(spoil.plain(level, noise_sigma=noise)).flags == (flag,)


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_glare_is_seen_and_a_bright_sky_is_not(seed: int) -> None:
    assert facts(spoil.glared(scene(seed))).flags == ("overexposed",)
    bright = scene(seed).copy()
    bright[:430] = 255
    assert facts(bright).flags == ()


@pytest.mark.parametrize(("width", "height"), [(3840, 2160), (1280, 720), (960, 540), (640, 480), (320, 180)])
def test_the_verdict_does_not_hang_on_the_resolution(width: int, height: int) -> None:
    for picture, flags in (
        (scene(5), ()),
        (spoil.night(scene(5), seed=5), ()),
        (spoil.blurred(scene(5), 22), ("blurred",)),
        (spoil.covered(scene(5), share=0.65), ("covered",)),
        (spoil.plain(4), ("dark",)),
    ):
        way = cv2.INTER_AREA if width < 1920 else cv2.INTER_CUBIC
        assert facts(np.asarray(cv2.resize(picture, (width, height), interpolation=way), np.uint8)).flags == flags


def test_the_thumbnail_is_the_picture_made_small() -> None:
    found = facts(scene(5))
    assert len(found.thumbnail) == THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT == 64 * 36
    small = np.frombuffer(found.thumbnail, np.uint8).reshape(THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH).astype(np.float32)
    wanted = cv2.resize(cv2.cvtColor(scene(5), cv2.COLOR_BGR2GRAY), (64, 36), interpolation=cv2.INTER_AREA)
    assert np.abs(small - wanted).mean() < 3
    assert abs(small.mean() - found.brightness) < 2


def test_flags_are_words_of_the_health_page() -> None:
    pictures = [spoil.plain(0), spoil.plain(255), spoil.plain(128), spoil.blurred(scene(1), 20)]
    pictures.append(spoil.covered(scene(1), share=0.7))
    seen = {flag for picture in pictures for flag in facts(picture).flags}
    assert seen == {"dark", "overexposed", "flat", "blurred", "covered"}
    assert seen <= set(HealthFlag.values)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_what_is_no_picture_is_refused_by_name(data: bytes) -> None:
    for wrong in (data, b"\xff\xd8\xff" + data, b"\x89PNG\r\n\x1a\n" + data):
        with pytest.raises(PictureRefused):
            still_facts(wrong)


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 700), height=st.integers(1, 500), level=st.integers(0, 255), noise=st.integers(0, 120),
    kind=st.sampled_from(["JPEG", "PNG"]), mode=st.sampled_from(["L", "RGB"]),
)  # fmt: skip
def test_every_picture_has_facts_in_their_ranges(
    *, width: int, height: int, level: int, noise: int, kind: str, mode: str
) -> None:
    random = np.random.default_rng(0)
    values = np.clip(level + random.standard_normal((height, width)) * noise, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Pillow.fromarray(values).convert(mode).save(buffer, kind)
    found = still_facts(buffer.getvalue())
    assert 0 <= found.brightness <= 255
    assert 0 <= found.contrast <= 128
    assert 0 <= found.sharpness <= 1
    assert len(found.thumbnail) == 64 * 36
    assert len(found.flags) <= 1
    assert found == still_facts(buffer.getvalue())


def test_a_damaged_middle_is_measured_and_not_a_crash() -> None:
    data = bytearray(jpeg_of(scene(1)))
    data[len(data) // 2 : len(data) // 2 + 4000] = b"\x5a" * 4000
    assert isinstance(still_facts(bytes(data)), StillFacts)
