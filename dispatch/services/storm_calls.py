"""Callers of a storm who hung up: they told of a known event, so one act joins and closes them all."""

from datetime import datetime

from accounts.services.audit import Actor
from common.locking import locked_all
from dispatch.choices import CallClass, CallState
from dispatch.models import Call, Storm
from dispatch.services.calls import CALL_RELATED, call_join
from dispatch.services.moves import call_move

# Each is an event under the lock of the stream, which every other write waits for.
SETTLE_MAX = 100
GONE = (CallState.ABANDONED, CallState.DROPPED, CallState.CALLBACK_DUE)


def storm_calls_settle(*, storm: Storm, actor: Actor, at: datetime) -> list[Call]:
    """Join those who are no longer on the line to the storm's incident and close them as duplicates.

    `storm` and its incident must be locked. At most SETTLE_MAX at a time; returns those that were closed.
    """
    keys = Call.objects.filter(storm=storm, state__in=GONE).order_by("pk").values_list("pk", flat=True)[:SETTLE_MAX]
    calls = locked_all(Call.objects.filter(pk__in=list(keys), state__in=GONE), *CALL_RELATED)
    for call in calls:
        call_join(call=call, incident=storm.incident, at=at)
        call.call_class, call.closed_at, call.callback_due_at, call.escalation = CallClass.DUPLICATE, at, None, ""
        call_move(
            call=call, to=CallState.CLOSED, actor=actor, at=at, reason="storm",
            fields=["call_class", "closed_at", "callback_due_at", "escalation"],
        )  # fmt: skip
    return calls


def storm_calls_left(*, storm: Storm) -> int:
    """How many are still to be settled."""
    return Call.objects.filter(storm=storm, state__in=GONE).count()
