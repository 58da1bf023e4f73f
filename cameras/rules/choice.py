"""Which cameras to ask first. Pure; the caller gives those of a bounding box around the scene."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.geo import METRES_PER_DEGREE

IN_VIEW = 2.0
UNKNOWN_VIEW = 1.0
HEALTHY = 0.5
NEAR = 3.0
SAME_BEARING_COST = 0.75
SAME_BEARING_DEG = 30.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One camera as the choice sees it; heading and field of view may be unknown."""

    id: int
    lat: float
    lon: float
    heading_deg: float | None
    hfov_deg: float | None
    range_m: float
    is_healthy: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """A camera with its distance and why it was taken, best first."""

    id: int
    distance_m: float
    reasons: tuple[str, ...]


def choose(
    candidates: Sequence[Candidate], *, lat: float, lon: float, radius_m: float, count: int
) -> tuple[Chosen, ...]:
    """At most `count` cameras within `radius_m`, by view, nearness, health and different sides of the scene.

    The order does not depend on the order of `candidates`; equal scores go by id.
    """
    if not candidates or count < 1:
        return ()
    ordered = sorted(candidates, key=lambda camera: camera.id)
    distance_m, bearing_deg = _polar(ordered, lat, lon)
    sees = np.array([_sees(camera, d, b) for camera, d, b in zip(ordered, distance_m, bearing_deg, strict=True)])
    score = np.where(np.isnan(sees), UNKNOWN_VIEW, np.nan_to_num(sees) * IN_VIEW)
    score = score + NEAR * (1 - np.minimum(1.0, distance_m / radius_m))
    score = score + HEALTHY * np.array([camera.is_healthy for camera in ordered])
    score[distance_m > radius_m] = -np.inf
    return tuple(_pick(ordered, score, _Geometry(distance_m, bearing_deg, sees), count))


@dataclass(frozen=True, slots=True)
class _Geometry:
    """From each camera to the scene; `sees` is 1, 0, or NaN where the view is not known."""

    distance_m: NDArray[np.float64]
    bearing_deg: NDArray[np.float64]
    sees: NDArray[np.float64]


def _pick(ordered: Sequence[Candidate], score: NDArray[np.float64], scene: _Geometry, count: int) -> list[Chosen]:
    distance_m, bearing_deg, sees = scene.distance_m, scene.bearing_deg, scene.sees
    chosen: list[Chosen] = []
    left = score.copy()
    while len(chosen) < count:
        best = int(np.argmax(left))
        if not np.isfinite(left[best]):
            break
        reasons = ["in_view"] if sees[best] == 1.0 else []
        reasons += ["near"] if distance_m[best] <= ordered[best].range_m else []
        reasons += [] if ordered[best].is_healthy else ["recently_failed"]
        chosen.append(Chosen(ordered[best].id, float(distance_m[best]), tuple(reasons or ["in_radius"])))
        turn = np.abs((bearing_deg - bearing_deg[best] + 180) % 360 - 180)
        left = np.where(turn < SAME_BEARING_DEG, left - SAME_BEARING_COST, left)
        left[best] = -np.inf
    return chosen


def _polar(cameras: Sequence[Candidate], lat: float, lon: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance and bearing from each camera to the scene, on the plane that touches it (good within a city)."""
    north = (lat - np.array([camera.lat for camera in cameras])) * METRES_PER_DEGREE
    east = (lon - np.array([camera.lon for camera in cameras])) * METRES_PER_DEGREE * np.cos(np.radians(lat))
    return np.hypot(north, east), np.degrees(np.arctan2(east, north)) % 360


def _sees(camera: Candidate, distance_m: float, bearing_deg: float) -> float:
    """1 in the view sector and range, 0 outside, NaN where the sector is not known."""
    if camera.heading_deg is None or camera.hfov_deg is None:
        return float("nan")
    turn = abs((bearing_deg - camera.heading_deg + 180) % 360 - 180)
    return float(distance_m <= camera.range_m and turn <= camera.hfov_deg / 2)
