"""What blocked roads say in a proposal, in the reader's words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from dispatch.choices.floods import RoadBlockReason

ROAD_REASONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "road_slow": lambda data: _("slower: %(road)s on its way: %(state)s") % _shown(data),
    "road_passed": lambda data: _("gets through on its way: %(road)s: %(state)s") % _shown(data),
    "road_blocked": lambda data: _with_means(
        _("has to go around %(road)s (%(state)s), about %(minutes)d min longer") % _shown(data), data
    ),
    "scene_flooded": lambda data: _with_means(
        _("does not reach the scene in the water: %(road)s: %(state)s") % _shown(data), data
    ),
}


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    state = str(RoadBlockReason(data["cause"]).label)
    if data["depth_cm"] is not None:
        state += f", {data['depth_cm']} cm"
    return {"road": data["road"], "state": state, "minutes": round(data["penalty_s"] / 60)}


def _with_means(text: str, data: Mapping[str, Any]) -> str:
    if not data["means"]:
        return text
    return text + "; " + _("gets through: %(means)s") % {"means": ", ".join(data["means"])}
