"""What telephone exchanges tell. The signature, checked before, is their right to do so."""

from collections.abc import Sequence

from django.db import transaction

from accounts.services.audit import Actor
from common import clock
from common.doorbell import ring
from common.locking import locked_all
from dispatch.actions.base import record
from dispatch.models import Call, PbxLink
from dispatch.publish import tell_call, tell_storm
from dispatch.services.lines import Told, events_sorted, line_hear
from dispatch.services.storms import storm_join
from dispatch.tasks import calls_offer


def events_hear(*, pbx: PbxLink, told: Sequence[Told]) -> int:
    """Write a batch and bring its calls up to it, all or nothing; returns how many events were new."""
    with transaction.atomic():
        # All at once in the order of their keys, as whoever merges incidents takes them.
        locked_all(Call.objects.filter(pbx=pbx, pbx_call__in=[item.pbx_call for item in told]))
        at = clock.now()
        changed: dict[str, Call] = {}
        new = 0
        for item in events_sorted(told):
            heard = line_hear(pbx=pbx, told=item, at=at)
            if heard.is_new:
                new += 1
                changed[str(heard.call.pk)] = heard.call
        storms = [storm for call in changed.values() if (storm := storm_join(call=call))]
        if new:
            PbxLink.objects.filter(pk=pbx.pk).update(seen_at=at)
            record(Actor(None, f"pbx:{pbx.code}"[:40]), "line_heard", pbx, pbx.realm, {"events": new})
        for call in changed.values():
            tell_call(call)
        for storm in storms:
            tell_storm(storm)
        if new:
            ring(calls_offer, pbx.realm_id)
    return new
