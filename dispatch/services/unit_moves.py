"""The only writer of a unit's status: it writes the row and keeps the change with its time, actor and source.

A step of an assignment brings the unit's status along, whoever takes it: `moves` calls `unit_follow`. The database
compares both at the commit (`siaga_unit_has_change`, `siaga_unit_fits_work`).
"""

import uuid
from datetime import datetime, timedelta

from accounts.models import User
from accounts.services.audit import Actor
from common.errors import NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices import ENDED_ASSIGNMENT_STATES, UnitStatus
from dispatch.models import Assignment, Unit, UnitStatusChange
from dispatch.rules.stages import stage_of
from dispatch.rules.units import status_after
from realtime.models import Realm

UNIT_RELATED = ("realm", "agency", "type", "station", "account")


def unit_move(
    *, unit: Unit, to: UnitStatus, actor: Actor, at: datetime, reason: str = "", assignment: Assignment | None = None
) -> bool:
    """Change the status of a locked unit; whether it changed."""
    if unit.status == to:
        return False
    UnitStatusChange.objects.create(
        unit=unit, old=unit.status, new=to, occurred_at=at, actor=actor.user, source=actor.source,
        reason=reason[:200], assignment=assignment,
    )  # fmt: skip
    unit.status, unit.status_since, unit.status_source = to, at, actor.source
    unit.status_reason = reason[:200]
    unit.save(update_fields=["status", "status_since", "status_source", "status_reason"])
    return True


def unit_follow(*, assignment: Assignment, old_state: str, actor: Actor, at: datetime, reason: str = "") -> Unit:
    """Bring the unit to the status that a step of its work makes; locks it, after the incident and the assignment."""
    unit = unit_locked(unit_id=assignment.unit_id)
    to = status_after(assignment.state, before=assignment.status_before, old_state=old_state, present=unit.status)
    unit_move(unit=unit, to=UnitStatus(to), actor=actor, at=at, reason=reason, assignment=assignment)
    assignment.unit = unit
    return unit


def stage_plan(*, assignment: Assignment, at: datetime) -> None:
    """Set on the row until when its next step is due; does not save. Reads the unit's type and the incident."""
    kind = assignment.unit.type
    stage = stage_of(
        assignment.state, priority=assignment.incident.priority, turnout_s=kind.turnout_s if kind else None,
        eta_s=assignment.eta_s,
    )  # fmt: skip
    assignment.due_at = at + timedelta(seconds=stage.within_s) if stage else None
    assignment.is_overdue = False


def unit_locked(*, unit_id: int) -> Unit:
    """The row, locked until the transaction ends; raises NotFoundError."""
    unit = locked(Unit.objects.filter(pk=unit_id), *UNIT_RELATED)
    if unit is None:
        raise NotFoundError
    return unit


def unit_find(*, realm: Realm, call_sign: str) -> int:
    """The key of an active unit; raises ValidationError `unknown_unit`."""
    found = Unit.objects.filter(realm=realm, call_sign__iexact=call_sign, is_active=True).values_list("pk", flat=True)
    if not found:
        raise ValidationError(
            "unknown_unit", gettext_noop("There is no such unit."), {"fields": {"unit": [call_sign[:20]]}}
        )
    return found[0]


def unit_of(*, user: User, realm: Realm) -> int:
    """The key of the unit that a user is the account of; raises NotFoundError."""
    found = Unit.objects.filter(realm=realm, account=user, is_active=True).values_list("pk", flat=True).first()
    if found is None:
        raise NotFoundError
    return found


def live_of(*, unit_id: int) -> Assignment | None:
    """A unit's assignment that has not ended, not locked."""
    rows = Assignment.objects.select_related("incident", "made_by", "unit__type")
    return rows.filter(unit_id=unit_id).exclude(state__in=ENDED_ASSIGNMENT_STATES).first()


def live_key(*, unit_id: int) -> uuid.UUID | None:
    """The key of that assignment."""
    live = live_of(unit_id=unit_id)
    return live.pk if live else None
