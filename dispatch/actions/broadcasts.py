"""Telling all desks at once."""

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from dispatch.actions.base import record
from dispatch.models import Broadcast
from dispatch.publish import tell_broadcast
from dispatch.services.broadcasts import MINUTES, broadcast_write
from realtime.models import Realm


def broadcast_send(*, user: User, source: str, realm: Realm, text: str, minutes: int = MINUTES) -> Broadcast:
    """Show a message on every console of the centre until it expires."""
    require(user, Permission.BROADCAST_SEND)
    with transaction.atomic():
        row = broadcast_write(realm=realm, text=text.strip(), minutes=minutes, user=user, at=clock.now())
        record(Actor(user, source), "broadcast_sent", row, realm, {"minutes": minutes})
        tell_broadcast(row)
    return row
