"""Broadcasts that are still shown."""

from datetime import datetime

from django.db.models import QuerySet

from dispatch.models import Broadcast
from realtime.models import Realm


def broadcasts_shown(*, realm: Realm, at: datetime) -> QuerySet[Broadcast]:
    """Those that have not expired, the latest first."""
    return Broadcast.objects.select_related("sent_by").filter(realm=realm, expires_at__gt=at)
