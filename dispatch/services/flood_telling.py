"""Telling of settled gauges and of what follows from them, in one order: the river, its levels, then the work."""

from collections.abc import Sequence

from dispatch.flood_publish import tell_flood_task, tell_flood_warning, tell_gauge, tell_gauge_level
from dispatch.services.floods import Followed
from dispatch.services.gauge_state import Settled


def settled_tell(settled: Sequence[Settled], followed: Followed) -> None:
    """Tell what changed; last in the transaction."""
    for one in settled:
        if one.is_changed:
            tell_gauge(one.gauge)
        for change in one.changes:
            tell_gauge_level(change)
    for warning in followed.warnings:
        tell_flood_warning(warning)
    for task in followed.tasks:
        tell_flood_task(task)
