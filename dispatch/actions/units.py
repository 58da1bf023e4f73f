"""Sending units, and what units report of their work."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from common.errors import ConflictError, NotFoundError, SiagaError, ValidationError, gettext_noop
from dispatch.actions.base import record
from dispatch.actions.telling import Telling
from dispatch.choices import AssignmentState, OverrideReason, TimelineKind, UnitAlarmKind
from dispatch.models import Assignment, Incident, UnitAlarm
from dispatch.selectors.recommendation import Advice, proposal_kept, recommendation_read
from dispatch.services.assignments import Sending, assignment_locked, assignment_step, state_derive, unit_assign
from dispatch.services.incidents import incident_locked, place_get
from dispatch.services.links import both_locked
from dispatch.services.unit_alarms import alarm_raise
from realtime.models import Realm

UNITS_MAX = 30


@dataclass(frozen=True, slots=True)
class Override:
    """Why somebody else is sent than was proposed. Nobody is kept waiting for it: what is not said is counted so."""

    reason: str = ""
    note: str = ""


@dataclass(slots=True)
class Sent:
    """Which units are on their way, and which are not, each with its reason."""

    rows: list[Assignment] = field(default_factory=list)
    refused: list[tuple[str, SiagaError]] = field(default_factory=list)


def unit_send(
    *,
    user: User,
    source: str,
    realm: Realm,
    incident_id: uuid.UUID,
    call_sign: str,
    alarm_level: int = 1,
    override: Override | None = None,
) -> Assignment:
    """Send one unit; raises ConflictError `unit_taken` or `unit_unavailable`, ValidationError `unknown_unit`."""
    return units_send(
        user=user, source=source, realm=realm, incident_id=incident_id, call_signs=[call_sign],
        alarm_level=alarm_level, override=override,
    ).rows[0]  # fmt: skip


def units_send(
    *,
    user: User,
    source: str,
    realm: Realm,
    incident_id: uuid.UUID,
    call_signs: Sequence[str],
    alarm_level: int = 1,
    override: Override | None = None,
) -> Sent:
    """Send units at once: each that can go goes, and who cannot is named with the reason.

    Help is not held back because one of four is gone already. Only when none can go is the first refusal raised.
    Whoever sends the first unit owns the incident from then on.
    """
    require(user, Permission.UNIT_ASSIGN)
    wanted = list(dict.fromkeys(name.upper() for name in call_signs))
    if not 0 < len(wanted) <= UNITS_MAX:
        raise ValidationError(
            "units_missing", gettext_noop("Name one unit or more."), {"fields": {"units": [str(len(wanted))]}}
        )
    # Before the transaction, and without asking a router: what it said to the proposal on the screen is remembered.
    advice = recommendation_read(
        realm=realm, incident_id=incident_id, alarm_level=alarm_level, at=clock.now(), may_ask=False
    )
    sent = Sent()
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        is_first = not incident.assignments.exists()
        for name in sorted(wanted):
            sending = sending_of(advice, name, override or Override())
            try:
                row = unit_assign(incident=incident, call_sign=name, actor=actor, at=at, sending=sending)
            except (ConflictError, ValidationError) as error:
                if error.code == "incident_closed":
                    raise
                sent.refused.append((name, error))
            else:
                sent.rows.append(row)
        if not sent.rows:
            raise sent.refused[0][1]
        if is_first and incident.owner_id != user.pk:
            incident.owner = user
            incident.save(update_fields=["owner"])
        state_derive(incident=incident, actor=actor, at=at)
        telling = Telling(realm, actor, at)
        for row in sent.rows:
            _sent_tell(telling, incident, row)
            record(actor, "unit_sent", row, realm, _sent_data(row))
        telling.incident(incident)
        telling.tell()
    return sent


def unit_divert(
    *, user: User, source: str, realm: Realm, assignment_id: uuid.UUID, incident_id: uuid.UUID, reason: str
) -> Assignment:
    """Take a unit off one incident and send it to another, in one act; whoever owns the first is told."""
    require(user, Permission.UNIT_ASSIGN)
    if not reason.strip():
        raise ValidationError(
            "reason_missing", gettext_noop("Say why."), {"fields": {"reason": [gettext_noop("Say why.")]}}
        )
    left_id = Assignment.objects.filter(realm=realm, pk=assignment_id).values_list("incident_id", flat=True).first()
    if left_id is None:
        raise NotFoundError
    if left_id == incident_id:
        raise ConflictError("divert_itself", gettext_noop("The unit is on this incident already."))
    advice = recommendation_read(realm=realm, incident_id=incident_id, alarm_level=1, at=clock.now(), may_ask=False)
    with transaction.atomic():
        actor = Actor(user, source)
        left, new = both_locked(realm=realm, one=left_id, other=incident_id)
        old = assignment_locked(realm=realm, assignment_id=assignment_id)
        at = clock.now()
        if old.incident_id != left.pk:
            raise ConflictError("state_conflict", gettext_noop("Somebody was faster; look at it again."))
        old.incident, old.diverted_to = left, new
        assignment_step(assignment=old, to=AssignmentState.DIVERTED, actor=actor, at=at, reason=reason)
        name = old.unit.call_sign
        row = unit_assign(
            incident=new, call_sign=name, actor=actor, at=at, sending=sending_of(advice, name, Override())
        )
        for incident in (left, new):
            state_derive(incident=incident, actor=actor, at=at)
        telling = Telling(realm, actor, at)
        if left.owner_id != user.pk:
            telling.unit_alarm(_diverted(old, new, at, reason))
        data = {"unit": name, "state": old.state, "to": new.number}
        telling.line(left, TimelineKind.ASSIGNMENT, data, text=reason)
        telling.assignment(old)
        _sent_tell(telling, new, row)
        telling.incident(left)
        telling.incident(new)
        record(actor, "unit_diverted", old, realm, {"unit": name, "from": left.number, "to": new.number})
        record(actor, "unit_sent", row, realm, _sent_data(row))
        telling.tell()
    return row


def assignment_report(
    *,
    user: User,
    source: str,
    realm: Realm,
    assignment_id: uuid.UUID,
    state: AssignmentState,
    reason: str = "",
    destination: str = "",
) -> Assignment:
    """A unit's next step; the unit's status and the incident's state follow. Diverting is another act.

    `destination` is a place's code, or words where there is none; it may be given from on_scene on.
    """
    require(user, Permission.UNIT_ASSIGN)
    return step_take(
        actor=Actor(user, source), realm=realm, assignment_id=assignment_id, state=state, reason=reason,
        destination=destination,
    )  # fmt: skip


def step_take(
    *,
    actor: Actor,
    realm: Realm,
    assignment_id: uuid.UUID,
    state: AssignmentState,
    reason: str = "",
    destination: str = "",
) -> Assignment:
    """One step by whoever may; the right has been asked for."""
    if state == AssignmentState.DIVERTED:
        raise ValidationError(
            "diverted_whereto", gettext_noop("Say to which incident the unit is diverted."),
            {"fields": {"state": [state]}},
        )  # fmt: skip
    with transaction.atomic():
        row = assignment_locked(realm=realm, assignment_id=assignment_id)
        incident = incident_locked(realm=realm, incident_id=row.incident_id)
        at = clock.now()
        row.incident = incident
        if destination:
            _destination_set(row, destination)
        assignment_step(assignment=row, to=state, actor=actor, at=at, reason=reason)
        state_derive(incident=incident, actor=actor, at=at)
        telling = Telling(realm, actor, at)
        data = {"unit": row.unit.call_sign, "state": row.state}
        if destination:
            data["destination"] = row.destination.name if row.destination else row.destination_text
        telling.line(incident, TimelineKind.ASSIGNMENT, data, text=reason)
        telling.assignment(row)
        telling.incident(incident)
        record(actor, "assignment_changed", row, realm, {"unit": row.unit.call_sign, "state": row.state})
        telling.tell()
    return row


def sending_of(advice: Advice, call_sign: str, override: Override) -> Sending:
    """What is kept with a unit that is sent: its place in the proposal, or why it goes all the same."""
    name = next((known for known in advice.fleet.units if known.upper() == call_sign.upper()), call_sign)
    item = next((found for found in advice.recommendation.proposed if found.candidate.able.call_sign == name), None)
    # Where nothing was open or nobody could be proposed there was nothing to override.
    is_override = item is None and bool(advice.recommendation.proposed)
    incident = advice.incident
    has_place = incident.lat is not None and incident.lon is not None
    way = item.way if item else advice.fleet.ways(incident.lat or 0, incident.lon or 0).get(name) if has_place else None
    return Sending(
        eta_s=round(way.travel_s) if way else None,
        alarm_level=advice.alarm_level,
        proposed_rank=item.rank if item else None,
        override_reason=(override.reason or OverrideReason.UNSTATED) if is_override else "",
        override_note=override.note if is_override else "",
        proposal=proposal_kept(advice) if advice.has_card else {},
    )


def _sent_tell(telling: Telling, incident: Incident, row: Assignment) -> None:
    data = {"unit": row.unit.call_sign, "state": row.state}
    if row.override_reason:
        data["override"] = row.override_reason
    telling.line(incident, TimelineKind.ASSIGNMENT, data, text=row.override_note)
    telling.assignment(row)


def _sent_data(row: Assignment) -> dict[str, object]:
    return {
        "unit": row.unit.call_sign, "incident": row.incident.number, "rank": row.proposed_rank,
        "override": row.override_reason,
    }  # fmt: skip


def _diverted(old: Assignment, new: Incident, at: datetime, reason: str) -> UnitAlarm:
    alarm, _is_new = alarm_raise(
        unit=old.unit, kind=UnitAlarmKind.DIVERTED, about_at=at, at=at, assignment=old,
        reason=f"#{new.number}: {reason}",
    )  # fmt: skip
    return alarm


def _destination_set(row: Assignment, destination: str) -> None:
    try:
        row.destination = place_get(code=destination)
    except ValidationError:
        row.destination_text = destination[:120]
