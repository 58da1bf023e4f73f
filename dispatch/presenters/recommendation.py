"""A proposal in the reader's words, ready for a console: each reason with its code, its numbers and its sentence."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dispatch.choices import AssignmentState, UnitStatus
from dispatch.presenters.road_words import ROAD_REASONS
from dispatch.rules.candidates import Candidate, Way
from dispatch.rules.needs import Need
from dispatch.rules.recommendation import Alternative, Proposed, Reason, Shortfall

Names = Mapping[str, str]
_Words = Callable[[Mapping[str, Any]], str]

_REASONS: Mapping[str, _Words] = {
    "type": lambda data: _("is a %(name)s") % data,
    "capability": lambda data: _("can do this: %(name)s") % data,
    "only_one": lambda _data: _("the only free one"),
    "quickest": lambda _data: _("there first"),
    "coverage_kept": lambda data: _(
        "%(unit)s would be there %(longer_s)d s earlier, but its district would be left with too few"
    ) % data,
    "position_known": lambda data: _(
        "%(unit)s might be there %(longer_s)d s earlier, but its position is old"
    ) % data,
    "way_straight": lambda data: _(
        "%(km)s km in a straight line, there in about %(minutes)d min"
    ) % data,
    "way_by_road": lambda data: _("%(km)s km by road, there in about %(minutes)d min") % data,
    "way_unknown": lambda _data: _("its way is not known"),
    "position_of_station": lambda data: _("position of its post %(station)s") % data,
    "position_stale": lambda data: _("position is %(minutes)d min old") % data,
    "status": lambda data: _("status: %(status)s") % data,
    "coverage_left": lambda data: ngettext(
        "leaves %(count)d such unit free in %(district)s", "leaves %(count)d such units free in %(district)s",
        data["count"],
    ) % data,
    "none_exists": lambda _data: _("there is no such unit"),
    "none_more": lambda _data: _("there are no more such units"),
    "none_in_service": lambda data: _("none in service: %(out)d out, %(reserved)d reserved") % data,
    "all_busy": lambda data: _(
        "all busy; %(unit)s on incident %(incident)s may be free in about %(minutes)d min"
    ) % data,
    "busy": lambda data: _("busy on incident %(incident)s: %(state)s") % data,
    "reserved": lambda _data: _("is reserved"),
    "out": lambda data: _("status: %(status)s") % data,
    "coverage": lambda data: _("kept for %(district)s") % data,
    **ROAD_REASONS,
}  # fmt: skip


def advice_present(
    *,
    needs: tuple[tuple[Need, int], ...],
    proposed: tuple[Proposed, ...],
    shortfalls: tuple[Shortfall, ...],
    alternatives: tuple[Alternative, ...],
    names: Names,
    units: Mapping[str, tuple[str, str]],
) -> dict[str, Any]:
    """The parts of a proposal; `names` of types, capabilities and posts, `units` name and agency by call sign."""
    return {
        "needs": [
            {
                "code": need.code, "kind": "type" if need.type_code else "capability", "name": _name(names, need),
                "count": need.count, "open": still_open, "reason": need.reason,
            }
            for need, still_open in needs
        ],
        "proposed": [_proposed(item, names, units) for item in proposed],
        "shortfalls": [
            {
                "need": item.need.code, "name": _name(names, item.need), "missing": item.missing,
                "reason": reason_present(item.reason, names),
            }
            for item in shortfalls
        ],
        "alternatives": [
            _unit(item.candidate, item.way, units)
            | {"need": item.need.code, "reason": reason_present(item.reason, names)}
            for item in alternatives
        ],
    }  # fmt: skip


def reason_present(reason: Reason, names: Names) -> dict[str, Any]:
    """A reason for programs and for people."""
    shown = dict(reason.data)
    if "code" in shown:
        shown["name"] = names.get(shown["code"], shown["code"])
    if "means" in shown:
        shown["means"] = [names.get(code, code) for code in shown["means"]]
    if "station" in shown:
        shown["station"] = names.get(f"station {shown['station']}", shown["station"])
    if "status" in shown:
        shown["status"] = UnitStatus(shown["status"]).label
    if "state" in shown:
        shown["state"] = AssignmentState(shown["state"]).label
    if "distance_m" in shown:
        shown["km"] = number_format(shown["distance_m"] / 1000, decimal_pos=1)
    for seconds in ("age_s", "free_in_s", "eta_s"):
        if seconds in shown:
            shown["minutes"] = max(1, round(shown[seconds] / 60))
    return {"code": reason.code, "data": dict(reason.data), "text": _REASONS[reason.code](shown)}


def _proposed(item: Proposed, names: Names, units: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return _unit(item.candidate, item.way, units) | {
        "rank": item.rank,
        "need": item.need.code,
        "leave_s": item.leave_s,
        "eta_s": None if item.eta_s is None else round(item.eta_s),
        "coverage_left": item.coverage_left,
        "reasons": [reason_present(reason, names) for reason in item.reasons],
    }


def _unit(item: Candidate, way: Way | None, units: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    name, agency = units.get(item.able.call_sign, ("", ""))
    return {
        "unit": item.able.call_sign,
        "name": name,
        "agency": agency,
        "type": item.able.type_code,
        "status": item.status,
        "freshness": item.freshness,
        "distance_m": None if way is None else round(way.distance_m),
        "travel_s": None if way is None else round(way.travel_s),
        "source": "" if way is None else way.source,
    }


def _name(names: Names, need: Need) -> str:
    return names.get(need.code, need.code)
