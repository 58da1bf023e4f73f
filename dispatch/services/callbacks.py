"""Calling back those who hung up or were cut off: a worklist, with every attempt on record."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.services.audit import SYSTEM, Actor, audit_write
from common import clock
from common.errors import ConflictError, gettext_noop
from dispatch.choices import CallbackOutcome, CallClass, CallState
from dispatch.models import Call, CallbackAttempt, PbxEvent
from dispatch.publish import tell_call, tell_desk
from dispatch.services.calls import call_follow_up
from dispatch.services.moves import call_move

ATTEMPTS_MAX = 3
AGAIN_AFTER = timedelta(minutes=10)
# The exchange may still correct itself: "abandoned" is sometimes heard before the answer that belies it. What counts
# is when it was heard: the exchange's own clock may be behind, or its news late.
SETTLE = timedelta(seconds=5)
FINAL = (CallbackOutcome.WRONG_NUMBER, CallbackOutcome.REFUSED)
BATCH = 200


def callback_record(*, call: Call, outcome: CallbackOutcome, note: str, actor: Actor, at: datetime) -> CallbackAttempt:
    """Write down one attempt: reached goes on as a conversation, failed is tried again, ATTEMPTS_MAX times in all.

    `call` must be locked. Raises ConflictError `state_conflict` when the call is not to be called back.
    """
    if call.state != CallState.CALLBACK_DUE or actor.user is None:
        raise ConflictError(
            "state_conflict",
            gettext_noop("This is no longer possible: it is now “%(state)s”."),
            {"state": call.state, "wanted": CallState.CALLBACK_DUE},
        )
    attempt = CallbackAttempt.objects.create(call=call, user=actor.user, attempted_at=at, outcome=outcome, note=note)
    call.callback_attempts += 1
    call.escalation = ""
    fields = ["callback_attempts", "callback_due_at", "escalation"]
    if outcome == CallbackOutcome.REACHED:
        call.answered_by, call.answered_at, call.ended_at = actor.user, call.answered_at or at, None
        call.callback_due_at = None
        fields += ["answered_by", "answered_at", "ended_at"]
        call_move(call=call, to=CallState.ANSWERED, actor=actor, at=at, reason="called_back", fields=fields)
    elif outcome in FINAL or call.callback_attempts >= ATTEMPTS_MAX:
        call.callback_due_at, call.call_class, call.closed_at = None, CallClass.DROPPED, at
        call_move(
            call=call, to=CallState.CLOSED, actor=actor, at=at, reason=outcome,
            fields=[*fields, "call_class", "closed_at"],
        )  # fmt: skip
    else:
        call.callback_due_at = at + AGAIN_AFTER
        call.save(update_fields=fields)
    return attempt


def callbacks_arrange() -> int:
    """Put settled abandoned and dropped calls on the worklist; returns how many. Run by the clock."""
    at = clock.now()
    fresh = PbxEvent.objects.filter(pbx=OuterRef("pbx"), pbx_call=OuterRef("pbx_call"), received_at__gt=at - SETTLE)
    left = Call.objects.filter(~Exists(fresh), state__in=[CallState.ABANDONED, CallState.DROPPED])
    count = 0
    for call_id in list(left.order_by("ended_at").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            rows = Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            call = (
                rows.select_related("realm", "answered_by")
                .filter(pk=call_id, state__in=[CallState.ABANDONED, CallState.DROPPED])
                .first()
            )
            if call is not None:
                at = clock.now()
                call_follow_up(call=call, actor=SYSTEM, at=at)
                audit_write(
                    actor=SYSTEM, action="callback_arranged", object_type="dispatch.call", object_id=call.pk,
                    realm=call.realm.code, data={"state": call.state},
                )  # fmt: skip
                tell_call(call)
                tell_desk(call, at)
                count += 1
    return count
