"""Which cameras to ask, best first, each with its reasons. Pure; the registry comes as a CameraField.

Three ways to look: at the scene at once (who sees it), along the ring where a person can have got to since, and in an
area that an operator drew. What an operator added comes first, what was taken out never comes.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cameras.rules.field import CameraField, Flags, Floats

IN_VIEW = 2.0
UNKNOWN_VIEW = 1.0
HEALTHY = 0.5
NEAR = 3.0
FACES = 0.5
SAME_BEARING_COST = 0.75
SAME_BEARING_DEG = 30.0
# A person may also have stood still, so what lies inside the ring counts, but less.
RING = 3.0
INSIDE_RING = 1.0
RING_BEGINS = 0.5  # share of the way walked: people walk on, few of them straight and without a stop
SEEN_COST = 0.6
SEEN_COST_MAX = 2.4
FACE_USEFUL_M = 5.0

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is looked for: a point with its error; a speed and an age make a ring; `area` replaces the radius.

    `area` is a polygon of (latitude, longitude), closed of itself. `radius_m` is how far from the point a camera may be
    that is asked for the scene itself.
    """

    lat: float
    lon: float
    radius_m: float
    error_m: float = 0.0
    age_s: float = 0.0
    speed_m_s: float = 0.0
    area: Ring = ()

    @property
    def walked_m(self) -> float:
        """How far somebody can have walked since."""
        return self.speed_m_s * max(0.0, self.age_s)

    @property
    def reach_m(self) -> float:
        """How far somebody can have got, from anywhere the point may really be."""
        return self.error_m + self.walked_m

    @property
    def is_ring(self) -> bool:
        """Whether the reach has left the scene behind."""
        return not self.area and self.walked_m > self.radius_m / 2

    @property
    def farthest_m(self) -> float:
        """Beyond this no camera is asked."""
        if self.area:
            middle = np.radians(self.lat)
            north = np.array([(lat - self.lat) for lat, _ in self.area])
            east = np.array([(lon - self.lon) for _, lon in self.area]) * np.cos(middle)
            return float(np.hypot(north, east).max() * 111_320.0) + 1.0
        return max(self.radius_m, self.reach_m) if self.is_ring else self.radius_m


@dataclass(frozen=True, slots=True)
class Chosen:
    """A camera with its distance and why it was taken, best first."""

    id: int
    distance_m: float
    reasons: tuple[str, ...]


NOBODY: AbstractSet[int] = frozenset()


def choose(
    field: CameraField,
    scene: Scene,
    *,
    count: int,
    added: AbstractSet[int] = NOBODY,
    removed: AbstractSet[int] = NOBODY,
) -> tuple[Chosen, ...]:
    """At most `count` cameras, and all of `added` (which stand first, whatever their distance).

    The order depends on nothing but the cameras and the scene; equal scores go by id.
    """
    wanted = _added(field, scene, added - removed)
    near = field.around(scene.lat, scene.lon, scene.farthest_m)
    left = max(0, count - len(wanted))
    if not len(near) or not left:
        return wanted
    banned = np.isin(near.id, np.array(sorted(added | removed), np.int64)) if added or removed else None
    geometry = _Geometry.of(near, scene)
    score = _score(near, geometry, scene)
    if banned is not None:
        score[banned] = -np.inf
    return wanted + tuple(_pick(near, score, geometry, scene, left))


@dataclass(frozen=True, slots=True)
class _Geometry:
    """From each camera to the scene; `sees` is 1, 0, or NaN where the view is not known."""

    distance_m: Floats
    bearing_deg: Floats
    sees: Floats
    is_inside: Flags

    @classmethod
    def of(cls, field: CameraField, scene: Scene) -> "_Geometry":
        distance_m, bearing_deg = field.polar(scene.lat, scene.lon)
        turn = np.abs((bearing_deg - field.heading_deg + 180) % 360 - 180)
        known = ~(np.isnan(field.heading_deg) | np.isnan(field.hfov_deg))
        looks = (distance_m <= field.range_m) & (turn <= field.hfov_deg / 2)
        sees = np.where(known, looks.astype(np.float64), np.nan)
        inside = _inside(field, scene.area) if scene.area else distance_m <= scene.farthest_m
        return cls(distance_m, bearing_deg, sees, inside)


