"""Which preset of a PTZ camera shows the scene: proposed to a person, never driven."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.geo import bearing_deg, distance_m


def preset_for(presets: Sequence[Mapping[str, Any]], *, camera: tuple[float, float], scene: tuple[float, float]) -> str:
    """The name of the preset whose sector holds the scene, the one that looks straightest at it; empty: none does.

    Each preset has `name` and `heading_deg`, and may have `hfov_deg` (60 if not) and `range_m`.
    """
    towards, away_m = bearing_deg(*camera, *scene), distance_m(*camera, *scene)
    best, best_turn = "", 360.0
    for preset in presets:
        turn = abs((towards - float(preset["heading_deg"]) + 180) % 360 - 180)
        in_range = away_m <= float(preset.get("range_m") or float("inf"))
        if in_range and turn <= float(preset.get("hfov_deg") or 60.0) / 2 and turn < best_turn:
            best, best_turn = str(preset["name"]), turn
    return best
