"""Writing calls: how they come in, are taken, held, ended, and closed with a class."""

import uuid
from datetime import datetime, timedelta

from accounts.models import User
from accounts.services.audit import Actor
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from common.phones import number_normalise
from dispatch.choices import CallClass, CallMedium, CallState, OfferOutcome
from dispatch.models import Call, Incident
from dispatch.services.aml import aml_attach
from dispatch.services.moves import call_begin, call_move
from dispatch.services.numbers import number_next
from dispatch.services.offers import idle_begin, offer_end
from dispatch.services.reputation import class_count, number_is_lowered
from realtime.models import Realm

CALL_RELATED = ("realm", "answered_by", "offered_to", "storm")
CALLBACK_WITHIN = timedelta(minutes=5)


def call_record(
    *,
    realm: Realm,
    medium: CallMedium,
    caller_number: str | None,
    at: datetime,
    actor: Actor,
    language: str = "id",
    skill: str = "",
) -> Call:
    """A call that has just come in and waits in the queue."""
    number = number_normalise(caller_number)
    call = Call(
        realm=realm,
        number=number_next(of="call"),
        medium=medium,
        state=CallState.QUEUED,
        caller_number=number,
        language=language or "id",
        skill=skill,
        is_lowered=number_is_lowered(realm=realm, number=number, at=at),
        arrived_at=at,
    )
    call_begin(call=call, actor=actor, at=at)
    aml_attach(call=call, at=at)
    return call


def call_claim(*, call: Call, user: User, actor: Actor, at: datetime) -> Call:
    """Answer a waiting call; one of many who try at once gets it, since `call` is locked while it changes.

    Raises ConflictError `call_taken` with the name of who was faster.
    """
    if call.state not in {CallState.QUEUED, CallState.OFFERED}:
        raise ConflictError(
            "call_taken",
            gettext_noop("This call is no longer waiting: %(who)s has it."),
            {"who": str(call.answered_by or "–"), "state": call.state},
        )
    offer_end(call=call, at=at, outcome=OfferOutcome.TAKEN if call.offered_to == user else OfferOutcome.TAKEN_ELSEWHERE)
    call.answered_by, call.answered_at = user, call.answered_at or at
    return call_move(call=call, to=CallState.ANSWERED, actor=actor, at=at, fields=["answered_by", "answered_at"])


def call_hold(*, call: Call, actor: Actor, at: datetime) -> Call:
    """The caller waits on the line. `call` must be locked."""
    _talking_require(call, CallState.HELD)
    return call_move(call=call, to=CallState.HELD, actor=actor, at=at)


def call_resume(*, call: Call, actor: Actor, at: datetime) -> Call:
    """Back to a held caller; a call that waits must be claimed instead. `call` must be locked."""
    if call.state != CallState.HELD:
        raise _conflict(call, CallState.ANSWERED)
    return call_move(call=call, to=CallState.ANSWERED, actor=actor, at=at)


def call_end(*, call: Call, actor: Actor, at: datetime) -> Call:
    """The line is down; the call waits for wrap-up. `call` must be locked."""
    _talking_require(call, CallState.ENDED)
    call.ended_at = at
    return call_move(call=call, to=CallState.ENDED, actor=actor, at=at, fields=["ended_at"])


def call_drop(*, call: Call, actor: Actor, at: datetime) -> Call:
    """The line broke before the conversation was over: the caller is to be called back. `call` must be locked."""
    _talking_require(call, CallState.DROPPED)
    call.ended_at = at
    call_move(call=call, to=CallState.DROPPED, actor=actor, at=at, fields=["ended_at"])
    return call_follow_up(call=call, actor=actor, at=at)


def call_wrap_up(*, call: Call, actor: Actor, at: datetime) -> Call:
    """The operator writes down what is left to write. `call` must be locked."""
    return call_move(call=call, to=CallState.WRAP_UP, actor=actor, at=at)


