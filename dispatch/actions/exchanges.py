"""What telephone exchanges tell. The signature, checked before, is their right to do so. And their secrets."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from common.doorbell import ring
from dispatch.actions.base import record
from dispatch.actions.calls import storm_join
from dispatch.models import Call, PbxLink
from dispatch.publish import tell_call
from dispatch.services.exchanges import previous_end, secret_renew
from dispatch.services.lines import Told, events_sorted, line_hear
from dispatch.tasks import calls_offer


def events_hear(*, pbx: PbxLink, told: Sequence[Told]) -> int:
    """Write a batch and bring its calls up to it, all or nothing; returns how many events were new."""
    with transaction.atomic():
        at = clock.now()
        changed: dict[str, Call] = {}
        new = 0
        for item in events_sorted(told):
            heard = line_hear(pbx=pbx, told=item, at=at)
            if heard.is_new:
                new += 1
                changed[str(heard.call.pk)] = heard.call
        for call in changed.values():
            storm_join(call)
        if new:
            PbxLink.objects.filter(pk=pbx.pk).update(seen_at=at)
        for call in changed.values():
            tell_call(call)
        if new:
            ring(calls_offer, pbx.realm_id)
    return new


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
