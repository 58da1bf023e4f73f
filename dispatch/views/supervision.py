"""Targets and the room: pages to read."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.permissions import Permission
from cameras.publish import summary as camera_figures
from common import clock
from dispatch.choices import IncidentState, PresenceState, UnitStatus
from dispatch.choices.supervision import TargetGroup
from dispatch.selectors.names import Names
from dispatch.selectors.room import room_read
from dispatch.selectors.targets import SPAN_MAX, Figure, day_start, figures_read
from dispatch.views.base import live, needs, show, user_of

DAYS_SHOWN = 6
DOWN_SHARE = 0.05  # of six thousand cameras some are always down; more than these are worth a colour
# Far beyond them the calendar of Python ends.
YEARS = range(1990, 2200)


@needs(Permission.SUPERVISION_VIEW)
def targets(request: HttpRequest) -> HttpResponse:
    """How far each target was met in some days, all together or told apart."""
    realm, at, names = live(), clock.now(), Names()
    first, last = _days(request)
    group = request.GET.get("by", "")
    chosen = TargetGroup(group) if group in TargetGroup.values else TargetGroup.ALL
    found = figures_read(
        realm=realm, start=day_start(first), end=day_start(last + timedelta(days=1)), at=at, group=chosen
    )
    context = {
        "names": names,
        "from": first.isoformat(),
        "until": last.isoformat(),
        "groups": TargetGroup.choices,
        "chosen": chosen,
        "is_grouped": chosen != TargetGroup.ALL,
        "rows": [(figure, _group_words(chosen, figure, names)) for figure in found],
    }
    return show(request, "work/supervision/targets.html", context, realm=realm)


@needs(Permission.REPORT_VIEW)
def room(request: HttpRequest) -> HttpResponse:
    """The wallboard. Who does what is shown to supervisors; everybody else sees figures without names."""
    realm, at = live(), clock.now()
    found = room_read(realm=realm, at=at)
    cameras = camera_figures() if user_of(request).may(Permission.CAMERA_VIEW) else None
    seen = {code for row in found.units for code in row.statuses}
    context = {
        "room": found,
        "doing": _doing(found.doing),
        "states": [(IncidentState(state).label, count) for state, count in found.states.items()],
        "statuses": [(code, label) for code, label in UnitStatus.choices if code in seen],
        "cameras": cameras,
        "many_down": cameras is not None and cameras.down > DOWN_SHARE * (cameras.up + cameras.degraded + cameras.down),
        "sees_people": user_of(request).may(Permission.SUPERVISION_VIEW),
    }
    return show(request, "work/supervision/room.html", context, realm=realm)


def _days(request: HttpRequest) -> tuple[date, date]:
    today = timezone.localdate(clock.now())
    last = _day(request.GET.get("until")) or today
    first = _day(request.GET.get("from")) or last - timedelta(days=DAYS_SHOWN)
    return (first, last) if timedelta() <= last - first < SPAN_MAX else (last, last)


def _day(text: str | None) -> date | None:
    try:
        day = parse_date(text or "")
    except ValueError:
        return None
    return day if day is not None and day.year in YEARS else None


def _group_words(group: TargetGroup, figure: Figure, names: Names) -> str:
    if group == TargetGroup.TYPE:
        return names.type(figure.group)
    if group == TargetGroup.AGENCY:
        return names.agency(figure.group)
    return f"{figure.group}:00" if group == TargetGroup.HOUR else figure.group


def _doing(counts: dict[str, int]) -> dict[str, Any]:
    talking = counts.get("answered", 0) + counts.get("held", 0)
    return {
        "talking": talking,
        "ringing": counts.get("offered", 0),
        "writing": counts.get("wrap_up", 0) + counts.get("ended", 0),
        "ready": counts.get(PresenceState.READY, 0),
        "paused": counts.get(PresenceState.PAUSED, 0),
    }
