"""Writing calls."""

import uuid
from datetime import datetime

from accounts.models import User
from common.errors import ConflictError, NotFoundError, gettext_noop
from dispatch.choices import CallMedium, CallState
from dispatch.models import Call, Incident
from dispatch.rules.transitions import Machine, require_edge
from dispatch.services.numbers import number_next
from realtime.models import Realm


def call_record(*, realm: Realm, medium: CallMedium, caller_number: str | None, at: datetime) -> Call:
    """A call that has just come in and waits in the queue."""
    return Call.objects.create(
        realm=realm,
        number=number_next(of="call"),
        medium=medium,
        state=CallState.QUEUED,
        caller_number=caller_number,
        arrived_at=at,
    )


def call_claim(*, realm: Realm, call_id: uuid.UUID, user: User, at: datetime) -> Call:
    """Answer a waiting call; one of many who try at once gets it.

    Raises ConflictError `call_taken` with the name of who was faster.
    """
    waiting = Call.objects.filter(
        realm=realm, pk=call_id, state__in=[CallState.QUEUED, CallState.OFFERED, CallState.CALLBACK_DUE]
    )
    swapped = waiting.update(state=CallState.ANSWERED, answered_by=user, answered_at=at)
    call = call_locked(realm=realm, call_id=call_id)
    if not swapped:
        raise ConflictError(
            "call_taken",
            gettext_noop("This call is no longer waiting: %(who)s has it."),
            {"who": str(call.answered_by or "–"), "state": call.state},
        )
    return call


def call_end(*, call: Call, at: datetime) -> Call:
    """The line is down; the call waits for wrap-up. `call` must be locked."""
    require_edge(Machine.CALL, call.state, CallState.ENDED)
    call.state, call.ended_at = CallState.ENDED, at
    call.save(update_fields=["state", "ended_at"])
    return call


def call_join(*, call: Call, incident: Incident, at: datetime) -> Call:
    """Tell that this call belongs to that incident. `call` must be locked."""
    call.incident = incident
    call.incident_created_at = call.incident_created_at or at
    call.save(update_fields=["incident", "incident_created_at"])
    return call


def call_locked(*, realm: Realm, call_id: uuid.UUID) -> Call:
    """The row, locked until the transaction ends; raises NotFoundError."""
    call = Call.objects.select_for_update(of=("self",), no_key=True).filter(realm=realm, pk=call_id).first()
    if call is None:
        raise NotFoundError
    return call
