"""Units on an incident's page: those that are on it, whom to send and why, and who else could go."""

from typing import Any

from django.http import HttpRequest

from accounts.permissions import Permission
from common import clock
from dispatch.choices import AssignmentState, OverrideReason
from dispatch.models import Assignment, Incident, Unit
from dispatch.presenters.story import label_of
from dispatch.rules.transitions import ASSIGNMENT_EDGES
from dispatch.rules.units import FREE
from dispatch.selectors.names import Names
from dispatch.selectors.recommendation import advice_read, recommendation_read
from dispatch.selectors.state import ASSIGNMENTS
from dispatch.views.base import user_of

ENDINGS = frozenset({AssignmentState.CANCELLED_ENROUTE, AssignmentState.REFUSED})


def units_of(request: HttpRequest, incident: Incident, names: Names) -> dict[str, Any]:
    """What the units' part of the page shows; proposals only to those who may send."""
    rows = [_on_it(row) for row in ASSIGNMENTS.select_related("diverted_to").filter(incident=incident)]
    shown = {"assignments": rows}
    if not incident.is_open or not user_of(request).may(Permission.UNIT_ASSIGN):
        return shown
    units = Unit.objects.filter(realm=incident.realm, is_active=True).select_related("agency").order_by("call_sign")
    busy = {row["item"].unit_id for row in rows if row["item"].ended_at is None}
    taken = Assignment.objects.filter(realm=incident.realm, ended_at=None).values_list("unit_id", flat=True)
    free = units.filter(status__in=FREE).exclude(pk__in=taken)
    return shown | {
        "has_units": bool(busy) or units.exists(),
        "free": list(free),
        "advice": _advice(request, incident, names),
        "override_reasons": [choice for choice in OverrideReason.choices if choice[0] != OverrideReason.UNSTATED],
    }


def _advice(request: HttpRequest, incident: Incident, names: Names) -> dict[str, Any]:
    text = request.GET.get("alarm", "")
    level = int(text) if text in {"1", "2", "3", "4", "5"} else _level(incident)
    advice = recommendation_read(realm=incident.realm, incident_id=incident.pk, alarm_level=level, at=clock.now())
    found = advice_read(advice, name_field=f"name_{names.language}")
    # Who is passed over for its district or an old position may go all the same; who is busy cannot.
    for item in found["alternatives"]:
        item["may_go"] = item["status"] in FREE and item["reason"]["code"] != "busy"
    found["is_met"] = found["has_card"] and not any(need["open"] for need in found["needs"])
    return found


def _level(incident: Incident) -> int:
    """The highest level that was sent so far."""
    levels = incident.assignments.values_list("alarm_level", flat=True)
    return max(levels, default=1)


def _on_it(item: Assignment) -> dict[str, Any]:
    """A unit on the incident with the steps that it can take now; being sent elsewhere is a form of its own."""
    order = AssignmentState.values
    edges = sorted(ASSIGNMENT_EDGES[item.state], key=order.index)
    return {
        "item": item,
        "steps": [
            {"code": to, "label": label_of(AssignmentState, to), "is_end": to in ENDINGS}
            for to in edges
            if to != AssignmentState.DIVERTED
        ],
        "may_divert": AssignmentState.DIVERTED in edges,
        "override": label_of(OverrideReason, item.override_reason) if item.override_reason else "",
    }
