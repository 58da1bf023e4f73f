"""Offering waiting calls to ready desks, and taking back what nobody answered."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.services.audit import SYSTEM, Actor, audit_write
from common import clock
from common.locking import locked
from dispatch.choices import CallState, OfferOutcome, PresenceState
from dispatch.models import Call, CallOffer, Presence
from dispatch.publish import tell_call
from dispatch.rules.queueing import ReadyDesk, Waiting, pairs
from dispatch.services.moves import call_move
from dispatch.services.reputation import number_is_lowered
from realtime.models import Realm

RING_FOR = timedelta(seconds=10)
SEEN_WITHIN = timedelta(seconds=90)
BUSY_STATES = (CallState.ANSWERED, CallState.HELD, CallState.ENDED, CallState.WRAP_UP)
BATCH = 50


def calls_offer(*, realm: Realm) -> int:
    """Take back what rang too long, then give each waiting call to a ready desk; returns how many were offered.

    Harmless when run at once by many: rows are taken with SKIP LOCKED, and one desk has one open offer by constraint.
    All who wait are looked at, since the order is not that of arrival alone; only those who are offered are locked.
    """
    _expire(realm)
    _marks_raise(realm)
    waiting = _waiting(realm)
    if not waiting:
        return 0  # no desk is locked for nothing: each says every minute that it is there
    with transaction.atomic():
        desks = _ready(realm)
        at = clock.now()
        offered = [call for item, desk in pairs(waiting, desks, at) if (call := _offer(item, desk, at))]
        for call in offered:
            _audit(call, "call_offered", user=call.offered_to_id or 0)
        for call in offered:
            tell_call(call)
    return len(offered)


def offer_end(*, call: Call, at: datetime, outcome: OfferOutcome) -> None:
    """The desk stops ringing. `call` must be locked."""
    CallOffer.objects.filter(call=call, outcome=OfferOutcome.OPEN).update(outcome=outcome, ended_at=at)


def desk_leave(*, user: User, actor: Actor, at: datetime) -> list[Call]:
    """What rings at this desk goes back into the queue at once, since nobody there can take it; returns those calls.

    A call that somebody else has locked is left to them, or to the clock.
    """
    list(Presence.objects.select_for_update(no_key=True).filter(user=user))  # nothing new is offered meanwhile
    left = []
    rows = Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    for call in rows.select_related("realm", "answered_by").filter(state=CallState.OFFERED, offered_to=user):
        offer_end(call=call, at=at, outcome=OfferOutcome.DESK_LEFT)
        call_move(call=call, to=CallState.QUEUED, actor=actor, at=at, reason="desk_left")
        left.append(call)
    return left


def idle_begin(*, user: User | None, at: datetime) -> None:
    """This operator is done with a call: the idle time counts from now. The console is told by `tell_desk`."""
    if user is not None:
        Presence.objects.filter(user=user, state=PresenceState.READY).update(idle_since=at)


def _expire(realm: Realm) -> None:
    late = CallOffer.objects.filter(
        call__realm=realm, outcome=OfferOutcome.OPEN, offered_at__lte=clock.now() - RING_FOR
    )
    for call_id in list(late.values_list("call_id", flat=True)[:BATCH]):
        with transaction.atomic():
            rows = Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            call = rows.select_related("realm", "answered_by").filter(pk=call_id, state=CallState.OFFERED).first()
            if call is None or not call.offers.filter(pk__in=late.values("pk")).exists():
                continue
            at = clock.now()
            offer_end(call=call, at=at, outcome=OfferOutcome.EXPIRED)
            call_move(call=call, to=CallState.QUEUED, actor=SYSTEM, at=at, reason="not_answered")
            _audit(call, "call_offer_expired")
            tell_call(call)


def _ready(realm: Realm) -> list[ReadyDesk]:
    seen_since = clock.now() - SEEN_WITHIN
    rows = Presence.objects.filter(state=PresenceState.READY, seen_at__gte=seen_since, user__is_active=True)
    keys = list(
        rows.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk").values_list("pk", flat=True)
    )
    # Asked only now that they are locked: an offer made while this waited for nobody would not be seen otherwise.
    ringing = CallOffer.objects.filter(user=OuterRef("user"), outcome=OfferOutcome.OPEN)
    busy = Call.objects.filter(realm=realm, answered_by=OuterRef("user"), state__in=BUSY_STATES)
    free = Presence.objects.filter(pk__in=keys).exclude(Exists(ringing)).exclude(Exists(busy))
    return [
        ReadyDesk(row.user_id, row.idle_since or seen_since, frozenset(row.languages) or frozenset({"id"}), row.skills)
        for row in free
    ]


def _marks_raise(realm: Realm) -> None:
    """Take off marks that no longer hold for waiting calls."""
    lowered = Call.objects.filter(realm=realm, state=CallState.QUEUED, is_lowered=True)
    for call_id in list(lowered.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            call = locked(lowered.filter(pk=call_id), "realm", "answered_by", "offered_to", skip_locked=True)
            if call is None or number_is_lowered(realm=realm, number=call.caller_number, at=clock.now()):
                continue
            call.is_lowered = False
            call.save(update_fields=["is_lowered"])
            tell_call(call)


def _waiting(realm: Realm) -> list[Waiting]:
    columns = ("pk", "arrived_at", "language", "skill", "is_lowered", "storm_id", "storm__ended_at")
    calls = list(Call.objects.filter(realm=realm, state=CallState.QUEUED).values_list(*columns))
    rang_at: dict[uuid.UUID, set[int]] = {}
    if calls:
        expired = CallOffer.objects.filter(
            call__realm=realm, call__state=CallState.QUEUED, outcome=OfferOutcome.EXPIRED
        )
        for call_id, user_id in expired.values_list("call_id", "user_id"):
            rang_at.setdefault(call_id, set()).add(user_id)
    return [
        Waiting(
            str(key), arrived_at, language, skill, is_lowered, storm_id is not None and ended_at is None,
            rang_at.get(key, ()),
        )
        for key, arrived_at, language, skill, is_lowered, storm_id, ended_at in calls
    ]  # fmt: skip


def _offer(waiting: Waiting, desk: ReadyDesk, at: datetime) -> Call | None:
    """The call, ringing at the desk; None when somebody else has it just now."""
    rows = Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    queued = rows.select_related("realm", "answered_by", "storm").filter(pk=waiting.call_id, state=CallState.QUEUED)
    call = queued.first()
    if call is None:
        return None
    CallOffer.objects.create(call=call, user_id=desk.user_id, offered_at=at)
    call.offered_to = User.objects.get(pk=desk.user_id)
    call.offered_at = call.offered_at or at
    return call_move(call=call, to=CallState.OFFERED, actor=SYSTEM, at=at, fields=["offered_at"])


def _audit(call: Call, action: str, **data: int) -> None:
    audit_write(
        actor=SYSTEM, action=action, object_type="dispatch.call", object_id=call.pk, realm=call.realm.code, data=data
    )
