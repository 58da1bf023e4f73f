"""The registry as arrays, so that a choice among a hundred thousand cameras costs milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from common.geo import METRES_PER_DEGREE, bounding_box

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One camera as the choice sees it; heading, field of view and face range may be unknown.

    `times_seen`: pictures of it that this incident had already.
    """

    id: int
    lat: float
    lon: float
    heading_deg: float | None
    hfov_deg: float | None
    range_m: float
    is_healthy: bool
    face_range_m: float | None = None
    times_seen: int = 0


@dataclass(frozen=True, slots=True)
class CameraField:
    """Candidates by column, in order of their id; NaN where something is not known. All arrays have the shape (n,)."""

    id: NDArray[np.int64]
    lat: Floats
    lon: Floats
    heading_deg: Floats
    hfov_deg: Floats
    range_m: Floats
    is_healthy: Flags
    face_range_m: Floats
    times_seen: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.id)

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> "CameraField":
        """From rows, in any order."""
        rows = sorted(candidates, key=lambda camera: camera.id)
        return cls(
            id=np.array([row.id for row in rows], np.int64),
            lat=_floats([row.lat for row in rows]),
            lon=_floats([row.lon for row in rows]),
            heading_deg=_floats([row.heading_deg for row in rows]),
            hfov_deg=_floats([row.hfov_deg for row in rows]),
            range_m=_floats([row.range_m for row in rows]),
            is_healthy=np.array([row.is_healthy for row in rows], np.bool_),
            face_range_m=_floats([row.face_range_m for row in rows]),
            times_seen=np.array([row.times_seen for row in rows], np.int64),
        )

    def only(self, chosen: NDArray[np.intp] | Flags) -> "CameraField":
        """Those at the given indices."""
        return CameraField(**{one.name: getattr(self, one.name)[chosen] for one in fields(self)})

    def around(self, lat: float, lon: float, radius_m: float) -> "CameraField":
        """Those in the box around a circle: cheap, and most of a city is out of it."""
        box = bounding_box(lat, lon, radius_m)
        inside = (self.lat >= box.south) & (self.lat <= box.north) & (self.lon >= box.west) & (self.lon <= box.east)
        return self.only(np.flatnonzero(inside))

    def polar(self, lat: float, lon: float) -> tuple[Floats, Floats]:
        """Distance (m) and bearing (°) from each camera to a point, on the plane that touches it: good in a city."""
        north = (lat - self.lat) * METRES_PER_DEGREE
        east = (lon - self.lon) * METRES_PER_DEGREE * np.cos(np.radians(lat))
        return np.hypot(north, east), np.degrees(np.arctan2(east, north)) % 360


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)
