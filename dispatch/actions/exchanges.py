"""What telephone exchanges tell. The signature, checked before, is their right to do so."""

from collections.abc import Sequence

from django.db import transaction

from common import clock
from common.doorbell import ring
from dispatch.actions.calls import storm_join
from dispatch.models import Call, PbxLink
from dispatch.publish import tell_call
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
