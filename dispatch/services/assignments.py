"""Units on incidents. A unit's step makes the incident's state; nobody types that."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.services.audit import Actor
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices import ENDED_ASSIGNMENT_STATES, AssignmentState, IncidentState
from dispatch.models import Assignment, Call, Incident, Unit
from dispatch.rules.derived import AT_WORK, state_from
from dispatch.services.follow import FIELDS as FOLLOW_FIELDS
from dispatch.services.follow import open_require, step_plan
from dispatch.services.moves import assignment_begin, assignment_move, incident_move
from realtime.models import Realm


def unit_assign(*, incident: Incident, unit: Unit, actor: Actor, at: datetime) -> Assignment:
    """Send a unit. `incident` must be locked.

    Of many who try for one unit at once one gets it: the constraint decides. Raises ConflictError `unit_taken` with
    the number of the incident that has it, `incident_closed`.
    """
    open_require(incident)
    assignment = Assignment(
        realm=incident.realm, incident=incident, unit=unit, state=AssignmentState.DISPATCHED, made_by=actor.user,
        made_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            assignment_begin(assignment=assignment, actor=actor, at=at)
    except IntegrityError as error:
        other = Assignment.objects.select_related("incident", "made_by").filter(
            realm=incident.realm, unit=unit
        ).exclude(state__in=ENDED_ASSIGNMENT_STATES).first()  # fmt: skip
        if other is None:  # it has ended since: now the unit can be had
            return unit_assign(incident=incident, unit=unit, actor=actor, at=at)
        raise ConflictError(
            "unit_taken",
            gettext_noop("%(unit)s is on incident %(number)s already, sent by %(who)s."),
            {"unit": unit.call_sign, "number": other.incident.number, "who": str(other.made_by or "–")},
        ) from error
    Call.objects.filter(incident=incident, first_dispatch_at=None).update(first_dispatch_at=at)
    return assignment


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
    return assignment_move(
        assignment=assignment, to=to, actor=actor, at=at, reason=reason, fields=["reached_scene_at", "ended_at"]
    )


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
    row = locked(Assignment.objects.filter(pk=assignment_id), "unit__agency", "realm", "made_by")
    if row is None:
        raise NotFoundError
    return row


def unit_get(*, call_sign: str) -> Unit:
    """An active unit; raises ValidationError."""
    unit = Unit.objects.select_related("agency").filter(call_sign__iexact=call_sign, is_active=True).first()
    if unit is None:
        raise ValidationError(
            "unknown_unit", gettext_noop("There is no such unit."), {"fields": {"unit": [call_sign[:20]]}}
        )
    return unit
