"""Face ranges of the standard, and how they change with the figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.rules.optics import IDENTIFY_PX_PER_M, face_range_m


@pytest.mark.parametrize(
    ("width", "hfov", "expected"),
    [(1920, 90.0, 7.7), (3840, 60.0, 26.6), (640, 90.0, 2.6), (1920, 30.0, 28.7)],
)
def test_known_cameras_recognise_as_far_as_the_standard_says(width: int, hfov: float, expected: float) -> None:
    assert face_range_m(width, hfov) == pytest.approx(expected, abs=0.05)


def test_to_identify_one_must_be_twice_as_near() -> None:
    assert face_range_m(1920, 90.0, density_px_per_m=IDENTIFY_PX_PER_M) == pytest.approx(3.84)


@pytest.mark.parametrize(("width", "hfov"), [(None, 90.0), (1920, None), (0, 90.0), (1920, 0.0), (1920, 400.0)])
def test_without_a_figure_there_is_no_range(width: int | None, hfov: float | None) -> None:
    assert face_range_m(width, hfov) is None


def test_a_fisheye_spreads_its_pixels_over_its_angle() -> None:
    assert face_range_m(3000, 180.0, is_fisheye=True) == pytest.approx(7.64, abs=0.01)
    assert face_range_m(3000, 180.0) == face_range_m(3000, 180.0, is_fisheye=True)


@given(st.integers(1, 20_000), st.floats(1, 359))
def test_more_pixels_reach_farther_and_a_wider_view_less_far(width: int, hfov: float) -> None:
    near = face_range_m(width, hfov)
    more, wider = face_range_m(width + 1, hfov), face_range_m(width, hfov + 0.5, is_fisheye=True)
    own = face_range_m(width, hfov, is_fisheye=True)
    assert near is not None
    assert more is not None
    assert wider is not None
    assert own is not None
    assert 0 < near < more
    assert wider < own
