"""Bringing a call to what its line says, without undoing what a person did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.services.audit import Actor
from dispatch.choices import CallState, OfferOutcome
from dispatch.models import Call, CallTransition, Presence
from dispatch.rules.line import Line, LineFact, Step, line_fold, line_step
from dispatch.services.moves import call_move
from dispatch.services.offers import offer_end
from dispatch.services.reputation import number_is_lowered

# What a line tells of a call besides its state.
FILLED = (
    "arrived_at", "caller_number", "is_lowered", "language", "skill", "answered_at", "ended_at", "answered_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Past:
    """What of a call's steps counts here: the newest, when an operator took the call, whether one went on from the
    callback list.
    """

    newest: Step
    claimed_at: datetime | None = None
    is_called_back: bool = False


def past_of_new(*, call: Call) -> Past:
    """Of a call that has just begun."""
    return Past(Step(call.state, call.arrived_at, is_by_person=False))


def past_read(*, call: Call) -> Past:
    """From the rows. `call` must be locked."""
    steps = list(call.transitions.order_by("id"))
    newest = Step(steps[-1].new, steps[-1].occurred_at, is_by_person=steps[-1].actor_id is not None)
    is_called_back = any(step.old == CallState.CALLBACK_DUE and step.actor_id for step in steps)
    return Past(newest, _claimed_at(steps), is_called_back)


def call_follow(*, call: Call, facts: Sequence[LineFact], past: Past, actor: Actor, at: datetime) -> Call:
    """Fill in what the facts say, and take the step that follows from them, if one does. `call` must be locked."""
    line = line_fold(facts, claimed_at=past.claimed_at)
    changed = _facts_fill(call, line, past.is_called_back, at)
    is_tried = call.callback_attempts > 0
    to = line_step(line, past.newest, is_called_back=past.is_called_back, is_tried=is_tried)
    if to is not None:
        _step_take(call, CallState(to), line, actor, at, changed=changed)
    elif changed:
        call.save(update_fields=changed)
    return call


def _claimed_at(steps: Sequence[CallTransition]) -> datetime | None:
    # From the callback list it is not the caller's line that is taken, but one of our own.
    waiting = {CallState.QUEUED, CallState.OFFERED}
    claims = (step for step in steps if step.new == CallState.ANSWERED and step.old in waiting and step.actor_id)
    return next((step.occurred_at for step in claims), None)


def _facts_fill(call: Call, line: Line, is_called_back: bool, at: datetime) -> list[str]:
    """Set what the line says; returns the fields that changed, which are not saved yet."""
    before = {name: getattr(call, name) for name in FILLED}
    call.arrived_at = line.arrived_at
    if line.caller_number and line.caller_number != call.caller_number:
        call.caller_number = line.caller_number
        call.is_lowered = number_is_lowered(realm=call.realm, number=call.caller_number, at=at)
    call.language, call.skill = line.language or call.language, line.skill or call.skill
    call.answered_at = min([moment for moment in (line.answered_at, call.answered_at) if moment], default=None)
    if not is_called_back:
        call.ended_at = line.ended_at or call.ended_at
        call.answered_by = _user_at(line.extensions) or call.answered_by
    return [name for name, value in before.items() if getattr(call, name) != value]


def _step_take(call: Call, to: CallState, line: Line, actor: Actor, at: datetime, *, changed: Sequence[str]) -> None:
    if to in {CallState.ANSWERED, CallState.HELD}:
        call.ended_at = None
    if call.state == CallState.CALLBACK_DUE:
        call.callback_due_at, call.escalation = None, ""
    if call.state == CallState.OFFERED:
        offer_end(call=call, at=at, outcome=_outcome(call, to))
    fields = [*changed, "ended_at", "callback_due_at", "escalation"]
    call_move(call=call, to=to, actor=actor, at=line.since, fields=fields)


def _outcome(call: Call, to: CallState) -> OfferOutcome:
    if to == CallState.ABANDONED:
        return OfferOutcome.CALLER_LEFT
    is_same = call.offered_to_id is not None and call.offered_to_id == call.answered_by_id
    return OfferOutcome.TAKEN if is_same else OfferOutcome.TAKEN_ELSEWHERE


def _user_at(extensions: Sequence[str]) -> User | None:
    """Who sits at the newest of these desks that anybody sits at."""
    rows = Presence.objects.select_related("user").filter(extension__in=extensions) if extensions else ()
    users = {row.extension: row.user for row in rows}
    return next((users[extension] for extension in extensions if extension in users), None)