def call_close(*, call: Call, call_class: CallClass, actor: Actor, at: datetime, note: str = "") -> Call:
    """End and close a call with its class, in one act. `call` must be locked.

    A prank or ghost may be closed while the line is still up: hanging up is part of it. Raises ConflictError
    `state_conflict` for a call that waits, ValidationError `class_needs_incident` for an emergency without incident.
    With the class dropped it goes to the callback list instead of being closed, unless it has no number; with
    another class a broken line needs no callback: whoever talked knows.
    """
    if call_class == CallClass.EMERGENCY and call.incident_id is None:
        raise ValidationError(
            "class_needs_incident",
            gettext_noop("An emergency has an incident: open one, or join one, before you close the call."),
        )
    if call.state in {CallState.ANSWERED, CallState.HELD}:
        call_end(call=call, actor=actor, at=at)
    if call.state not in {CallState.ENDED, CallState.WRAP_UP, CallState.DROPPED}:
        raise _conflict(call, CallState.CLOSED)
    call.note = note or call.note
    if call_class == CallClass.DROPPED:
        if call.state != CallState.DROPPED:
            call_move(call=call, to=CallState.DROPPED, actor=actor, at=at)
        return call_follow_up(call=call, actor=actor, at=at)
    call.call_class, call.closed_at, call.wrapup_ended_at = call_class, at, at
    call.escalation = ""
    fields = ["call_class", "closed_at", "wrapup_ended_at", "note", "escalation"]
    call_move(call=call, to=CallState.CLOSED, actor=actor, at=at, fields=fields)
    class_count(call=call, at=at)
    idle_begin(user=call.answered_by, at=at)
    return call


def call_follow_up(*, call: Call, actor: Actor, at: datetime) -> Call:
    """What becomes of an abandoned or dropped call: to be called back, or closed where there is no number.

    Attempts and escalation count from now: what was overdue before was another thing.
    """
    call.callback_attempts, call.escalation = 0, ""
    fields = ["callback_attempts", "escalation", "note"]
    if call.caller_number:
        call.callback_due_at = at + CALLBACK_WITHIN
        fields.append("callback_due_at")
        call_move(call=call, to=CallState.CALLBACK_DUE, actor=actor, at=at, fields=fields)
    else:
        call.call_class, call.closed_at = CallClass.DROPPED, at
        fields += ["call_class", "closed_at"]
        call_move(call=call, to=CallState.CLOSED, actor=actor, at=at, reason="no_number", fields=fields)
    idle_begin(user=call.answered_by, at=at)
    return call


def call_silent(*, call: Call, at: datetime) -> Call:
    """Nobody speaks: the time is kept, and the card for silent calls is asked. `call` must be locked."""
    _talking_require(call, CallState.HELD)
    call.silent_at = call.silent_at or at
    call.save(update_fields=["silent_at"])
    return call


def call_join(*, call: Call, incident: Incident, at: datetime) -> Call:
    """Tell that this call belongs to that incident. `call` must be locked."""
    call.incident = incident
    call.incident_created_at = call.incident_created_at or at
    if incident.lat is not None:
        call.location_verified_at = call.location_verified_at or at
    call.save(update_fields=["incident", "incident_created_at", "location_verified_at"])
    return call


def _talking_require(call: Call, wanted: CallState) -> None:
    # The edges from the queue belong to the exchange, which may tell of an end before it told of the answer.
    if call.state not in {CallState.ANSWERED, CallState.HELD}:
        raise _conflict(call, wanted)


def _conflict(call: Call, wanted: CallState) -> ConflictError:
    return ConflictError(
        "state_conflict",
        gettext_noop("This is no longer possible: it is now “%(state)s”."),
        {"state": call.state, "wanted": wanted},
    )


def call_locked(*, realm: Realm, call_id: uuid.UUID) -> Call:
    """The row, locked until the transaction ends; raises NotFoundError."""
    call = locked(Call.objects.filter(realm=realm, pk=call_id), *CALL_RELATED)
    if call is None:
        raise NotFoundError
    return call
