"""What a unit, or somebody for it, says about itself: status, crew, emergency. Its work ends by none of this."""

import uuid
from datetime import datetime

from accounts.services.audit import Actor
from common.errors import NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices import ENDED_ASSIGNMENT_STATES, UnitAlarmKind, UnitStatus
from dispatch.models import Assignment, Unit, UnitAlarm
from dispatch.rules.units import BEFALLS, NEEDS_REASON, status_told
from dispatch.services.unit_alarms import alarm_raise, emergency_end, emergency_press, status_after_emergency
from dispatch.services.unit_moves import live_of, unit_move


def status_set(
    *, unit: Unit, to: UnitStatus, actor: Actor, at: datetime, reason: str = ""
) -> tuple[bool, UnitAlarm | None]:
    """Take a status by word; whether it changed, and the alarm where the unit dropped out in the middle of its work.

    `unit` must be locked. Raises ConflictError `unit_on_assignment`, `unit_without_work`, `unit_in_distress`,
    ValidationError `reason_missing`.
    """
    if to in NEEDS_REASON and not reason.strip():
        raise ValidationError(
            "reason_missing", gettext_noop("Say why."), {"fields": {"reason": [gettext_noop("Say why.")]}}
        )
    live = live_of(unit_id=unit.pk)
    status = status_told(to, present=unit.status, live_state=live.state if live else None)
    has_changed = unit_move(unit=unit, to=UnitStatus(status), actor=actor, at=at, reason=reason)
    if not has_changed or live is None or status not in BEFALLS:
        return has_changed, None
    alarm, _is_new = alarm_raise(
        unit=unit, kind=UnitAlarmKind.OUT_OF_SERVICE, about_at=at, at=at, assignment=live, reason=reason
    )
    return has_changed, alarm


def crew_set(*, unit: Unit, crew_count: int, crew_text: str, radio: str, contact: str) -> Unit:
    """Who is on this shift. `unit` must be locked."""
    unit.crew_count, unit.crew_text, unit.radio, unit.contact = crew_count, crew_text, radio, contact
    unit.save(update_fields=["crew_count", "crew_text", "radio", "contact"])
    return unit


def distress_begin(*, unit: Unit, actor: Actor, at: datetime, reason: str = "") -> UnitAlarm:
    """The emergency button: the status and the alarm. `unit` must be locked."""
    alarm = emergency_press(unit=unit, assignment=live_of(unit_id=unit.pk), at=at, reason=reason)
    unit_move(unit=unit, to=UnitStatus.PN, actor=actor, at=at, reason=reason)
    return alarm


def distress_end(*, unit: Unit, alarm: UnitAlarm, actor: Actor, at: datetime, reason: str) -> UnitAlarm:
    """The unit is safe: it stands as its work says, or as before. Both must be locked."""
    if actor.user is None:
        raise NotFoundError
    emergency_end(alarm=alarm, user=actor.user, at=at, reason=reason)
    to = status_after_emergency(alarm, live_of(unit_id=unit.pk))
    unit_move(unit=unit, to=to, actor=actor, at=at, reason=reason)
    return alarm


def live_locked(*, unit_id: int, incident_id: uuid.UUID) -> Assignment | None:
    """A unit's live assignment on an incident that is locked, locked."""
    rows = Assignment.objects.filter(unit_id=unit_id, incident_id=incident_id)
    return locked(
        rows.exclude(state__in=ENDED_ASSIGNMENT_STATES),
        "unit__agency", "unit__type", "realm", "made_by", "destination", "diverted_to",
    )  # fmt: skip
