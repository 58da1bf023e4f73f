"""What exchanges tell, written as it came; the call follows from all of it together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.services.audit import Actor
from common.locking import locked
from common.phones import number_normalise
from dispatch.choices import CallMedium, CallState, LocationSource
from dispatch.models import Call, PbxEvent, PbxLink
from dispatch.rules.line import LineFact
from dispatch.services.aml import aml_attach
from dispatch.services.calls import CALL_RELATED
from dispatch.services.line_calls import call_follow
from dispatch.services.locations import Fix, location_add
from dispatch.services.moves import call_begin
from dispatch.services.numbers import number_next
from dispatch.services.reputation import number_is_lowered


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
    """What came of it: the call, whether the event was new, and whether the call is."""

    call: Call
    is_new: bool
    is_made: bool


def line_actor(pbx: PbxLink) -> Actor:
    """Who acts when an exchange tells something."""
    return Actor(None, f"pbx:{pbx.code}"[:40])


def line_hear(*, pbx: PbxLink, told: Told, at: datetime) -> Heard:
    """Write one event and bring its call to what all events together say, in the transaction of the caller.

    The same event again changes nothing. Events of one call are taken one after the other, since the call's row is
    locked; so any order and repetition ends in the same row.
    """
    actor = line_actor(pbx)
    call, is_made = _call_of(pbx, told, actor, at)
    _event, is_new = PbxEvent.objects.get_or_create(
        pbx=pbx,
        pbx_call=told.pbx_call,
        event_id=told.event_id,
        defaults={
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
        known = None if is_made else call.caller_number
        call_follow(call=call, facts=_facts(pbx, told.pbx_call), actor=actor, at=at)
        if told.location is not None:
            location_add(call=call, fix=told.location, source=_source(told.location.source), at=at)
        if call.caller_number != known:
            aml_attach(call=call, at=at)
    return Heard(call, is_new, is_made)


def _call_of(pbx: PbxLink, told: Told, actor: Actor, at: datetime) -> tuple[Call, bool]:
    rows = Call.objects.filter(pbx=pbx, pbx_call=told.pbx_call)
    found = locked(rows, *CALL_RELATED)
    if found is not None:
        return found, False
    number = number_normalise(told.caller_number)
    arrived_at = min(told.at, at)
    call = Call(
        realm=pbx.realm, number=number_next(of="call"), medium=CallMedium.VOICE, state=CallState.QUEUED,
        caller_number=number, pbx=pbx, pbx_call=told.pbx_call, arrived_at=arrived_at,
        language=told.language or "id", skill=told.skill,
        is_lowered=number_is_lowered(realm=pbx.realm, number=number, at=at),
    )  # fmt: skip
    try:
        with transaction.atomic():
            call_begin(call=call, actor=actor, at=arrived_at)
    except IntegrityError:
        faster = locked(rows, *CALL_RELATED)  # another event of this call
        if faster is None:
            raise
        return faster, False
    return call, True


def _facts(pbx: PbxLink, pbx_call: str) -> list[LineFact]:
    return [
        LineFact(
            kind=row.kind,
            at=row.occurred_at,
            event_id=row.event_id,
            caller_number=row.caller_number,
            extension=row.extension,
            cause=row.cause,
            language=row.language,
            skill=row.skill,
            heard_at=row.received_at,
        )
        for row in PbxEvent.objects.filter(pbx=pbx, pbx_call=pbx_call)
    ]


def _source(known: str) -> LocationSource:
    return LocationSource(known) if known in LocationSource.values else LocationSource.PBX


def events_sorted(told: Sequence[Told]) -> list[Told]:
    """A batch in an order in which two batches cannot wait for each other's rows."""
    return sorted(told, key=lambda item: (item.pbx_call, item.at, item.event_id))
