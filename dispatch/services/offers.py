"""Offering waiting calls to ready desks, and taking back what nobody answered."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.services.audit import SYSTEM
from common import clock
from dispatch.choices import CallState, OfferOutcome, PresenceState
from dispatch.models import Call, CallOffer, Presence
from dispatch.publish import tell_call
from dispatch.rules.queueing import ReadyDesk, Waiting, pairs
from dispatch.services.moves import call_move
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
    at = clock.now()
    _expire(realm, at)
    waiting = _waiting(realm)
    if not waiting:
        return 0  # no desk is locked for nothing: each says every minute that it is there
    with transaction.atomic():
        desks = _ready(realm, at)
        offered = [call for item, desk in pairs(waiting, desks, at) if (call := _offer(item, desk, at))]
        for call in offered:
            tell_call(call)
    return len(offered)


def offer_end(*, call: Call, at: datetime, outcome: OfferOutcome) -> None:
    """The desk stops ringing. `call` must be locked."""
    CallOffer.objects.filter(call=call, outcome=OfferOutcome.OPEN).update(outcome=outcome, ended_at=at)


def idle_begin(*, user: User | None, at: datetime) -> None:
    """This operator is done with a call: the idle time counts from now."""
    if user is not None:
        Presence.objects.filter(user=user, state=PresenceState.READY).update(idle_since=at)


def _expire(realm: Realm, at: datetime) -> None:
    late = CallOffer.objects.filter(call__realm=realm, outcome=OfferOutcome.OPEN, offered_at__lte=at - RING_FOR)
    for call_id in list(late.values_list("call_id", flat=True)[:BATCH]):
        with transaction.atomic():
            rows = Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            call = rows.select_related("realm", "answered_by").filter(pk=call_id, state=CallState.OFFERED).first()
            if call is None:
                continue
            offer_end(call=call, at=at, outcome=OfferOutcome.EXPIRED)
            call_move(call=call, to=CallState.QUEUED, actor=SYSTEM, at=at, reason="not_answered")
            tell_call(call)


def _ready(realm: Realm, at: datetime) -> list[ReadyDesk]:
    ringing = CallOffer.objects.filter(user=OuterRef("user"), outcome=OfferOutcome.OPEN)
    busy = Call.objects.filter(realm=realm, answered_by=OuterRef("user"), state__in=BUSY_STATES)
    rows = (
        Presence.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(state=PresenceState.READY, seen_at__gte=at - SEEN_WITHIN, user__is_active=True)
        .exclude(Exists(ringing))
        .exclude(Exists(busy))
    )
    return [
        ReadyDesk(row.user_id, row.idle_since or at, frozenset(row.languages) or frozenset({"id"}), row.skills)
        for row in rows
    ]


def _waiting(realm: Realm) -> list[Waiting]:
    columns = ("pk", "arrived_at", "language", "skill", "is_lowered", "storm_id")
    calls = list(Call.objects.filter(realm=realm, state=CallState.QUEUED).values_list(*columns))
    rang_at: dict[uuid.UUID, set[int]] = {}
    if calls:
        expired = CallOffer.objects.filter(
            call__realm=realm, call__state=CallState.QUEUED, outcome=OfferOutcome.EXPIRED
        )
        for call_id, user_id in expired.values_list("call_id", "user_id"):
            rang_at.setdefault(call_id, set()).add(user_id)
    return [
        Waiting(str(key), arrived_at, language, skill, is_lowered, storm_id is not None, rang_at.get(key, ()))
        for key, arrived_at, language, skill, is_lowered, storm_id in calls
    ]


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