def _score(field: CameraField, geometry: _Geometry, scene: Scene) -> Floats:
    score = _ring_score(geometry, scene) if scene.is_ring else _scene_score(geometry, scene)
    score = score + HEALTHY * field.is_healthy
    score = score + FACES * (np.nan_to_num(field.face_range_m) >= FACE_USEFUL_M)
    if scene.is_ring or scene.area:
        score = score - np.minimum(SEEN_COST_MAX, SEEN_COST * field.times_seen)
    score[~geometry.is_inside] = -np.inf
    return score


def _scene_score(geometry: _Geometry, scene: Scene) -> Floats:
    view = np.where(np.isnan(geometry.sees), UNKNOWN_VIEW, np.nan_to_num(geometry.sees) * IN_VIEW)
    near: Floats = view + NEAR * (1 - np.minimum(1.0, geometry.distance_m / max(1.0, scene.farthest_m)))
    return near


def _ring_score(geometry: _Geometry, scene: Scene) -> Floats:
    """Highest where somebody who walks on is now; on the way there a camera's own view of the scene says nothing."""
    begins_m = max(1.0, RING_BEGINS * scene.walked_m)
    inside = INSIDE_RING + (RING - INSIDE_RING) * np.minimum(1.0, geometry.distance_m / begins_m)
    outside: Floats = np.where(geometry.distance_m > scene.reach_m, INSIDE_RING, inside)
    return outside


def _pick(field: CameraField, score: Floats, geometry: _Geometry, scene: Scene, count: int) -> list[Chosen]:
    chosen: list[Chosen] = []
    left = score.copy()
    while len(chosen) < count:
        best = int(np.argmax(left))
        if not np.isfinite(left[best]):
            break
        chosen.append(
            Chosen(int(field.id[best]), float(geometry.distance_m[best]), _reasons(field, geometry, scene, best))
        )
        turn = np.abs((geometry.bearing_deg - geometry.bearing_deg[best] + 180) % 360 - 180)
        left = np.where(turn < SAME_BEARING_DEG, left - SAME_BEARING_COST, left)
        left[best] = -np.inf
    return chosen


def _reasons(field: CameraField, geometry: _Geometry, scene: Scene, index: int) -> tuple[str, ...]:
    distance_m = geometry.distance_m[index]
    told = {
        "in_area": bool(scene.area),
        "in_ring": scene.is_ring and RING_BEGINS * scene.walked_m <= distance_m <= scene.reach_m,
        "in_view": geometry.sees[index] == 1.0,
        "near": distance_m <= field.range_m[index],
        "faces_readable": field.face_range_m[index] >= FACE_USEFUL_M,
        "seen_before": (scene.is_ring or bool(scene.area)) and field.times_seen[index] > 0,
        "recently_failed": not field.is_healthy[index],
    }
    reasons = tuple(name for name, holds in told.items() if holds)
    return reasons if set(reasons) - {"recently_failed", "seen_before", "faces_readable"} else ("in_radius", *reasons)


def _added(field: CameraField, scene: Scene, added: AbstractSet[int]) -> tuple[Chosen, ...]:
    if not added:
        return ()
    rows = field.only(np.flatnonzero(np.isin(field.id, np.array(sorted(added), np.int64))))
    distance_m, _ = rows.polar(scene.lat, scene.lon)
    order = sorted(range(len(rows)), key=lambda index: (distance_m[index], rows.id[index]))
    return tuple(
        Chosen(
            int(rows.id[index]),
            float(distance_m[index]),
            ("added_by_operator", *(() if rows.is_healthy[index] else ("recently_failed",))),
        )
        for index in order
    )


def _inside(field: CameraField, area: Ring) -> Flags:
    """Whether each camera stands in the polygon: a line to the east crosses its edge an odd number of times."""
    crossings = np.zeros(len(field), np.int64)
    for (lat1, lon1), (lat2, lon2) in pairwise((*area, area[0])):
        if lat1 == lat2:
            continue
        between = (field.lat >= min(lat1, lat2)) & (field.lat < max(lat1, lat2))
        edge_lon = lon1 + (field.lat - lat1) * (lon2 - lon1) / (lat2 - lat1)
        crossings += between & (field.lon < edge_lon)
    inside: Flags = crossings % 2 == 1
    return inside
