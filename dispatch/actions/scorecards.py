"""Writing and publishing scorecards."""

import uuid

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from dispatch.actions.base import record
from dispatch.models import Scorecard, ScorecardVersion
from dispatch.services.scorecards import draft_locked, number_next, version_copy, version_publish
from realtime.models import LIVE, Realm


def scorecard_number(*, user: User, card: Scorecard) -> int:
    """The number of a version that is being written; call it in the transaction that writes it."""
    require(user, Permission.SCORECARD_WRITE)
    return number_next(card=card)


def scorecard_hold(*, user: User, version_id: uuid.UUID) -> ScorecardVersion:
    """A draft kept from being published while it is written; call it in the transaction that writes it."""
    require(user, Permission.SCORECARD_WRITE)
    return draft_locked(version_id=version_id)


def scorecard_copy(*, user: User, source: str, version_id: uuid.UUID) -> ScorecardVersion:
    """A new draft with the questions of a version."""
    require(user, Permission.SCORECARD_WRITE)
    with transaction.atomic():
        version = version_copy(version_id=version_id, user=user, at=clock.now())
        _record(user, source, "scorecard_drafted", version)
    return version


def scorecard_publish(*, user: User, source: str, version_id: uuid.UUID) -> ScorecardVersion:
    """Use a draft from now on."""
    require(user, Permission.SCORECARD_PUBLISH)
    with transaction.atomic():
        version = version_publish(version_id=version_id, user=user, at=clock.now())
        _record(user, source, "scorecard_published", version)
    return version


def _record(user: User, source: str, action: str, version: ScorecardVersion) -> None:
    data = {"scorecard": version.card.code, "version": version.number}
    record(Actor(user, source), action, version, Realm.objects.get(code=LIVE), data)
