"""Where an incident goes by a person's word: under control, all clear, closed, cancelled, opened again."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from accounts.services.audit import Actor
from common.errors import ConflictError, ValidationError, gettext_noop
from dispatch.choices import (
    ENDED_ASSIGNMENT_STATES,
    AssignmentState,
    CallbackOutcome,
    IncidentState,
    NotInformedReason,
    PartRole,
    PartState,
)
from dispatch.models import AgencyPart, Assignment, Disposition, Incident
from dispatch.rules.derived import AT_WORK
from dispatch.services.assignments import assignment_step
from dispatch.services.follow import FIELDS as FOLLOW_FIELDS
from dispatch.services.follow import step_plan
from dispatch.services.moves import incident_move, part_move

CLOSING_FIELDS = (
    *FOLLOW_FIELDS, "disposition", "disposition_note", "not_informed_reason", "closed_at", "closed_by", "merged_into",
    "reopened_at", "owner",
)  # fmt: skip


def state_tell(*, incident: Incident, to: IncidentState, actor: Actor, at: datetime, reason: str = "") -> Incident:
    """Under control, or all clear. States that follow from units are not typed. `incident` must be locked.

    Raises ConflictError `units_at_work` when all is to be clear while a unit still works there.
    """
    if to not in {IncidentState.UNDER_CONTROL, IncidentState.ALL_CLEAR}:
        raise ConflictError(
            "state_derived", gettext_noop("This state follows from the units; it cannot be typed."), {"wanted": to}
        )
    if to == IncidentState.ALL_CLEAR and (live := live_assignments(incident)):
        raise _units_at_work(live)
    return _move(incident, to, actor, at, reason)


def incident_close(
    *,
    incident: Incident,
    disposition: Disposition,
    note: str,
    not_informed_reason: str,
    ends_parts: bool,
    actor: Actor,
    at: datetime,
) -> Incident:
    """End an incident with how it ended. `incident` must be locked.

    Raises ConflictError `units_at_work`, `agencies_at_work` (unless `ends_parts` gives their parts the same
    disposition), ValidationError `caller_not_told` when nobody told the caller and no reason says why.
    """
    live = live_assignments(incident)
    if live:
        raise _units_at_work(live)
    caller_told_require(incident, not_informed_reason)
    parts = _open_parts(incident)
    at_work = [part for part in parts if part.role != PartRole.INFORMATIONAL]
    if at_work and not ends_parts:
        raise ConflictError(
            "agencies_at_work",
            gettext_noop("These agencies have not said that they are done: %(agencies)s."),
            {"agencies": ", ".join(str(part.agency) for part in at_work)},
        )
    _parts_end(parts, disposition, "closed_with_incident", actor, at)
    incident.not_informed_reason = not_informed_reason
    incident.disposition, incident.disposition_note = disposition, note
    return _end(incident, IncidentState.CLOSED, actor, at)


def incident_cancel(*, incident: Incident, disposition: Disposition, note: str, actor: Actor, at: datetime) -> Incident:
    """Call it off: units on their way are turned back; not while one works there. `incident` must be locked."""
    live = live_assignments(incident)
    at_work = [row for row in live if row.state in AT_WORK]
    if at_work:
        raise _units_at_work(at_work)
    for row in live:
        assignment_step(assignment=row, to=AssignmentState.CANCELLED_ENROUTE, actor=actor, at=at, reason="cancelled")
    _parts_end(_open_parts(incident), disposition, "cancelled", actor, at)
    incident.disposition, incident.disposition_note = disposition, note
    return _end(incident, IncidentState.CANCELLED, actor, at)


def incident_reopen(*, incident: Incident, user: User, reason: str, actor: Actor, at: datetime) -> Incident:
    """Open a closed or cancelled incident again; whoever does it owns it. `incident` must be locked.

    A merged one has to be given back what the merge took: `incident_unmerge`.
    """
    _reason_require(reason)
    if incident.state not in {IncidentState.CLOSED, IncidentState.CANCELLED}:  # others have edges to pending, too
        raise ConflictError(
            "state_conflict",
            gettext_noop("This is no longer possible: it is now “%(state)s”."),
            {"state": incident.state, "wanted": IncidentState.PENDING},
        )
    incident.reopened_at, incident.owner = at, user
    incident.closed_at = incident.closed_by = incident.disposition = None
    incident.disposition_note = incident.not_informed_reason = ""
    return _move(incident, IncidentState.PENDING, actor, at, reason)


def incident_unmerge(*, incident: Incident, user: User, reason: str, actor: Actor, at: datetime) -> Incident:
    """A merged incident is one of its own again, as if it had never ended. `incident` must be locked."""
    _reason_require(reason)
    incident.owner, incident.merged_into = user, None
    incident.closed_at = incident.closed_by = None
    return _move(incident, IncidentState.PENDING, actor, at, reason)


def incident_merge_end(*, incident: Incident, into: Incident, actor: Actor, at: datetime) -> Incident:
    """The last step of a merge. `incident` must be locked."""
    incident.merged_into, incident.closed_at, incident.closed_by = into, at, actor.user
    return _move(incident, IncidentState.MERGED, actor, at, f"#{into.number}")


def live_assignments(incident: Incident) -> list[Assignment]:
    """The units that are still on this incident."""
    rows = Assignment.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "incident__realm")
    return list(rows.filter(incident=incident).exclude(state__in=ENDED_ASSIGNMENT_STATES).order_by("id"))


def caller_told_require(incident: Incident, reason: str) -> None:
    """Raise ValidationError `caller_not_told` unless a caller was told, or there is a reason that holds.

    What was told before the incident was opened again does not count: it turned out not to be the end.
    """
    numbers = caller_numbers(incident)
    told = incident.contacts.filter(attempted_at__gte=incident.reopened_at or incident.opened_at)
    contacts = list(told.values_list("outcome", flat=True))
    if not numbers or CallbackOutcome.REACHED in contacts:
        return
    holds = {
        NotInformedReason.NO_NUMBER: False,
        NotInformedReason.NOT_REACHED: bool(contacts),
        NotInformedReason.UNSAFE: True,
        NotInformedReason.NOT_WANTED: True,
        NotInformedReason.ON_SCENE: True,
    }
    if reason and holds[NotInformedReason(reason)]:
        return
    raise ValidationError(
        "caller_not_told",
        gettext_noop("Call the caller back before you close this, or say why that cannot be done."),
        {"fields": {"not_informed_reason": [reason]}, "callers": len(numbers), "attempts": len(contacts)},
    )


def caller_numbers(incident: Incident) -> Collection[str]:
    """The numbers of those who told of it."""
    numbers = set(incident.calls.exclude(caller_number=None).values_list("caller_number", flat=True))
    return {number for number in numbers | {incident.caller_number} if number}


def _open_parts(incident: Incident) -> list[AgencyPart]:
    rows = incident.parts.filter(state__in=[PartState.NOTIFIED, PartState.ACCEPTED])
    return list(rows.select_related("agency").order_by("pk"))


def _parts_end(
    parts: Collection[AgencyPart], disposition: Disposition, reason: str, actor: Actor, at: datetime
) -> None:
    fields = ["disposition", "ended_at", "reason", "answer_due_at"]
    for part in parts:
        part.disposition, part.ended_at, part.reason, part.answer_due_at = disposition, at, reason, None
        part_move(part=part, to=PartState.DONE, actor=actor, at=at, reason=reason, fields=fields)


def _reason_require(reason: str) -> None:
    if not reason.strip():
        raise ValidationError(
            "reason_missing", gettext_noop("Say why."), {"fields": {"reason": [gettext_noop("Say why.")]}}
        )


def _end(incident: Incident, to: IncidentState, actor: Actor, at: datetime) -> Incident:
    incident.closed_at, incident.closed_by = at, actor.user
    return _move(incident, to, actor, at, incident.disposition.code if incident.disposition else "")


def _move(incident: Incident, to: IncidentState, actor: Actor, at: datetime, reason: str) -> Incident:
    state, incident.state = incident.state, to
    step_plan(incident, at=at)
    incident.state = state
    return incident_move(incident=incident, to=to, actor=actor, at=at, reason=reason, fields=CLOSING_FIELDS)


def _units_at_work(rows: Collection[Assignment]) -> ConflictError:
    return ConflictError(
        "units_at_work",
        gettext_noop("These units are still on it: %(units)s."),
        {"units": ", ".join(sorted(row.unit.call_sign for row in rows))},
    )
