"""Calls and incidents whose every moment is written by hand, in seconds after eight o'clock of one day."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import Agency, User
from dispatch.choices import AssignmentState, CallState
from dispatch.models import (
    AgencyPart,
    AgencyPartTransition,
    Assignment,
    AssignmentTransition,
    Call,
    CallTransition,
    Incident,
    IncidentTransition,
    UnitStatusChange,
)
from tests import factories

# A Monday, eight o'clock in Jakarta.
EIGHT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
STATUSES = {AssignmentState.DISPATCHED: "DP", AssignmentState.ENROUTE: "ER", AssignmentState.ON_SCENE: "OS"}
_numbers = itertools.count(50_000)


def at(seconds: float | None) -> datetime | None:
    """A moment; None for what never happened."""
    return None if seconds is None else EIGHT + timedelta(seconds=seconds)


def moment(seconds: float) -> datetime:
    """A moment that did happen."""
    return EIGHT + timedelta(seconds=seconds)


def call(arrived: float, answered: float | None = None, *, lost: float | None = None, **values: Any) -> Call:
    """A call; `lost` is when the caller hung up in the queue. Closed unless `state` says otherwise."""
    defaults: dict[str, Any] = {"state": CallState.CLOSED, "call_class": "information", "caller_number": None}
    defaults |= values
    if defaults["state"] == CallState.CLOSED:
        last = max(when for when in (arrived, answered, lost) if when is not None)
        defaults.setdefault("closed_at", moment(last + 60))
    else:
        defaults["call_class"] = ""
    row = Call.objects.create(
        realm=factories.live_realm(), number=next(_numbers), arrived_at=moment(arrived), answered_at=at(answered),
        ended_at=defaults.pop("ended_at", at(lost)), **defaults,
    )  # fmt: skip
    steps = [("queued", arrived), ("abandoned", lost), ("answered", answered)]
    happened = sorted(((name, when) for name, when in steps if when is not None), key=lambda step: step[1])
    if row.state not in {name for name, _when in happened[-1:]}:
        happened.append((row.state, max(when for _name, when in happened)))
    old = ""
    for name, when in happened:
        _step(CallTransition, old, name, when, call=row)
        old = name
    return row


def incident(
    opened: float, *calls: Call, by: User, kind: str = "kebakaran", priority: str = "P1", **values: Any
) -> Incident:
    """An incident with the calls that told of it. Closed unless `state` says otherwise."""
    state = values.pop("state", "closed")
    is_open = state not in {"closed", "cancelled"}
    ends: dict[str, Any] = (
        {"owner": by, "next_step": "dispatch", "due_at": moment(opened + 3600)}
        if is_open
        else {"disposition": factories.disposition(), "closed_at": moment(opened + 3600)}
    )
    row = Incident.objects.create(
        realm=factories.live_realm(), number=next(_numbers), type=factories.incident_type(kind), priority=priority,
        state=state, opened_by=by, opened_at=moment(opened), changed_at=moment(opened), **ends, **values,
    )  # fmt: skip
    _step(IncidentTransition, "", state, opened, incident=row)
    for one in calls:
        one.incident, one.incident_created_at = row, moment(opened)
        one.save(update_fields=["incident", "incident_created_at"])
    return row


def part(of: Incident, told: float, answered: float | None, agency: Agency, **values: Any) -> AgencyPart:
    """An agency that was told, and when it answered."""
    state = "notified" if answered is None else "accepted"
    row = AgencyPart.objects.create(
        incident=of, agency=agency, priority=of.priority, origin="rule", state=state, notified_at=moment(told),
        answered_at=at(answered), **{"role": "dispatched", **values},
    )  # fmt: skip
    _step(AgencyPartTransition, "", "notified", told, part=row)
    if answered is not None:
        _step(AgencyPartTransition, "notified", state, answered, part=row)
    return row


def assignment(
    of: Incident, sent: float, enroute: float | None = None, there: float | None = None, *, unit: str, agency: Agency
) -> Assignment:
    """A unit on an incident, still at what it reached."""
    states = [(AssignmentState.DISPATCHED, sent), (AssignmentState.ENROUTE, enroute), (AssignmentState.ON_SCENE, there)]
    taken = [(state, when) for state, when in states if when is not None]
    car = factories.unit(unit, agency)
    car.status = STATUSES[taken[-1][0]]
    car.save(update_fields=["status"])
    row = Assignment.objects.create(
        realm=of.realm, incident=of, unit=car, state=taken[-1][0], made_at=moment(sent), reached_scene_at=at(there),
    )  # fmt: skip
    _step(UnitStatusChange, "AV", car.status, taken[-1][1], unit=car, assignment=row)
    old = ""
    for state, when in taken:
        _step(AssignmentTransition, old, state, when, assignment=row)
        old = state
    return row


def _step(model: Any, old: str, new: str, when: float, **of: Any) -> None:
    model.objects.create(old=old, new=new, occurred_at=moment(when), source="test", **of)
