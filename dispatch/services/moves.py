"""The only writers of a state: each checks the edge, writes the row and keeps the step with its time and actor.

The database compares both at the commit (`siaga_*_has_transition`), so a state cannot change unrecorded.
"""

from collections.abc import Iterable
from datetime import datetime

from accounts.services.audit import Actor
from dispatch.choices import AssignmentState, CallState, IncidentState, PartState, UnitStatus
from dispatch.choices.supervision import SampleState
from dispatch.models import (
    AgencyPart,
    AgencyPartTransition,
    Assignment,
    AssignmentTransition,
    Call,
    CallTransition,
    Incident,
    IncidentTransition,
    QualitySample,
    QualityTransition,
)
from dispatch.rules.transitions import Machine, require_edge
from dispatch.services.unit_moves import stage_plan, unit_follow, unit_move

# Both wait for a class until the same moment.
WRITING_UP = {CallState.ENDED, CallState.WRAP_UP}


def call_move(
    *, call: Call, to: CallState, actor: Actor, at: datetime, reason: str = "", fields: Iterable[str] = ()
) -> Call:
    """Take one edge of a locked call and save it with `fields`; raises ConflictError `state_conflict`."""
    require_edge(Machine.CALL, call.state, to)
    step = CallTransition(call=call, old=call.state, new=to, **_by(actor, at, reason))
    if {call.state, to} != WRITING_UP:
        call.escalation = ""  # what was overdue is over; what comes now is told from the first level again
    call.state = to
    if to != CallState.OFFERED:
        call.offered_to = None
    call.save(update_fields={"state", "offered_to", "escalation", *fields})
    step.save(force_insert=True)
    return call


def call_begin(*, call: Call, actor: Actor, at: datetime, reason: str = "") -> Call:
    """Insert a new call in its first state."""
    call.save(force_insert=True)
    CallTransition.objects.create(call=call, old="", new=call.state, **_by(actor, at, reason))
    return call


def incident_move(
    *, incident: Incident, to: IncidentState, actor: Actor, at: datetime, reason: str = "", fields: Iterable[str] = ()
) -> Incident:
    """Take one edge of a locked incident and save it with `fields`; raises ConflictError `state_conflict`."""
    require_edge(Machine.INCIDENT, incident.state, to)
    step = IncidentTransition(incident=incident, old=incident.state, new=to, **_by(actor, at, reason))
    incident.state, incident.changed_at = to, at
    incident.revision += 1
    incident.save(update_fields={"state", "changed_at", "revision", *fields})
    step.save(force_insert=True)
    return incident


def incident_begin(*, incident: Incident, actor: Actor, at: datetime, reason: str = "") -> Incident:
    """Insert a new incident in its first state."""
    incident.save(force_insert=True)
    IncidentTransition.objects.create(incident=incident, old="", new=incident.state, **_by(actor, at, reason))
    return incident


def assignment_move(
    *,
    assignment: Assignment,
    to: AssignmentState,
    actor: Actor,
    at: datetime,
    reason: str = "",
    fields: Iterable[str] = (),
) -> Assignment:
    """Take one edge of a locked assignment and save it with `fields`; raises ConflictError `state_conflict`.

    The unit's status follows, and until when the next step is due.
    """
    require_edge(Machine.ASSIGNMENT, assignment.state, to)
    old = assignment.state
    step = AssignmentTransition(assignment=assignment, old=old, new=to, **_by(actor, at, reason))
    assignment.state = to
    stage_plan(assignment=assignment, at=at)
    assignment.save(update_fields={"state", "due_at", "is_overdue", *fields})
    step.save(force_insert=True)
    unit_follow(assignment=assignment, old_state=old, actor=actor, at=at, reason=reason)
    return assignment


def assignment_begin(*, assignment: Assignment, actor: Actor, at: datetime) -> Assignment:
    """Insert a new assignment in its first state. `assignment.unit` must be locked; its status follows."""
    assignment.status_before = assignment.unit.status
    stage_plan(assignment=assignment, at=at)
    assignment.save(force_insert=True)
    AssignmentTransition.objects.create(assignment=assignment, old="", new=assignment.state, **_by(actor, at, ""))
    unit_move(unit=assignment.unit, to=UnitStatus.DP, actor=actor, at=at, assignment=assignment)
    return assignment


def part_move(
    *, part: AgencyPart, to: PartState, actor: Actor, at: datetime, reason: str = "", fields: Iterable[str] = ()
) -> AgencyPart:
    """Take one edge of an agency's part, whose incident is locked, and save it with `fields`; raises ConflictError."""
    require_edge(Machine.PART, part.state, to)
    step = AgencyPartTransition(part=part, old=part.state, new=to, **_by(actor, at, reason))
    part.state = to
    part.save(update_fields={"state", *fields})
    step.save(force_insert=True)
    return part


def part_begin(*, part: AgencyPart, actor: Actor, at: datetime, reason: str = "") -> AgencyPart:
    """Insert a new part in its first state."""
    part.save(force_insert=True)
    AgencyPartTransition.objects.create(part=part, old="", new=part.state, **_by(actor, at, reason))
    return part


def sample_move(
    *, sample: QualitySample, to: SampleState, actor: Actor, at: datetime, reason: str = "", note: str = ""
) -> QualitySample:
    """Take one edge of a locked drawn call and save it; raises ConflictError `state_conflict`."""
    require_edge(Machine.QUALITY_SAMPLE, sample.state, to)
    step = QualityTransition(sample=sample, old=sample.state, new=to, note=note, **_by(actor, at, reason))
    sample.state = to
    sample.save(update_fields=["state"])
    step.save(force_insert=True)
    return sample


def sample_begin(*, sample: QualitySample, actor: Actor, at: datetime) -> QualitySample:
    """Insert a drawn call in its first state."""
    sample.save(force_insert=True)
    QualityTransition.objects.create(sample=sample, old="", new=sample.state, **_by(actor, at, ""))
    return sample


def _by(actor: Actor, at: datetime, reason: str) -> dict[str, object]:
    return {"occurred_at": at, "actor": actor.user, "source": actor.source, "reason": reason[:200]}
