"""Points in areas."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.geo import distance_m
from dispatch.rules.areas import Shape, polygon_contains

SQUARE = ((-6.3, 106.7), (-6.3, 106.9), (-6.1, 106.9), (-6.1, 106.7), (-6.3, 106.7))
# A U that is open to the north.
CUP = ((0.0, 0.0), (0.0, 3.0), (3.0, 3.0), (3.0, 2.0), (1.0, 2.0), (1.0, 1.0), (3.0, 1.0), (3.0, 0.0), (0.0, 0.0))


@pytest.mark.parametrize(
    ("lat", "lon", "inside"),
    [(-6.2, 106.8, True), (-6.2, 106.69, False), (-6.0, 106.8, False), (-6.3, 106.8, True), (-6.3, 106.7, True),
     (-6.2, 106.9, True), (6.2, 106.8, False)],
)  # fmt: skip
def test_a_square(lat: float, lon: float, inside: bool) -> None:
    assert polygon_contains(SQUARE, lat, lon) is inside
    assert polygon_contains(SQUARE[:-1], lat, lon) is inside
    assert polygon_contains(tuple(reversed(SQUARE)), lat, lon) is inside


@pytest.mark.parametrize(
    ("lat", "lon", "inside"),
    [(0.5, 1.5, True), (2.0, 1.5, False), (2.0, 0.5, True), (2.0, 2.5, True), (1.0, 1.5, True), (3.5, 0.5, False)],
)
def test_a_hollow_is_outside(lat: float, lon: float, inside: bool) -> None:
    assert polygon_contains(CUP, lat, lon) is inside


@given(st.floats(0, 360), st.floats(0.01, 2.0))
def test_a_polygon_of_many_sides_is_nearly_its_circle(bearing: float, share: float) -> None:
    sides = 360
    ring = tuple((math.sin(math.tau * n / sides), math.cos(math.tau * n / sides)) for n in range(sides))
    if abs(share - 1) < 0.001:
        return
    lat, lon = share * math.sin(math.radians(bearing)), share * math.cos(math.radians(bearing))
    assert polygon_contains(ring, lat, lon) is (share < 1)


def test_circles_reach_as_far_as_they_say() -> None:
    shape = Shape(circles=((-6.2, 106.8, 1000.0),))
    assert shape.contains(-6.2, 106.8)
    north = -6.2 + 0.00899
    assert distance_m(-6.2, 106.8, north, 106.8) < 1000
    assert shape.contains(north, 106.8)
    assert not shape.contains(north + 0.0001, 106.8)


def test_the_box_holds_everything() -> None:
    box = Shape(polygons=(SQUARE,), circles=((-6.0, 107.0, 1000.0),)).box()
    assert box is not None
    assert (box.south, box.west) == (-6.3, 106.7)
    assert box.north > -6.0
    assert box.east > 107.0
    assert Shape().box() is None
    assert not Shape().contains(0, 0)
