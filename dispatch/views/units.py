"""Units: the board of all of them, and the page of one crew on its own device."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime

from accounts.permissions import Permission
from common import clock
from common.errors import NotFoundError
from dispatch.choices import ENDED_ASSIGNMENT_STATES, AssignmentState, UnitAvailability, UnitStatus
from dispatch.models import Assignment, Unit, UnitAlarm
from dispatch.presenters.story import label_of
from dispatch.presenters.units import capabilities_of
from dispatch.rules.positions import freshness
from dispatch.rules.units import AVAILABILITY, HELD, NEEDS_REASON, WORKING
from dispatch.selectors.names import Names
from dispatch.selectors.state import UNIT_ALARMS
from dispatch.selectors.units import own_unit_read
from dispatch.views.base import live, needs, show, user_of
from realtime.models import Realm

WORK_STATES = [state for state in AssignmentState if state not in ENDED_ASSIGNMENT_STATES]

USUAL = {
    "dispatched": "acknowledged", "acknowledged": "enroute", "enroute": "on_scene", "staged": "on_scene",
    "on_scene": "cleared", "transporting": "at_destination", "at_destination": "cleared",
}  # fmt: skip


@needs(Permission.UNIT_VIEW)
def units(request: HttpRequest) -> HttpResponse:
    """All units in service, the alarms about them, and one of them with what can be said of it."""
    realm, at, names = live(), clock.now(), Names()
    rows = list(_units(realm))
    chosen = request.GET.get("show", "")
    shown = [row for row in rows if not chosen or AVAILABILITY[row.status] == chosen]
    call_sign = request.GET.get("unit", "").upper()
    unit = next((row for row in rows if row.call_sign == call_sign), None)
    context = {
        "names": names,
        "units": [_row(row, at) for row in shown],
        "chosen": chosen,
        "total": len(rows),
        "kinds": [
            (code, label, sum(1 for row in rows if AVAILABILITY[row.status] == code))
            for code, label in UnitAvailability.choices
        ],
        "unit": _row(unit, at) if unit else None,
        "able": [names.capability(code) for code in capabilities_of(unit)] if unit else [],
        "statuses": _statuses(unit) if unit else [],
        "alarms": _alarms(realm),
    }
    return show(request, "work/units.html", context, realm=realm)


@needs(Permission.UNIT_REPORT)
def own_unit(request: HttpRequest) -> HttpResponse:
    """How a crew's unit stands, what it is on, and one button for each thing it may say."""
    realm, names = live(), Names()
    try:
        found = own_unit_read(realm=realm, user=user_of(request))
    except NotFoundError:
        return show(request, "work/own_unit.html", {"unit": None}, realm=realm)
    work, incident, emergency = found["assignment"], found["incident"], found["emergency"]
    context = {
        "names": names,
        "unit": found["unit"] | {
            "look": look_of(found["unit"]["status"]),
            "status_name": label_of(UnitStatus, found["unit"]["status"]),
            "status_since": _moment(found["unit"]["status_since"]),
            "agency_name": names.agency(found["unit"]["agency"]),
        },
        "work": work and work | {
            "state_name": label_of(AssignmentState, work["state"]), "due_at": _moment(work["due_at"])
        },
        "incident": incident and incident | {"type_name": incident[f"type_name_{names.language}"]},
        "steps": _steps(found["steps"], work["state"]) if work else [],
        "can_refuse": "refused" in found["steps"],
        "has_destination": "transporting" in found["steps"],
        "statuses": [
            (code, label_of(UnitStatus, code)) for code in found["statuses"] if code not in NEEDS_REASON
        ],
        "statuses_with_reason": [
            (code, label_of(UnitStatus, code)) for code in found["statuses"] if code in NEEDS_REASON
        ],
        "emergency": emergency and emergency | {"raised_at": _moment(emergency["raised_at"])},
    }  # fmt: skip
    return show(request, "work/own_unit.html", context, realm=realm)


def _units(realm: Realm) -> QuerySet[Unit]:
    live_ones = Assignment.objects.filter(state__in=WORK_STATES).select_related("incident__type")
    rows = Unit.objects.filter(realm=realm, is_active=True).select_related("agency", "type", "station", "position")
    return rows.prefetch_related(Prefetch("assignments", live_ones, to_attr="live_ones")).order_by("call_sign")


def look_of(status: str) -> str:
    """How a status is drawn: at work and in distress are more than not available."""
    if status == UnitStatus.PN:
        return "distress"
    return "at-work" if status in WORKING else str(AVAILABILITY[status])


def _steps(codes: list[str], state: str) -> list[tuple[str, str]]:
    """A crew's next steps, the usual one first; refusing is a form of its own."""
    order = sorted(codes, key=lambda code: code != USUAL.get(state))
    return [(code, label_of(AssignmentState, code)) for code in order if code != AssignmentState.REFUSED]


def _row(unit: Unit, at: datetime) -> dict[str, Any]:
    position = getattr(unit, "position", None)
    work: list[Assignment] = unit.live_ones  # type: ignore[attr-defined]  # prefetched above
    return {
        "unit": unit,
        "look": look_of(unit.status),
        "work": work[0] if work else None,
        "position": position,
        "freshness": freshness(position.measured_at if position else None, at),
    }


def _statuses(unit: Unit) -> list[tuple[str, str, bool]]:
    """What a desk may say of a unit, each with whether a reason is needed: its work has steps of its own."""
    live_ones: list[Assignment] = unit.live_ones  # type: ignore[attr-defined]  # prefetched above
    if unit.status == UnitStatus.PN:
        return []
    if live_ones:
        offered = ["AVM"] if unit.status in HELD else ["OO", "UM"]
    else:
        offered = [code for code in UnitStatus.values if code not in WORKING and code not in {"PN", unit.status}]
    return [(code, label_of(UnitStatus, code), code in NEEDS_REASON) for code in offered]


def _alarms(realm: Realm) -> list[UnitAlarm]:
    rows = UNIT_ALARMS.select_related("incident").filter(realm=realm, ended_at=None)
    emergency = Q(kind="emergency")
    return [*rows.filter(emergency).order_by("raised_at"), *rows.exclude(emergency).order_by("raised_at")]


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
