"""Rivers and flood tasks by the clock: what has become stale, which water has passed, what is overdue."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accounts.services.audit import SYSTEM, audit_write
from common import clock
from common.locking import locked, locked_all
from dispatch.choices import NextStep
from dispatch.choices.floods import FloodTaskState
from dispatch.flood_publish import tell_flood_task
from dispatch.models import Escalation, FloodEpisode, FloodTask, Gauge
from dispatch.rules.follow import LEVELS, levels_due
from dispatch.selectors.floods import TASK_RULE
from dispatch.services.flood_telling import settled_tell
from dispatch.services.floods import TASK_RELATED, floods_follow
from dispatch.services.gauge_state import gauge_settle, river_read
from realtime.models import Realm


def floods_watch() -> int:
    """Settle every gauge that time alone has changed; how many."""
    return sum(_realm_watch(realm) for realm in Realm.objects.filter(pk__in=Gauge.objects.values("realm")))


def _realm_watch(realm: Realm) -> int:
    at = clock.now()
    fresh = Gauge.objects.filter(realm=realm, is_active=True, is_stale=False)
    late = [
        key
        for key, measured_at, stale_after_s in fresh.values_list("pk", "measured_at", "stale_after_s")
        if measured_at is not None and measured_at + timedelta(seconds=stale_after_s) <= at
    ]
    rows = Gauge.objects.filter(Q(pk__in=late) | ~Q(waves=[]), realm=realm, is_active=True)
    is_flood = FloodEpisode.objects.filter(realm=realm, ended_at=None).exists()
    if not is_flood and not rows.exists():
        return 0
    with transaction.atomic():
        river = river_read(realm=realm)
        settled = [
            gauge_settle(gauge=gauge, river=river, at=at) for gauge in locked_all(rows, "realm", "agency")
        ]  # fmt: skip
        followed = floods_follow(realm=realm, settled=settled, river=river, at=at)
        settled_tell(settled, followed)
    return sum(1 for one in settled if one.is_changed)


def flood_task_escalate(key: uuid.UUID) -> int:
    """An open task that is overdue: desk, supervisor, head of operations; nobody twice. Returns how many levels."""
    at = clock.now()
    task = locked(FloodTask.objects.filter(pk=key, state=FloodTaskState.OPEN), *TASK_RELATED, skip_locked=True)
    if task is None:
        return 0
    told = LEVELS.index(task.escalation) + 1 if task.escalation else 0
    new = [level for level in levels_due(TASK_RULE, due_at=task.due_at, at=at) if LEVELS.index(level) >= told]
    if not new:
        return 0
    task.escalation = new[-1]
    task.save(update_fields=["escalation"])
    for level in new:
        Escalation.objects.get_or_create(
            realm=task.realm, task=task, level=level, due_at=task.due_at,
            defaults={"step": NextStep.OTHER, "escalated_at": at},
        )  # fmt: skip
        audit_write(
            actor=SYSTEM, action="overdue_escalated", object_type="dispatch.floodtask", object_id=task.pk,
            realm=task.realm.code, data={"level": level},
        )  # fmt: skip
    tell_flood_task(task)
    return len(new)
