"""Ending warnings by the clock."""

from django.db import transaction

from accounts.services.audit import SYSTEM, audit_write
from common import clock
from dispatch.publish import tell_alert
from dispatch.services.alerts import alerts_expire
from realtime.models import Realm


def alerts_end_expired() -> int:
    """End what has run out, and tell; how many."""
    ended = 0
    for realm in Realm.objects.all():
        with transaction.atomic():
            rows = alerts_expire(realm=realm, at=clock.now())
            for alert in rows:
                audit_write(
                    actor=SYSTEM, action="alert_expired", object_type="dispatch.alert", object_id=alert.pk,
                    realm=realm.code,
                )  # fmt: skip
            for alert in rows:
                tell_alert(alert)
        ended += len(rows)
    return ended
