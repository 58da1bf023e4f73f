"""What may stand in a camera's two structured fields: privacy masks and PTZ presets. Pure, and strict.

A mask that is not understood would not be drawn, and show what it should hide: so nothing is guessed or left out.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from common.errors import ValidationError, gettext_noop

MASKS_MAX = 32
POINTS_MAX = 64
PRESETS_MAX = 64
NAME_MAX = 60
AREA_MIN = 1e-6
PRESET_KEYS = frozenset({"name", "token", "heading_deg", "hfov_deg", "range_m"})
Point = tuple[float, float]


def masks_read(value: Any) -> list[list[list[float]]]:
    """Polygons as lists of [x, y], shares of width and height; raises ValidationError naming the polygon."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MASKS_MAX:
        raise ValidationError(
            "masks_invalid", gettext_noop("Privacy masks are a list of at most %(limit)d polygons."),
            {"limit": MASKS_MAX},
        )  # fmt: skip
    return [_polygon(polygon, number) for number, polygon in enumerate(value, start=1)]


def presets_read(value: Any) -> list[dict[str, Any]]:
    """Presets with all their fields; raises ValidationError naming the preset."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > PRESETS_MAX:
        raise ValidationError(
            "presets_invalid", gettext_noop("PTZ presets are a list of at most %(limit)d."), {"limit": PRESETS_MAX}
        )
    presets = [_preset(preset, number) for number, preset in enumerate(value, start=1)]
    if len({preset["token"] for preset in presets}) < len(presets):
        raise ValidationError("presets_doubled", gettext_noop("Two PTZ presets have the same token."))
    return presets


def _polygon(polygon: Any, number: int) -> list[list[float]]:
    if not isinstance(polygon, Sequence) or isinstance(polygon, str) or not 3 <= len(polygon) <= POINTS_MAX:
        raise ValidationError(
            "mask_points", gettext_noop("Mask %(number)d: a polygon has 3 to %(limit)d points."),
            {"number": number, "limit": POINTS_MAX},
        )  # fmt: skip
    points = [_point(point, number) for point in polygon]
    if abs(_area(points)) < AREA_MIN:
        raise ValidationError("mask_flat", gettext_noop("Mask %(number)d covers nothing."), {"number": number})
    if _crosses_itself(points):
        raise ValidationError(
            "mask_crossing", gettext_noop("Mask %(number)d crosses itself; parts of it would not be covered."),
            {"number": number},
        )  # fmt: skip
    return [[x, y] for x, y in points]


def _point(point: Any, number: int) -> Point:
    if isinstance(point, Sequence) and not isinstance(point, str) and len(point) == 2:
        x, y = point
        if _is_number(x, 0, 1) and _is_number(y, 0, 1):
            return float(x), float(y)
    raise ValidationError(
        "mask_point", gettext_noop("Mask %(number)d: a point is [x, y], each from 0 to 1."), {"number": number}
    )


def _preset(preset: Any, number: int) -> dict[str, Any]:
    if not isinstance(preset, Mapping) or set(preset) != PRESET_KEYS:
        raise ValidationError(
            "preset_keys",
            gettext_noop("Preset %(number)d needs name, token, heading_deg, hfov_deg and range_m, and nothing else."),
            {"number": number},
        )
    is_good = (
        all(isinstance(preset[key], str) and 0 < len(preset[key].strip()) <= NAME_MAX for key in ("name", "token"))
        and _is_number(preset["heading_deg"], 0, 360)
        and _is_number(preset["hfov_deg"], 1, 360)
        and _is_number(preset["range_m"], 1, 100_000)
    )
    if not is_good:
        raise ValidationError(
            "preset_value",
            gettext_noop("Preset %(number)d: name and token are text, heading 0–360, view 1–360, range 1 m and more."),
            {"number": number},
        )
    return {
        "name": preset["name"].strip(),
        "token": preset["token"].strip(),
        **{key: float(preset[key]) for key in ("heading_deg", "hfov_deg", "range_m")},
    }


def _is_number(value: Any, low: float, high: float) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high
    )


def _area(points: Sequence[Point]) -> float:
    following = [*points[1:], points[0]]
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, following, strict=True)) / 2


def _crosses_itself(points: Sequence[Point]) -> bool:
    sides = list(zip(points, [*points[1:], points[0]], strict=True))
    last = len(sides) - 1
    return any(
        _cross(*sides[first], *sides[second])
        for first, second in combinations(range(len(sides)), 2)
        if second - first > 1 and (first, second) != (0, last)
    )


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two sides cut one another; sides that only touch are let pass."""
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
