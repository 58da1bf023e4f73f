"""The page of the rivers: gauges, warnings to decide on, tasks, blocked roads. Everything is done through the API."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.permissions import Permission
from common import clock
from dispatch.choices.floods import FloodTaskState, RoadBlockReason, RoadBlockSource
from dispatch.models import FloodEpisode, FloodTask, GaugeReading
from dispatch.selectors.flood_banner import gauge_is_stale, waves_shown
from dispatch.selectors.floods import TASKS, gauges_active, road_blocks_open, tasks_open, warnings_open
from dispatch.services.gauge_state import UNUSED
from dispatch.views.base import ROWS_MAX, live, needs, show, user_of
from realtime.models import Realm

CURVE = timedelta(hours=24)
ANSWERED_MAX = 50


@needs(Permission.GAUGE_VIEW)
def flood(request: HttpRequest) -> HttpResponse:
    """What stands how high, where the water goes, and what is to be done."""
    realm, user, at = live(), user_of(request), clock.now()
    answered = TASKS.filter(realm=realm).exclude(state=FloodTaskState.OPEN).order_by("-answered_at")
    context = {
        "episode": FloodEpisode.objects.filter(realm=realm, ended_at=None).first(),
        "gauges": _gauges(realm, at),
        "warnings": list(warnings_open(realm=realm)) if user.may(Permission.ALERT_VIEW) else [],
        "tasks": [(task, _is_ours(task, user)) for task in tasks_open(realm=realm)[:ROWS_MAX]],
        "answered": [(task, False) for task in answered[:ANSWERED_MAX]],
        "roads": road_blocks_open(realm=realm)[:ROWS_MAX],
        "reasons": RoadBlockReason.choices,
        "sources": RoadBlockSource.choices,
    }
    return show(request, "work/flood.html", context, realm=realm)


def _gauges(realm: Realm, at: datetime) -> list[dict[str, Any]]:
    gauges = list(gauges_active(realm=realm))
    curves: dict[Any, list[tuple[datetime, float]]] = {}
    rows = GaugeReading.objects.filter(gauge__in=gauges, measured_at__gte=at - CURVE).exclude(mark__in=UNUSED)
    for gauge_id, measured_at, height_cm in rows.order_by("measured_at").values_list(
        "gauge_id", "measured_at", "height_cm"
    ):
        curves.setdefault(gauge_id, []).append((measured_at, height_cm))
    return [
        {
            "gauge": gauge, "is_stale": gauge_is_stale(gauge, at), "waves": waves_shown(gauge),
            "readings": curves.get(gauge.pk, []),
        }
        for gauge in gauges
    ]  # fmt: skip


def _is_ours(task: FloodTask, user: User) -> bool:
    if not user.may(Permission.FLOOD_WORK):
        return False
    return user.may(Permission.INCIDENT_EDIT) or (task.agency_id is not None and task.agency_id == user.agency_id)
