"""Which points lie in an area made of polygons and circles. Edges count as inside: a warning errs on that side.

Good for areas within a hemisphere; polygons across the antimeridian are not read as such.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from common.geo import BoundingBox, bounding_box, distance_m

Point = tuple[float, float]
EDGE_DEG = 1e-9


@dataclass(frozen=True, slots=True)
class Shape:
    """Polygons of (latitude, longitude), and circles of latitude, longitude, metres."""

    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()

    def contains(self, lat: float, lon: float) -> bool:
        """Whether the point lies in any of them."""
        return any(polygon_contains(polygon, lat, lon) for polygon in self.polygons) or any(
            distance_m(lat, lon, *centre) <= radius_m for *centre, radius_m in self.circles
        )

    def box(self) -> BoundingBox | None:
        """What holds all of it; None when there is nothing."""
        boxes = [bounding_box(lat, lon, radius_m) for lat, lon, radius_m in self.circles]
        points = [point for polygon in self.polygons for point in polygon]
        lats = [lat for lat, _lon in points] + [edge for box in boxes for edge in (box.south, box.north)]
        lons = [lon for _lat, lon in points] + [edge for box in boxes for edge in (box.west, box.east)]
        return BoundingBox(min(lats), min(lons), max(lats), max(lons)) if lats else None


def polygon_contains(points: Sequence[Point], lat: float, lon: float) -> bool:
    """Even-odd rule: a ray to the east crosses the edges an odd number of times."""
    is_inside = False
    previous = points[-1]
    for point in points:
        if _on_edge(previous, point, lat, lon):
            return True
        (lat1, lon1), (lat2, lon2) = previous, point
        if (lat1 > lat) != (lat2 > lat) and lon < (lon2 - lon1) * (lat - lat1) / (lat2 - lat1) + lon1:
            is_inside = not is_inside
        previous = point
    return is_inside


def _on_edge(one: Point, other: Point, lat: float, lon: float) -> bool:
    cross = (lat - one[0]) * (other[1] - one[1]) - (lon - one[1]) * (other[0] - one[0])
    length = max(abs(other[0] - one[0]), abs(other[1] - one[1]), EDGE_DEG)
    if abs(cross) > EDGE_DEG * length:
        return False
    return _between(lat, one[0], other[0]) and _between(lon, one[1], other[1])


def _between(value: float, one: float, other: float) -> bool:
    return min(one, other) - EDGE_DEG <= value <= max(one, other) + EDGE_DEG
