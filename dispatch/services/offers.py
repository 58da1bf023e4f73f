"""Offering waiting calls to ready desks, and taking back what nobody answered."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import User
from accounts.services.audit import SYSTEM, Actor, audit_write
from common import clock
from dispatch.choices import CallState, OfferOutcome, PresenceState
from dispatch.models import Call, CallOffer, Presence
from dispatch.publish import tell_call
from dispatch.rules.queueing import LOWERED_PATIENCE, STORM_PATIENCE, ReadyDesk, Waiting, pairs
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
    """
    _expire(realm)
    with transaction.atomic():
        desks = _ready(realm)
        if not desks:
            return 0
        rows = (
            Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .select_related("realm", "answered_by", "storm")
            .filter(realm=realm, state=CallState.QUEUED)
        )
        calls = {str(call.pk): call for call in _first_come(rows)[:BATCH]}
        at = clock.now()
        raised = [call for call in calls.values() if _raise(call, at)]
        found = pairs([_waiting(call) for call in calls.values()], desks, at)
        for waiting, desk in found:
            _offer(calls[waiting.call_id], desk, at)
        for waiting, desk in found:
            _audit(calls[waiting.call_id], "call_offered", user=desk.user_id)
        for waiting, _desk in found:
            tell_call(calls[waiting.call_id])
        for call in raised:
            if call.state == CallState.QUEUED:
                tell_call(call)
    return len(found)


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


def _first_come(rows: QuerySet[Call]) -> QuerySet[Call]:
    # As `rules.queueing.order_of`, so that a batch is never filled by those who may wait for the others.
    at = clock.now()
    lowered = Q(is_lowered=True, arrived_at__gt=at - LOWERED_PATIENCE)
    storm = Q(storm__isnull=False, storm__ended_at=None, arrived_at__gt=at - STORM_PATIENCE)
    rank = Case(When(lowered, then=Value(2)), When(storm, then=Value(1)), default=Value(0))
    return rows.order_by(rank, "arrived_at", "pk")


def _raise(call: Call, at: datetime) -> bool:
    """Take off a mark that no longer holds for a waiting call; whether it did."""
    if not call.is_lowered or number_is_lowered(realm=call.realm, number=call.caller_number, at=at):
        return False
    call.is_lowered = False
    call.save(update_fields=["is_lowered"])
    return True


def _waiting(call: Call) -> Waiting:
    rang_at = call.offers.filter(outcome=OfferOutcome.EXPIRED).values_list("user_id", flat=True)
    return Waiting(
        call_id=str(call.pk),
        arrived_at=call.arrived_at,
        language=call.language,
        skill=call.skill,
        is_lowered=call.is_lowered,
        is_storm=call.storm is not None and call.storm.ended_at is None,
        rang_at=frozenset(rang_at),
    )


def _offer(call: Call, desk: ReadyDesk, at: datetime) -> None:
    CallOffer.objects.create(call=call, user_id=desk.user_id, offered_at=at)
    call.offered_to = User.objects.get(pk=desk.user_id)
    call.offered_at = call.offered_at or at
    call_move(call=call, to=CallState.OFFERED, actor=SYSTEM, at=at, fields=["offered_at"])


def _audit(call: Call, action: str, **data: int) -> None:
    audit_write(
        actor=SYSTEM, action=action, object_type="dispatch.call", object_id=call.pk, realm=call.realm.code, data=data
    )
