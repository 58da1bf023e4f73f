"""What exchanges tell, written as it came; the call follows from all of it together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.audit import Actor
from common.locking import locked
from common.phones import number_normalise
from dispatch.choices import CallMedium, CallState, LocationSource, OfferOutcome
from dispatch.models import Call, PbxEvent, PbxLink, Presence
from dispatch.rules.line import Line, LineFact, line_fold
from dispatch.rules.transitions import Machine, is_allowed
from dispatch.services.calls import CALL_RELATED
from dispatch.services.locations import Fix, location_add
from dispatch.services.moves import call_begin, call_move
from dispatch.services.numbers import number_next
from dispatch.services.offers import offer_end
from dispatch.services.reputation import number_is_lowered

BY_LINE = frozenset({"queued", "offered", "answered", "held", "ended", "dropped", "abandoned"})


@dataclass(frozen=True, slots=True)
class Told:
    """One event of an exchange. `extension` is where it was answered or transferred to; `cause` why it ended."""

    event_id: str
    kind: str
    pbx_call: str
    at: datetime
    caller_number: str | None = None
    extension: str = ""
    cause: str = ""
    language: str = ""
    skill: str = ""
    location: Fix | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it: the call, and whether the event was new."""

    call: Call
    is_new: bool


def line_hear(*, pbx: PbxLink, told: Told, at: datetime) -> Heard:
    """Write one event and bring its call to what all events together say, in the transaction of the caller.

    The same event again changes nothing. Events of one call are taken one after the other, since the call's row is
    locked; so any order and repetition ends in the same row.
    """
    actor = Actor(None, f"pbx:{pbx.code}"[:40])
    call, is_made = _call_of(pbx, told, actor, at)
    _event, is_new = PbxEvent.objects.get_or_create(
        pbx=pbx,
        event_id=told.event_id,
        defaults={
            "pbx_call": told.pbx_call,
            "kind": told.kind,
            "occurred_at": told.at,
            "received_at": at,
            "caller_number": number_normalise(told.caller_number),
            "extension": told.extension,
            "cause": told.cause,
            "language": told.language,
            "skill": told.skill,
        },
    )
    if is_new:
        _follow(call, _line_of(pbx, told.pbx_call, call), actor)
        if told.location is not None:
            location_add(call=call, fix=told.location, source=_source(told.location.source), at=at)
    return Heard(call, is_new or is_made)


def _call_of(pbx: PbxLink, told: Told, actor: Actor, at: datetime) -> tuple[Call, bool]:
    rows = Call.objects.filter(pbx=pbx, pbx_call=told.pbx_call)
    found = locked(rows, *CALL_RELATED)
    if found is not None:
        return found, False
    number = number_normalise(told.caller_number)
    call = Call(
        realm=pbx.realm, number=number_next(of="call"), medium=CallMedium.VOICE, state=CallState.QUEUED,
        caller_number=number, pbx=pbx, pbx_call=told.pbx_call, arrived_at=told.at,
        language=told.language or "id", skill=told.skill,
        is_lowered=number_is_lowered(realm=pbx.realm, number=number, at=at),
    )  # fmt: skip
    try:
        with transaction.atomic():
            call_begin(call=call, actor=actor, at=told.at)
    except IntegrityError:
        faster = locked(rows, *CALL_RELATED)  # another event of this call
        if faster is None:
            raise
        return faster, False
    return call, True


def _line_of(pbx: PbxLink, pbx_call: str, call: Call) -> Line:
    facts = [
        LineFact(
            row.kind,
            row.occurred_at,
            row.event_id,
            row.caller_number,
            row.extension,
            row.cause,
            row.language,
            row.skill,
        )
        for row in PbxEvent.objects.filter(pbx=pbx, pbx_call=pbx_call)
    ]
    claim = call.transitions.filter(new=CallState.ANSWERED, actor__isnull=False).order_by("id").first()
    return line_fold(facts, claimed_at=claim.occurred_at if claim else None)


def _follow(call: Call, line: Line, actor: Actor) -> None:
    """Facts are always filled in; the state only while no person has gone on from what the line said."""
    call.arrived_at = line.arrived_at
    call.caller_number = line.caller_number or call.caller_number
    is_by_line = _is_by_line(call, line)
    if is_by_line:
        call.answered_at, call.ended_at = line.answered_at, line.ended_at
    if line.extension:
        call.answered_by = _user_at(line.extension) or call.answered_by
    call.language, call.skill = line.language or call.language, line.skill or call.skill
    fields = ["arrived_at", "caller_number", "answered_at", "ended_at", "answered_by", "language", "skill"]
    call.save(update_fields=fields)
    if not is_by_line or line.state in {"waiting", call.state} or _is_held_here(call, line):
        return
    offer_end(
        call=call, at=line.ended_at or line.answered_at or line.arrived_at,
        outcome=OfferOutcome.CALLER_LEFT if line.state == "abandoned" else OfferOutcome.TAKEN_ELSEWHERE,
    )  # fmt: skip
    call_move(call=call, to=CallState(line.state), actor=actor, at=line.ended_at or line.answered_at or line.arrived_at)


def _is_by_line(call: Call, line: Line) -> bool:
    # What a person did stands: from there the line only goes on. Who was called back is on another line.
    if call.state not in BY_LINE or call.transitions.filter(new=CallState.CALLBACK_DUE).exists():
        return False
    return line.state in {"waiting", call.state} or is_allowed(Machine.CALL, call.state, line.state)


def _is_held_here(call: Call, line: Line) -> bool:
    # An operator put the caller on hold in the console: the exchange, which still says "answered", does not undo it.
    if {call.state, line.state} != {CallState.ANSWERED, CallState.HELD}:
        return False
    newest = call.transitions.order_by("-id").first()
    return newest is not None and newest.actor_id is not None


def _user_at(extension: str) -> User | None:
    found = Presence.objects.select_related("user").filter(extension=extension).first()
    return found.user if found else None


def _source(known: str) -> LocationSource:
    return LocationSource(known) if known in LocationSource.values else LocationSource.PBX


def events_sorted(told: Sequence[Told]) -> list[Told]:
    """A batch in an order in which two batches cannot wait for each other's rows."""
    return sorted(told, key=lambda item: (item.pbx_call, item.at, item.event_id))
