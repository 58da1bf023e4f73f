from hypothesis import given
from hypothesis import strategies as st

from common.geo import bearing_deg, bounding_box, distance_m

city_lat = st.floats(-6.5, -5.9)
city_lon = st.floats(106.5, 107.1)


def test_distance_of_two_known_stations() -> None:
    # Manggarai to Gambir, 4.2 km by a map ruler
    assert 3_900 < distance_m(-6.2099, 106.8502, -6.1767, 106.8306) < 4_500


@given(city_lat, city_lon, city_lat, city_lon)
def test_distance_is_the_same_both_ways_and_zero_only_at_home(a: float, b: float, c: float, d: float) -> None:
    assert abs(distance_m(a, b, c, d) - distance_m(c, d, a, b)) < 1e-6
    assert distance_m(a, b, a, b) == 0


def test_bearings_of_the_four_winds() -> None:
    for lat, lon, expected in [(1, 0, 0), (0, 1, 90), (-1, 0, 180), (0, -1, 270)]:
        assert abs(bearing_deg(0, 0, lat, lon) - expected) < 1e-9


@given(city_lat, city_lon, st.floats(1, 20_000), st.floats(0, 0.2), st.floats(0, 0.2))
def test_the_box_holds_every_point_within_the_radius(
    lat: float, lon: float, radius_m: float, dlat: float, dlon: float
) -> None:
    box = bounding_box(lat, lon, radius_m)
    if distance_m(lat, lon, lat + dlat, lon + dlon) <= radius_m:
        assert box.south <= lat + dlat <= box.north + 1e-9
        assert box.west <= lon + dlon <= box.east + 1e-6
