"""What people do in a flood: answer for tasks, decide on warnings, block roads and open them again."""

import uuid
from typing import cast

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from common.errors import ConflictError, NotFoundError, gettext_noop
from common.locking import locked
from dispatch.actions.alerts import alert_issue, alert_update
from dispatch.actions.base import record
from dispatch.choices.alerts import AlertState
from dispatch.choices.floods import FloodTaskState, FloodWarningState
from dispatch.flood_publish import tell_flood_task, tell_flood_warning, tell_road_block
from dispatch.models import Alert, FloodTask, FloodWarning, RoadBlock
from dispatch.services.flood_drafts import alert_draft
from dispatch.services.floods import TASK_RELATED
from dispatch.services.road_blocks import BlockDraft, road_block_lift, road_block_make
from realtime.models import Realm


def task_done(*, user: User, source: str, realm: Realm, task_id: uuid.UUID, note: str = "") -> FloodTask:
    """A task is done; raises NotFoundError, ConflictError `task_answered`."""
    return _answer(Actor(user, source), realm, task_id, FloodTaskState.DONE, note)


def task_not_possible(*, user: User, source: str, realm: Realm, task_id: uuid.UUID, reason: str) -> FloodTask:
    """A task cannot be done, and why."""
    return _answer(Actor(user, source), realm, task_id, FloodTaskState.NOT_POSSIBLE, reason)


def warning_confirm(*, user: User, source: str, realm: Realm, warning_id: uuid.UUID) -> FloodWarning:
    """A person lets a proposed warning out; the one before about the same gauge is replaced by it."""
    require(user, Permission.WARNING_CONFIRM)
    with transaction.atomic():
        warning, at = _proposed(realm, warning_id), clock.now()
        draft = alert_draft(warning.draft, at=at)
        before = _holding(warning)
        if before is None:
            alert = alert_issue(user=user, source=source, realm=realm, draft=draft)
        else:
            alert = alert_update(user=user, source=source, realm=realm, alert_id=before.pk, draft=draft)
        warning.alert = alert
        _decide(warning, FloodWarningState.CONFIRMED, user, source, "")
    return warning


def warning_decline(*, user: User, source: str, realm: Realm, warning_id: uuid.UUID, reason: str) -> FloodWarning:
    """A person says why a proposed warning does not go out."""
    require(user, Permission.WARNING_CONFIRM)
    with transaction.atomic():
        warning = _proposed(realm, warning_id)
        _decide(warning, FloodWarningState.DECLINED, user, source, reason)
    return warning


def road_block(*, user: User, source: str, realm: Realm, draft: BlockDraft) -> RoadBlock:
    """Nobody, or not everybody, gets through there."""
    require(user, Permission.ROAD_BLOCK)
    with transaction.atomic():
        block = road_block_make(realm=realm, draft=draft, user=user, at=clock.now())
        record(Actor(user, source), "road_blocked", block, realm, {"reason": block.reason, "depth_cm": block.depth_cm})
        tell_road_block(block)
    return block


def road_open(*, user: User, source: str, realm: Realm, block_id: uuid.UUID, note: str) -> RoadBlock:
    """It is free again, and how that is known."""
    require(user, Permission.ROAD_BLOCK)
    with transaction.atomic():
        block = road_block_lift(realm=realm, block_id=block_id, user=user, note=note, at=clock.now())
        record(Actor(user, source), "road_opened", block, realm)
        tell_road_block(block)
    return block


def _answer(actor: Actor, realm: Realm, task_id: uuid.UUID, state: FloodTaskState, reason: str) -> FloodTask:
    user = cast("User", actor.user)
    require(user, Permission.FLOOD_WORK)
    with transaction.atomic():
        task = locked(FloodTask.objects.filter(realm=realm, pk=task_id), *TASK_RELATED)
        # An agency answers for its own tasks alone; another's is not there for it.
        is_theirs = task is not None and (user.may(Permission.INCIDENT_EDIT) or _is_own(task, user))
        if task is None or not is_theirs:
            raise NotFoundError
        if task.state != FloodTaskState.OPEN:
            raise ConflictError(
                "task_answered", gettext_noop("This task has been answered for already."),
                {"state": task.state, "answered_by": str(task.answered_by or "")},
            )  # fmt: skip
        if task.warning_id is not None:
            raise ConflictError("task_is_decision", gettext_noop("This task is done by deciding on the warning."))
        _task_end(task, state, user, reason)
        record(actor, f"flood_task_{state}", task, realm)
        tell_flood_task(task)
    return task


def _is_own(task: FloodTask, user: User) -> bool:
    return user.agency_id is not None and task.agency_id == user.agency_id


def _task_end(task: FloodTask, state: FloodTaskState, user: User, reason: str) -> None:
    task.state, task.reason, task.answered_at, task.answered_by = state, reason, clock.now(), user
    task.save(update_fields=["state", "reason", "answered_at", "answered_by"])


def _proposed(realm: Realm, warning_id: uuid.UUID) -> FloodWarning:
    rows = FloodWarning.objects.filter(realm=realm, pk=warning_id)
    warning = locked(rows, "realm", "change__gauge", "decided_by", "alert")
    if warning is None:
        raise NotFoundError
    if warning.state != FloodWarningState.PROPOSED:
        raise ConflictError(
            "warning_decided", gettext_noop("This warning has been decided on already."),
            {"state": warning.state, "decided_by": str(warning.decided_by or "")},
        )  # fmt: skip
    return warning


def _holding(warning: FloodWarning) -> Alert | None:
    """Our warning about the same gauge that still holds."""
    rows = Alert.objects.filter(
        pk__in=FloodWarning.objects.filter(change__gauge=warning.change.gauge).exclude(alert=None).values("alert"),
        state=AlertState.ACTIVE,
    )
    return rows.order_by("-sent_at").first()


def _decide(warning: FloodWarning, state: FloodWarningState, user: User, source: str, reason: str) -> None:
    warning.state, warning.decided_at, warning.decided_by, warning.reason = state, clock.now(), user, reason
    warning.save(update_fields=["state", "decided_at", "decided_by", "reason", "alert"])
    open_tasks = FloodTask.objects.filter(warning=warning, state=FloodTaskState.OPEN)
    task = locked(open_tasks, *TASK_RELATED)
    if task is not None:
        _task_end(task, FloodTaskState.DONE, user, reason)
    record(Actor(user, source), f"flood_warning_{state}", warning, warning.realm)
    tell_flood_warning(warning)
    if task is not None:
        tell_flood_task(task)
