"""Sending units, and what units report."""

import uuid

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from dispatch.actions.base import record
from dispatch.actions.telling import Telling
from dispatch.choices import AssignmentState, TimelineKind
from dispatch.models import Assignment
from dispatch.services.assignments import assignment_locked, assignment_step, state_derive, unit_assign, unit_get
from dispatch.services.incidents import incident_locked
from realtime.models import Realm


def unit_send(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID, call_sign: str) -> Assignment:
    """Send a unit; whoever sends the first one owns the incident from then on."""
    require(user, Permission.UNIT_ASSIGN)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        is_first = not incident.assignments.exists()
        row = unit_assign(incident=incident, unit=unit_get(call_sign=call_sign), actor=actor, at=at)
        if is_first and incident.owner_id != user.pk:
            incident.owner = user
            incident.save(update_fields=["owner"])
        state_derive(incident=incident, actor=actor, at=at)
        telling = Telling(realm, actor, at)
        telling.line(incident, TimelineKind.ASSIGNMENT, {"unit": row.unit.call_sign, "state": row.state})
        telling.assignment(row)
        telling.incident(incident)
        record(actor, "unit_sent", row, realm, {"unit": row.unit.call_sign, "incident": incident.number})
        telling.tell()
    return row


def assignment_report(
    *, user: User, source: str, realm: Realm, assignment_id: uuid.UUID, state: AssignmentState, reason: str = ""
) -> Assignment:
    """A unit's next step; the incident's state follows."""
    require(user, Permission.UNIT_ASSIGN)
    with transaction.atomic():
        actor = Actor(user, source)
        row = assignment_locked(realm=realm, assignment_id=assignment_id)
        incident = incident_locked(realm=realm, incident_id=row.incident_id)
        at = clock.now()
        row.incident = incident
        assignment_step(assignment=row, to=state, actor=actor, at=at, reason=reason)
        state_derive(incident=incident, actor=actor, at=at)
        telling = Telling(realm, actor, at)
        telling.line(incident, TimelineKind.ASSIGNMENT, {"unit": row.unit.call_sign, "state": row.state}, text=reason)
        telling.assignment(row)
        telling.incident(incident)
        record(actor, "assignment_changed", row, realm, {"unit": row.unit.call_sign, "state": row.state})
        telling.tell()
    return row
