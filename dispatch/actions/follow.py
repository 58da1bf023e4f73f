"""Handing over between shifts."""

import uuid

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from dispatch.actions.base import record
from dispatch.actions.telling import Telling
from dispatch.choices import TimelineKind
from dispatch.models import Handover
from dispatch.services.handovers import handover_accept as handover_accept_write
from dispatch.services.handovers import handover_locked, handover_refuse
from dispatch.services.handovers import handover_offer as handover_offer_write
from realtime.models import Realm


def handover_offer(*, user: User, source: str, realm: Realm, to_user: User, note: str) -> Handover:
    """Offer everything one owns to somebody who can work on it."""
    require(user, Permission.INCIDENT_EDIT)
    require(to_user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        at = clock.now()
        actor = Actor(user, source)
        handover = handover_offer_write(realm=realm, from_user=user, to_user=to_user, note=note, at=at)
        record(actor, "handover_offered", handover, realm, {"to": to_user.pk})
        telling = Telling(realm, actor, at)
        telling.handover(handover)
        telling.tell()
    return handover


def handover_accept(*, user: User, source: str, realm: Realm, handover_id: uuid.UUID) -> Handover:
    """Take over."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        handover = handover_locked(realm=realm, handover_id=handover_id)
        at = clock.now()
        moved = handover_accept_write(handover=handover, user=user, at=at)
        telling = Telling(realm, actor, at)
        for incident in moved:
            data = {"from": str(handover.from_user), "to": str(user)}
            telling.line(incident, TimelineKind.HANDED_OVER, data)
            telling.incident(incident)
        telling.handover(handover)
        record(actor, "handover_accepted", handover, realm, {"incidents": len(moved)})
        telling.tell()
    return handover


def handover_decline(*, user: User, source: str, realm: Realm, handover_id: uuid.UUID) -> Handover:
    """Not taken over, or withdrawn."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        handover = handover_locked(realm=realm, handover_id=handover_id)
        at = clock.now()
        handover_refuse(handover=handover, user=user, at=at)
        record(actor, f"handover_{handover.state}", handover, realm)
        telling = Telling(realm, actor, at)
        telling.handover(handover)
        telling.tell()
    return handover
