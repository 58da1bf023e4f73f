"""What telephone exchanges tell. The signature, checked before, is their right to do so. And their secrets."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from common.doorbell import ring
from dispatch.actions.base import record
from dispatch.models import Call, PbxLink
from dispatch.publish import tell_call, tell_storm
from dispatch.rules.aml import AmlFix
from dispatch.services.aml import aml_call, aml_keep, aml_place
from dispatch.services.calls import CALL_RELATED
from dispatch.services.exchanges import link_seen, previous_end, secret_renew
from dispatch.services.lines import Told, calls_held, events_sorted, line_actor, line_hear
from dispatch.services.storms import storm_join
from dispatch.tasks import calls_offer


def events_hear(*, pbx: PbxLink, told: Sequence[Told]) -> int:
    """Write a batch and bring its calls up to it, all or nothing; returns how many events were new.

    One audit entry for all of it: the events themselves are kept as they came, and every step of a call.
    """
    with transaction.atomic():
        held = calls_held(pbx=pbx, told=told)
        at = clock.now()
        changed: dict[str, Call] = {}
        new = made = 0
        for item in events_sorted(told):
            heard = line_hear(pbx=pbx, told=item, held=held, at=at)
            if heard.is_new:
                new, made = new + 1, made + heard.is_made
                changed[str(heard.call.pk)] = heard.call
        if not new:
            return 0
        storms = [storm for call in changed.values() if (storm := storm_join(call=call))]
        link_seen(pbx=pbx, at=at)
        data = {"events": new, "calls_new": made, "calls": list(changed)}
        record(line_actor(pbx), "line_heard", pbx, pbx.realm, data)
        for call in changed.values():
            tell_call(call)
        for storm in storms:
            tell_storm(storm)
        ring(calls_offer, pbx.realm_id)
    return new


@dataclass(frozen=True, slots=True)
class AmlHeard:
    """What came of a text: whether it was new, and the call that it belongs to, if there is one yet."""

    is_new: bool
    call: Call | None


def aml_hear(*, pbx: PbxLink, number: str, fix: AmlFix) -> AmlHeard:
    """Keep a phone's position, and put it on the newest open call of its number.

    Two transactions: the first makes it known to a call that is being written at this moment, the second looks for
    one that has been. Whoever is cut off in between sends the text again and changes nothing twice.
    """
    actor = line_actor(pbx)
    with transaction.atomic():
        message, is_new = aml_keep(pbx=pbx, number=number, fix=fix, at=clock.now())
        if is_new:
            record(actor, "aml_received", message, pbx.realm)
    with transaction.atomic():
        call = aml_call(message=message, related=CALL_RELATED)
        if call is not None and aml_place(call=call, message=message, at=clock.now()):
            storm = storm_join(call=call)
            record(actor, "call_located", call, pbx.realm)
            tell_call(call)
            if storm is not None:
                tell_storm(storm)
    return AmlHeard(is_new, call)


def exchange_secret_renew(*, user: User, source: str, pbx_id: uuid.UUID, seen: str) -> tuple[PbxLink, str]:
    """A new secret, to be shown once; the one before still holds."""
    require(user, Permission.EXCHANGE_MANAGE)
    with transaction.atomic():
        pbx, secret = secret_renew(pbx_id=pbx_id, seen=seen)
        record(Actor(user, source), "pbx_secret_renewed", pbx, pbx.realm, {"pbx": pbx.code})
    return pbx, secret


def exchange_previous_end(*, user: User, source: str, pbx_id: uuid.UUID) -> PbxLink:
    """The secret from before holds no longer."""
    require(user, Permission.EXCHANGE_MANAGE)
    with transaction.atomic():
        pbx = previous_end(pbx_id=pbx_id)
        record(Actor(user, source), "pbx_previous_secret_ended", pbx, pbx.realm, {"pbx": pbx.code})
    return pbx
