"""Choice among 6,000 and 100,000 cameras: scene, ring and area, against reading the same arrays once.

The floor is one pass over latitudes and longitudes, which no choice without an index can do without.
"""

import time
from collections.abc import Callable

import numpy as np

from bench.report import Report
from cameras.rules.choice import Scene, choose
from cameras.rules.field import CameraField

LAT, LON = -6.2, 106.84
ROUNDS = 60
COUNT = 12
TARGET_MS = {6_000: 2.0}


def run(say: Callable[[str], None]) -> Report:
    """Measure."""
    report = Report("camera_choice")
    for count in (6_000, 100_000):
        say(f"{count:,} cameras ...")
        field = _city(count)
        floor_ms = _median_ms(lambda field=field: _floor(field))  # type: ignore[misc]
        for name, scene in _scenes().items():
            took_ms = _median_ms(lambda field=field, scene=scene: choose(field, scene, count=COUNT))  # type: ignore[misc]
            label = f"{name} among {count:,} cameras"
            if count in TARGET_MS:
                report.hold(label, took_ms, "ms", "<=", TARGET_MS[count])
            else:
                report.show(label, took_ms, "ms")
            report.show(f"{label}, against one pass over the positions", took_ms / floor_ms, "times")
    return report


def _city(count: int) -> CameraField:
    random = np.random.default_rng(112)
    known = random.random(count) < 0.8
    return CameraField(
        id=np.arange(1, count + 1, dtype=np.int64),
        lat=random.uniform(LAT - 0.15, LAT + 0.15, count),
        lon=random.uniform(LON - 0.15, LON + 0.15, count),
        heading_deg=np.where(known, random.uniform(0, 360, count), np.nan),
        hfov_deg=np.where(known, random.uniform(40, 110, count), np.nan),
        range_m=random.uniform(30, 150, count),
        is_healthy=random.random(count) < 0.9,
        face_range_m=random.uniform(3, 27, count),
        times_seen=random.integers(0, 4, count),
    )


def _scenes() -> dict[str, Scene]:
    corners = tuple(
        (LAT + 0.012 * np.cos(angle), LON + 0.012 * np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 12, False)
    )
    return {
        "scene": Scene(LAT, LON, radius_m=500),
        "ring after 15 min on foot": Scene(LAT, LON, radius_m=500, error_m=50, age_s=900, speed_m_s=1.4),
        "ring after 10 min by vehicle": Scene(LAT, LON, radius_m=500, error_m=50, age_s=600, speed_m_s=11.0),
        "drawn area of 12 corners": Scene(LAT, LON, radius_m=500, area=corners),
    }


def _floor(field: CameraField) -> None:
    np.hypot(field.lat - LAT, field.lon - LON)


def _median_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return float(np.median(times))
