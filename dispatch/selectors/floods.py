"""Rivers, floods and blocked roads as they are: for the state, the pages, the report of undone work, the proposals."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import Permission
from common.errors import NotFoundError
from dispatch.choices import EscalationLevel, NextStep
from dispatch.choices.floods import FloodTaskState, FloodWarningState
from dispatch.models import FloodTask, FloodWarning, Gauge, GaugeLevelChange, GaugeReading, RoadBlock
from dispatch.presenters.floods import (
    flood_task_present,
    flood_warning_present,
    gauge_level_present,
    gauge_present,
    road_block_present,
)
from dispatch.rules.follow import Rule, level_next
from dispatch.selectors.due import Due
from realtime.models import Realm

GAUGES = Gauge.objects.select_related("realm", "agency").prefetch_related("places")
CHANGES = GaugeLevelChange.objects.select_related("realm", "gauge").prefetch_related("gauge__places", "seen")
TASKS = FloodTask.objects.select_related("realm", "gauge", "agency", "answered_by", "warning")
WARNINGS = FloodWarning.objects.select_related("realm", "change__gauge", "decided_by", "alert")
ROADS = RoadBlock.objects.select_related("realm", "made_by", "ended_by")
TASK_RULE = Rule("", "", "", NextStep.OTHER, 1800, 300, 1200)
READINGS_SHOWN = timedelta(hours=48)
READINGS_MAX = 1000


def gauges_active(*, realm: Realm) -> QuerySet[Gauge]:
    """Gauges in use, upstream first."""
    return GAUGES.filter(realm=realm, is_active=True).order_by("order", "code")


def gauge_get(*, realm: Realm, code: str) -> Gauge:
    """One gauge in use; raises NotFoundError."""
    found = gauges_active(realm=realm).filter(code=code).first()
    if found is None:
        raise NotFoundError
    return found


def changes_open(*, realm: Realm) -> QuerySet[GaugeLevelChange]:
    """The level of each gauge in use, as it was told last."""
    return CHANGES.filter(realm=realm, ended_at=None, gauge__is_active=True).order_by("new", "gauge__order")


def tasks_open(*, realm: Realm) -> QuerySet[FloodTask]:
    """Tasks that nobody has answered for, what is due first on top."""
    return TASKS.filter(realm=realm, state=FloodTaskState.OPEN).order_by("due_at", "made_at", "pk")


def tasks_overdue(*, realm: Realm, at: datetime) -> QuerySet[FloodTask]:
    """Those that are late."""
    return tasks_open(realm=realm).filter(due_at__lte=at)


def warnings_open(*, realm: Realm) -> QuerySet[FloodWarning]:
    """Proposed warnings that wait for a person."""
    return WARNINGS.filter(realm=realm, state=FloodWarningState.PROPOSED).order_by("proposed_at")


def road_blocks_open(*, realm: Realm) -> QuerySet[RoadBlock]:
    """Roads that nobody has called open again, the newest first."""
    return ROADS.filter(realm=realm, ended_at=None).order_by("-from_at", "-pk")


def road_blocks_overdue(*, realm: Realm, at: datetime) -> QuerySet[RoadBlock]:
    """Roads that should be open again by now, and nobody has said whether they are."""
    return road_blocks_open(realm=realm).filter(until_at__lte=at)


def gauges_stale(*, realm: Realm) -> QuerySet[Gauge]:
    """Gauges without a fresh reading, though they had one."""
    return gauges_active(realm=realm).filter(is_stale=True).exclude(measured_at=None)


def flood_tasks_due() -> list[Due]:
    """Open tasks of which somebody is to be told yet, the earliest first."""
    rows = FloodTask.objects.filter(state=FloodTaskState.OPEN).exclude(escalation=EscalationLevel.HEAD)
    found = [
        (key, level_next(TASK_RULE, due_at=due_at, told=told))
        for key, due_at, told in rows.values_list("pk", "due_at", "escalation")
    ]
    return sorted((Due(key, level[1]) for key, level in found if level), key=lambda due: (due.next_at, due.key))


def floods_state(*, realm: Realm, user: User) -> dict[str, Any]:
    """The part of a console's state that is about rivers and roads."""
    found: dict[str, Any] = {}
    if user.may(Permission.GAUGE_VIEW):
        found["gauges"] = [gauge_present(row).model_dump() for row in gauges_active(realm=realm)]
        found["gauge_levels"] = [gauge_level_present(row).model_dump() for row in changes_open(realm=realm)]
        found["flood_tasks"] = [flood_task_present(row).model_dump() for row in tasks_open(realm=realm)]
        found["road_blocks"] = [road_block_present(row).model_dump() for row in road_blocks_open(realm=realm)]
    if user.may(Permission.ALERT_VIEW):
        found["flood_warnings"] = [flood_warning_present(row).model_dump() for row in warnings_open(realm=realm)]
    return found


def floods_undone(*, realm: Realm, at: datetime) -> dict[str, tuple[int, list[Any]]]:
    """What is left undone in a flood, by kind: how many, and the rows."""
    kinds: list[tuple[str, QuerySet[Any], Any]] = [
        ("flood_tasks_overdue", tasks_overdue(realm=realm, at=at), flood_task_present),
        ("flood_tasks_open", tasks_open(realm=realm), flood_task_present),
        ("flood_warnings_open", warnings_open(realm=realm), flood_warning_present),
        ("road_blocks_overdue", road_blocks_overdue(realm=realm, at=at), road_block_present),
        ("gauges_stale", gauges_stale(realm=realm), gauge_present),
    ]
    return {name: (rows.count(), [show(row).model_dump() for row in rows[:500]]) for name, rows, show in kinds}


def readings_of(gauge: Gauge) -> list[GaugeReading]:
    """The readings of the last two days before the newest, oldest first."""
    newest = gauge.readings.order_by("-measured_at").values_list("measured_at", flat=True).first()
    if newest is None:
        return []
    rows = gauge.readings.filter(measured_at__gte=newest - READINGS_SHOWN).order_by("-measured_at")[:READINGS_MAX]
    return list(rows)[::-1]


def change_get(*, realm: Realm, change_id: uuid.UUID) -> GaugeLevelChange:
    """One change of level; raises NotFoundError."""
    found = CHANGES.filter(realm=realm, pk=change_id).first()
    if found is None:
        raise NotFoundError
    return found
