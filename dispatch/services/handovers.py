"""Handing open incidents from one shift to the next: offered by one, taken by the other, never just left."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked, locked_all
from dispatch.choices import HandoverState
from dispatch.models import Handover, Incident
from dispatch.models.incidents import IS_OPEN
from dispatch.services.incidents import INCIDENT_RELATED
from realtime.models import Realm


def handover_offer(*, realm: Realm, from_user: User, to_user: User, note: str, at: datetime) -> Handover:
    """Offer all that `from_user` owns. Until it is taken, everything stays where it is.

    Raises ValidationError `nothing_to_hand_over`, `handover_to_itself`; ConflictError `handover_open`.
    """
    if from_user.pk == to_user.pk:
        raise ValidationError("handover_to_itself", gettext_noop("Choose somebody else to take over."))
    incidents = list(Incident.objects.filter(IS_OPEN, realm=realm, owner=from_user))
    if not incidents:
        raise ValidationError("nothing_to_hand_over", gettext_noop("You have no open incidents to hand over."))
    try:
        with transaction.atomic():
            handover = Handover.objects.create(
                realm=realm, from_user=from_user, to_user=to_user, note=note, offered_at=at
            )
    except IntegrityError as error:  # one open at a time, by constraint
        raise ConflictError(
            "handover_open", gettext_noop("You have offered a handover already; withdraw it first.")
        ) from error
    handover.incidents.set(incidents)
    return handover


def handover_accept(*, handover: Handover, user: User, at: datetime) -> list[Incident]:
    """Take over; returns the incidents that changed hands, locked. What was closed meanwhile stays as it is."""
    if handover.to_user_id != user.pk:
        raise NotFoundError
    _answer(handover, HandoverState.ACCEPTED, at)
    waiting = Incident.objects.filter(IS_OPEN, pk__in=handover.incidents.all(), owner=handover.from_user)
    moved = locked_all(waiting, *INCIDENT_RELATED)
    for incident in moved:
        incident.owner = user
        incident.save(update_fields=["owner"])
    return moved


def handover_refuse(*, handover: Handover, user: User, at: datetime) -> Handover:
    """Declined by the one it was offered to, or withdrawn by the one who offered."""
    if user.pk not in {handover.to_user_id, handover.from_user_id}:
        raise NotFoundError
    is_own = user.pk == handover.from_user_id
    return _answer(handover, HandoverState.WITHDRAWN if is_own else HandoverState.DECLINED, at)


def handover_locked(*, realm: Realm, handover_id: uuid.UUID) -> Handover:
    """The row, locked; raises NotFoundError."""
    found = locked(Handover.objects.filter(realm=realm, pk=handover_id), "from_user", "to_user", "realm")
    if found is None:
        raise NotFoundError
    return found


def _answer(handover: Handover, to: HandoverState, at: datetime) -> Handover:
    if handover.state != HandoverState.OFFERED:
        raise ConflictError(
            "handover_answered", gettext_noop("This handover is over already."), {"state": handover.state}
        )
    handover.state, handover.answered_at = to, at
    handover.save(update_fields=["state", "answered_at"])
    return handover
