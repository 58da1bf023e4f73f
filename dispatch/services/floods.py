"""What follows from levels: the flood as a whole, its tasks, and warnings for a person to decide on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, override

from common.locking import locked_all
from dispatch.choices.floods import FloodTaskState, FloodWarningState, SiagaLevel
from dispatch.models import FloodEpisode, FloodTask, FloodTaskPlan, FloodWarning, Gauge, GaugeLevelChange
from dispatch.rules.waves import reached
from dispatch.services.flood_drafts import draft_of
from dispatch.services.gauge_state import River, Settled
from realtime.models import Realm

DECIDE_WITHIN = timedelta(minutes=10)


@dataclass(slots=True)
class Followed:
    """What came of it: tasks that are new or overtaken, and warnings that are proposed or overtaken."""

    tasks: list[FloodTask] = field(default_factory=list)
    warnings: list[FloodWarning] = field(default_factory=list)


def floods_follow(*, realm: Realm, settled: Sequence[Settled], river: River, at: datetime) -> Followed:
    """Open or end the flood, make each planned task once, and propose warnings. Repeating it makes nothing twice."""
    followed = Followed()
    for one in settled:
        level = reached(one.course.level, one.waves)
        if level < SiagaLevel.IV:
            episode = episode_open(realm=realm, at=at)
            followed.tasks += _tasks_make(episode, one.gauge, level, at)
            crest = _crest(one, at)
            if crest is not None:
                _propose(episode, crest, river, at, followed=followed)
    episode_end(realm=realm, at=at)
    return followed


def episode_open(*, realm: Realm, at: datetime) -> FloodEpisode:
    """The flood that goes on, or a new one."""
    return FloodEpisode.objects.get_or_create(realm=realm, ended_at=None, defaults={"started_at": at})[0]


def episode_end(*, realm: Realm, at: datetime) -> None:
    """The flood is over once every river is back at Siaga IV and no water is on its way. Open tasks stay open."""
    high = Gauge.objects.filter(Q(level__lt=SiagaLevel.IV) | ~Q(waves=[]), realm=realm, is_active=True)
    if not high.exists():
        FloodEpisode.objects.filter(realm=realm, ended_at=None).update(ended_at=at)


def task_locked_close(*, task: FloodTask, state: FloodTaskState, at: datetime) -> None:
    """End a locked task that nobody answered by itself."""
    task.state, task.answered_at = state, at
    task.save(update_fields=["state", "answered_at"])


def _tasks_make(episode: FloodEpisode, gauge: Gauge, level: int, at: datetime) -> list[FloodTask]:
    plans = FloodTaskPlan.objects.filter(
        Q(gauge=None) | Q(gauge=gauge), is_active=True, level__gte=level, level__lt=SiagaLevel.IV
    ).exclude(tasks__episode=episode)
    made = []
    for plan in plans.select_related("agency").order_by("-level", "order", "pk"):
        task, is_new = FloodTask.objects.get_or_create(
            episode=episode, plan=plan,
            defaults={
                "realm": episode.realm, "gauge": gauge, "level": plan.level, "agency": plan.agency,
                "text_id": plan.text_id, "text_en": plan.text_en, "made_at": at,
                "due_at": at + timedelta(seconds=plan.due_s),
            },
        )  # fmt: skip
        if is_new:
            made.append(task)
    return made


def _crest(one: Settled, at: datetime) -> GaugeLevelChange | None:
    """The gravest rise told now that asks for a warning: it lasts, or its water is still on its way."""
    limit = one.gauge.warn_from_level
    rises = [
        change
        for change in one.changes
        if limit is not None and change.new <= limit and (change.old is None or change.new < change.old)
    ]
    on_its_way = {wave.left_at for wave in one.waves}
    lasting = [
        change
        for change in rises
        if change.told_at == at and (change.ended_at is None or change.measured_at in on_its_way)
    ]
    return min(lasting, key=lambda change: (change.new, -change.measured_at.timestamp()), default=None)


def _propose(
    episode: FloodEpisode, change: GaugeLevelChange, river: River, at: datetime, *, followed: Followed
) -> None:
    gauge = change.gauge
    if FloodWarning.objects.filter(change=change).exists():
        return
    waiting = FloodWarning.objects.filter(change__gauge=gauge, state=FloodWarningState.PROPOSED)
    for old in locked_all(waiting, "realm", "change__gauge", "decided_by", "task"):
        _overtake(old, followed, at)
    with transaction.atomic():
        warning = FloodWarning.objects.create(
            realm=gauge.realm, change=change, draft=draft_of(gauge=gauge, change=change, river=river, at=at),
            proposed_at=at,
        )  # fmt: skip
        task = FloodTask.objects.create(
            realm=gauge.realm, episode=episode, gauge=gauge, level=change.new, warning=warning, made_at=at,
            due_at=at + DECIDE_WITHIN, text_id=_decide("id", gauge), text_en=_decide("en", gauge),
        )  # fmt: skip
    followed.warnings.append(warning)
    followed.tasks.append(task)


def _overtake(warning: FloodWarning, followed: Followed, at: datetime) -> None:
    warning.state, warning.decided_at = FloodWarningState.REPLACED, at
    warning.save(update_fields=["state", "decided_at"])
    followed.warnings.append(warning)
    for task in locked_all(FloodTask.objects.filter(warning=warning, state=FloodTaskState.OPEN), *TASK_RELATED):
        task_locked_close(task=task, state=FloodTaskState.OVERTAKEN, at=at)
        followed.tasks.append(task)


TASK_RELATED = ("realm", "gauge", "agency", "answered_by", "warning")


def _decide(language: str, gauge: Gauge) -> str:
    with override(language):
        return gettext("Decide whether the proposed warning for %(gauge)s goes out.") % {"gauge": gauge.name}
