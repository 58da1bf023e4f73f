"""Telling of rivers and floods; as in `publish`: one whole entity each, last in the transaction."""

from dispatch.flood_events import (
    FLOOD_TASK_CHANGED,
    FLOOD_WARNING_CHANGED,
    GAUGE_CHANGED,
    GAUGE_LEVEL_CHANGED,
    ROAD_BLOCK_CHANGED,
)
from dispatch.models import FloodTask, FloodWarning, Gauge, GaugeLevelChange, RoadBlock
from dispatch.presenters.floods import (
    flood_task_present,
    flood_warning_present,
    gauge_level_present,
    gauge_present,
    road_block_present,
)
from realtime.publish import publish


def tell_gauge(gauge: Gauge) -> None:
    """A gauge shows something else, has become stale, or is another."""
    publish(realm=gauge.realm, kind=GAUGE_CHANGED, entity_id=gauge.pk, payload=gauge_present(gauge))


def tell_gauge_level(change: GaugeLevelChange) -> None:
    """A level was reached, is over, or somebody has taken note of it."""
    publish(realm=change.realm, kind=GAUGE_LEVEL_CHANGED, entity_id=change.pk, payload=gauge_level_present(change))


def tell_flood_task(task: FloodTask) -> None:
    """A task is there, was answered for, or is overdue."""
    publish(realm=task.realm, kind=FLOOD_TASK_CHANGED, entity_id=task.pk, payload=flood_task_present(task))


def tell_flood_warning(warning: FloodWarning) -> None:
    """A warning is proposed, or was decided on."""
    publish(
        realm=warning.realm, kind=FLOOD_WARNING_CHANGED, entity_id=warning.pk, payload=flood_warning_present(warning)
    )


def tell_road_block(block: RoadBlock) -> None:
    """A road is blocked, or open again."""
    publish(realm=block.realm, kind=ROAD_BLOCK_CHANGED, entity_id=block.pk, payload=road_block_present(block))
