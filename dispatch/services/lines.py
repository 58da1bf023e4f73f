"""What exchanges tell, written as it came; the call follows from all of it together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.services.audit import Actor
from common.locking import locked, locked_all
from common.phones import number_normalise
from dispatch.choices import CallMedium, CallState, LocationSource
from dispatch.models import Call, PbxEvent, PbxLink
from dispatch.rules.line import LineFact
from dispatch.services.aml import aml_attach
from dispatch.services.calls import CALL_RELATED
from dispatch.services.line_calls import call_follow, past_of_new, past_read
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


def calls_held(*, pbx: PbxLink, told: Sequence[Told]) -> dict[str, Call]:
    """The calls that are known of those in a batch, locked until the transaction ends, by the exchange's id.

    All at once in the order of their keys, as whoever merges incidents takes them.
    """
    rows = Call.objects.filter(pbx=pbx, pbx_call__in={item.pbx_call for item in told})
    return {str(call.pbx_call): call for call in locked_all(rows, *CALL_RELATED)}


def line_hear(*, pbx: PbxLink, told: Told, held: dict[str, Call], at: datetime) -> Heard:
    """Write one event and bring its call to what all events together say, in the transaction of the caller.

    The same event again changes nothing. Events of one call are taken one after the other, since the call's row is
    locked; so any order and repetition ends in the same row. `held` are the batch's calls; a new one is added.
    """
    actor = line_actor(pbx)
    call, is_made = _call_of(pbx, told, held, actor, at)
    rows = [] if is_made else list(PbxEvent.objects.filter(pbx=pbx, pbx_call=told.pbx_call))
    if any(row.event_id == told.event_id for row in rows):
        return Heard(call, is_new=False, is_made=False)
    rows.append(_event_add(pbx, told, at))
    known = None if is_made else call.caller_number
    past = past_of_new(call=call) if is_made else past_read(call=call)
    call_follow(call=call, facts=[_fact(row) for row in rows], past=past, actor=actor, at=at)
    if told.location is not None:
        location_add(call=call, fix=told.location, source=_source(told.location.source), at=at)
    if call.caller_number != known:
        aml_attach(call=call, at=at)
    return Heard(call, is_new=True, is_made=is_made)


def _call_of(pbx: PbxLink, told: Told, held: dict[str, Call], actor: Actor, at: datetime) -> tuple[Call, bool]:
    found = held.get(told.pbx_call)
    if found is not None:
        return found, False
    call = _call_new(pbx, told, at)
    is_made = True
    try:
        with transaction.atomic():
            call_begin(call=call, actor=actor, at=call.arrived_at)
    except IntegrityError:  # another event of this call was faster
        faster = locked(Call.objects.filter(pbx=pbx, pbx_call=told.pbx_call), *CALL_RELATED)
        if faster is None:
            raise
        call, is_made = faster, False
    held[told.pbx_call] = call
    return call, is_made


def _call_new(pbx: PbxLink, told: Told, at: datetime) -> Call:
    number = number_normalise(told.caller_number)
    return Call(
        realm=pbx.realm, number=number_next(of="call"), medium=CallMedium.VOICE, state=CallState.QUEUED,
        caller_number=number, pbx=pbx, pbx_call=told.pbx_call, arrived_at=min(told.at, at),
        language=told.language or "id", skill=told.skill,
        is_lowered=number_is_lowered(realm=pbx.realm, number=number, at=at),
    )  # fmt: skip


def _event_add(pbx: PbxLink, told: Told, at: datetime) -> PbxEvent:
    # Nobody else adds one of this call meanwhile: its row is locked, or ours alone until the commit.
    return PbxEvent.objects.create(
        pbx=pbx, pbx_call=told.pbx_call, event_id=told.event_id, kind=told.kind, occurred_at=told.at, received_at=at,
        caller_number=number_normalise(told.caller_number), extension=told.extension, cause=told.cause,
        language=told.language, skill=told.skill,
    )  # fmt: skip


def _fact(row: PbxEvent) -> LineFact:
    return LineFact(
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


def _source(known: str) -> LocationSource:
    return LocationSource(known) if known in LocationSource.values else LocationSource.PBX


def events_sorted(told: Sequence[Told]) -> list[Told]:
    """A batch in an order in which two batches cannot wait for each other's rows."""
    return sorted(told, key=lambda item: (item.pbx_call, item.at, item.event_id))
