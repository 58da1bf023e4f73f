"""The two routers that are understood, by their documented matrix services: many sources, one target."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dispatch.routing.http import RouterFailed, json_ask

# OSRM refuses more than 100 places in a table unless told otherwise; Valhalla's limit for cars is 50 by 50.
SOURCES_MAX = 40


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Leg:
    """The way from one source."""

    distance_m: float
    travel_s: float


Ask = Callable[[str, Sequence[Point], Point, float], list[Leg | None]]


def osrm_ask(base_url: str, sources: Sequence[Point], target: Point, timeout_s: float) -> list[Leg | None]:
    """OSRM's table service; None for a source that no road leads from. Raises RouterFailed."""
    places = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in [*sources, target])
    numbers = ";".join(str(number) for number in range(len(sources)))
    query = f"?sources={numbers}&destinations={len(sources)}&annotations=duration,distance"
    answer = json_ask(base_url, f"/table/v1/driving/{places}{query}", timeout_s=timeout_s)
    if not isinstance(answer, dict) or answer.get("code") != "Ok":
        raise RouterFailed(str(answer.get("code") if isinstance(answer, dict) else "no object")[:40])
    durations, distances = answer.get("durations"), answer.get("distances")
    return [_leg(_cell(distances, row), _cell(durations, row)) for row in range(len(sources))]


def valhalla_ask(base_url: str, sources: Sequence[Point], target: Point, timeout_s: float) -> list[Leg | None]:
    """Valhalla's matrix service; None for a source that no road leads from. Raises RouterFailed."""
    body = {
        "sources": [{"lat": point.lat, "lon": point.lon} for point in sources],
        "targets": [{"lat": target.lat, "lon": target.lon}],
        "costing": "auto",
        "units": "kilometers",
    }
    answer = json_ask(base_url, "/sources_to_targets", timeout_s=timeout_s, body=body)
    rows = answer.get("sources_to_targets") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or len(rows) != len(sources):
        raise RouterFailed("no matrix")
    cells = [row[0] if isinstance(row, list) and row and isinstance(row[0], dict) else {} for row in rows]
    return [_leg(_times(cell.get("distance"), 1000.0), _times(cell.get("time"), 1.0)) for cell in cells]


ROUTERS: Mapping[str, Ask] = {"osrm": osrm_ask, "valhalla": valhalla_ask}


def _cell(matrix: Any, row: int) -> Any:
    try:
        return matrix[row][0]
    except (TypeError, IndexError, KeyError) as error:
        raise RouterFailed("no matrix") from error


def _times(value: Any, factor: float) -> Any:
    return value * factor if _is_number(value) else None


def _leg(distance_m: Any, travel_s: Any) -> Leg | None:
    if not _is_number(distance_m) or not _is_number(travel_s):
        return None
    return Leg(float(distance_m), float(travel_s))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
