"""Units on incidents. A unit's step makes the incident's state; nobody types that."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.services.audit import Actor
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices import ENDED_ASSIGNMENT_STATES, AssignmentState, IncidentState
from dispatch.models import Assignment, Call, Incident
from dispatch.rules.derived import AT_WORK, state_from
from dispatch.rules.units import sending_require
from dispatch.services.follow import FIELDS as FOLLOW_FIELDS
from dispatch.services.follow import open_require, step_plan
from dispatch.services.moves import assignment_begin, assignment_move, incident_move
from dispatch.services.unit_moves import live_of, unit_find, unit_locked
from realtime.models import Realm

STEP_FIELDS = ("reached_scene_at", "ended_at", "diverted_to", "destination", "destination_text")
ASSIGNMENT_RELATED = ("unit__agency", "unit__type", "realm", "made_by", "destination", "diverted_to")


@dataclass(frozen=True, slots=True)
class Sending:
    """What was known and proposed when a unit was sent, and why somebody else was taken."""

    eta_s: int | None = None
    alarm_level: int = 1
    proposed_rank: int | None = None
    override_reason: str = ""
    override_note: str = ""
    proposal: Mapping[str, Any] = field(default_factory=dict)


def unit_assign(
    *, incident: Incident, call_sign: str, actor: Actor, at: datetime, sending: Sending | None = None
) -> Assignment:
    """Send a unit. `incident` must be locked; the unit is locked here.

    Of many who try for one unit at once one gets it. Raises ConflictError `unit_taken` with the number of the
    incident that has it and who sent it there, `unit_unavailable`, `incident_closed`, ValidationError `unknown_unit`.
    """
    open_require(incident)
    unit = unit_locked(unit_id=unit_find(realm=incident.realm, call_sign=call_sign))
    _free_require(unit.pk, unit.call_sign)
    sending_require(unit.status, unit.call_sign)
    sending = sending or Sending()
    assignment = Assignment(
        realm=incident.realm, incident=incident, unit=unit, state=AssignmentState.DISPATCHED, made_by=actor.user,
        made_at=at, eta_s=sending.eta_s, alarm_level=sending.alarm_level, proposed_rank=sending.proposed_rank,
        override_reason=sending.override_reason, override_note=sending.override_note[:200],
        proposal=dict(sending.proposal),
    )  # fmt: skip
    try:
        with transaction.atomic():
            assignment_begin(assignment=assignment, actor=actor, at=at)
    except IntegrityError:
        # Only where somebody wrote past the lock: the constraint decides then.
        _free_require(unit.pk, unit.call_sign)
        raise
    Call.objects.filter(incident=incident, first_dispatch_at=None).update(first_dispatch_at=at)
    return assignment


def _free_require(unit_id: int, call_sign: str) -> None:
    other = live_of(unit_id=unit_id)
    if other is not None:
        raise ConflictError(
            "unit_taken",
            gettext_noop("%(unit)s is on incident %(number)s already, sent by %(who)s."),
            {"unit": call_sign, "number": other.incident.number, "who": str(other.made_by or "–")},
        )


def assignment_step(
    *, assignment: Assignment, to: AssignmentState, actor: Actor, at: datetime, reason: str = ""
) -> Assignment:
    """Take one step of an assignment. `assignment` must be locked; `reason` is needed where a unit refuses."""
    if to == AssignmentState.REFUSED and not reason.strip():
        raise ValidationError(
            "reason_missing", gettext_noop("Say why."), {"fields": {"reason": [gettext_noop("Say why.")]}}
        )
    if to in AT_WORK and assignment.reached_scene_at is None:
        assignment.reached_scene_at = at
    if to in ENDED_ASSIGNMENT_STATES:
        assignment.ended_at = at
    return assignment_move(assignment=assignment, to=to, actor=actor, at=at, reason=reason, fields=STEP_FIELDS)


def state_derive(*, incident: Incident, actor: Actor, at: datetime) -> bool:
    """Bring a locked incident to the state that its units make; whether it changed."""
    # What ended before the incident was opened again says nothing of how it stands now.
    since = incident.reopened_at or incident.opened_at
    rows = [
        (row.state, row.reached_scene_at is not None)
        for row in incident.assignments.all()
        if row.ended_at is None or row.ended_at >= since
    ]
    state = state_from(incident.state, rows)
    if state == incident.state:
        return False
    old, incident.state = incident.state, state
    step_plan(incident, at=at)
    incident.state = old
    incident_move(incident=incident, to=IncidentState(state), actor=actor, at=at, reason="units", fields=FOLLOW_FIELDS)
    return True


def assignment_locked(*, realm: Realm, assignment_id: uuid.UUID) -> Assignment:
    """The row, locked, after its incident's; raises NotFoundError."""
    found = Assignment.objects.filter(realm=realm, pk=assignment_id).values_list("incident_id", flat=True).first()
    if found is None:
        raise NotFoundError
    locked(Incident.objects.filter(pk=found))
    row = locked(Assignment.objects.filter(pk=assignment_id), *ASSIGNMENT_RELATED)
    if row is None:
        raise NotFoundError
    return row
