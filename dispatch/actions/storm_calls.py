"""Settling the callers of a storm who are no longer on the line."""

import uuid

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from common.errors import NotFoundError
from common.locking import locked
from dispatch.actions.base import record
from dispatch.actions.telling import Telling
from dispatch.choices import TimelineKind
from dispatch.models import Storm
from dispatch.services.incidents import incident_locked
from dispatch.services.storm_calls import storm_calls_left, storm_calls_settle
from realtime.models import Realm


def storm_settle(*, user: User, source: str, realm: Realm, storm_id: uuid.UUID) -> tuple[int, int]:
    """Join those who hung up to the storm's incident and close them; returns how many were, and how many are left."""
    require(user, Permission.STORM_MANAGE)
    with transaction.atomic():
        at = clock.now()
        actor = Actor(user, source)
        incident_id = Storm.objects.filter(realm=realm, pk=storm_id).values_list("incident_id", flat=True).first()
        if incident_id is None:
            raise NotFoundError
        incident = incident_locked(realm=realm, incident_id=incident_id)
        storm = locked(Storm.objects.filter(pk=storm_id), "incident", "realm")
        if storm is None:
            raise NotFoundError
        storm.incident = incident
        calls = storm_calls_settle(storm=storm, actor=actor, at=at)
        telling = Telling(realm, actor, at)
        if calls:
            telling.line(incident, TimelineKind.STORM, {"settled": len(calls)})
        for call in calls:
            record(actor, "call_closed", call, realm, {"class": call.call_class, "storm": str(storm.pk)})
            telling.call(call)
        left = storm_calls_left(storm=storm)
        telling.tell()
    return len(calls), left
