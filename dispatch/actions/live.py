"""Watching a camera live: for an open incident, or as its maintainer for a written reason."""

import uuid

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import SYSTEM, Actor
from cameras.choices import LiveEnd, LiveWay
from cameras.models import LiveViewing
from cameras.services.live import RELATED, LiveOver, viewing_check, viewing_close, viewing_open, viewing_seen
from common import clock
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from dispatch.choices import CLOSED_INCIDENT_STATES
from dispatch.models import Incident
from dispatch.services.watching import camera_by_code
from realtime.models import Realm

REASON_MIN = 10


def live_open(
    *, user: User, source: str, realm: Realm, code: str, incident_id: uuid.UUID | None, reason: str
) -> LiveViewing:
    """Who looks at what and what for is on record when this returns. Raises ConflictError `live_full` and others."""
    require(user, Permission.CAMERA_LIVE)
    camera = camera_by_code(code)
    if camera is None:
        raise NotFoundError
    purpose = _purpose(user, realm, incident_id, reason)
    return viewing_open(
        actor=Actor(user, source), user=user, realm=realm, camera=camera, incident_id=incident_id, purpose=purpose
    )


def live_check(*, user: User | None, viewing_id: uuid.UUID, socket_id: uuid.UUID | None = None) -> LiveViewing:
    """The viewing, if it may go on; otherwise it is closed, and LiveOver says why. NotFoundError for other people's.

    Asked before each still, when a socket comes, and again every few seconds while it stays. With `socket_id`, the
    viewing must be carried by that very socket.
    """
    viewing = LiveViewing.objects.select_related(*RELATED).filter(pk=viewing_id).first()
    if viewing is None or (user is not None and user.pk != viewing.user_id):
        raise NotFoundError
    if viewing.closed_at is not None:
        raise LiveOver(viewing.end)
    at = clock.now()
    end = viewing_check(viewing, user=user, at=at) or _incident_end(viewing)
    if end is not None:
        viewing_close(actor=SYSTEM, viewing_id=viewing.pk, end=end)
        raise LiveOver(end)
    if socket_id is not None and viewing.socket_id != socket_id:
        raise ConflictError("live_elsewhere", gettext_noop("This viewing goes on in another window."))
    viewing_seen(viewing, at=at)
    return viewing


def live_join(*, user: User, viewing_id: uuid.UUID, socket_id: uuid.UUID) -> LiveViewing:
    """A socket takes the viewing over; one that had it before is let go. Raises as `live_check`."""
    viewing = live_check(user=user, viewing_id=viewing_id)
    if viewing.way != LiveWay.VIDEO:
        raise ConflictError("no_video", gettext_noop("This camera is shown by single pictures only."))
    LiveViewing.objects.filter(pk=viewing.pk).update(socket_id=socket_id)
    return viewing


def live_close(*, user: User, source: str, viewing_id: uuid.UUID) -> LiveViewing:
    """The viewer has seen enough; harmless when it is over. Raises NotFoundError for other people's."""
    require(user, Permission.CAMERA_LIVE)
    with transaction.atomic():
        if not LiveViewing.objects.filter(pk=viewing_id, user=user).exists():
            raise NotFoundError
        viewing = viewing_close(actor=Actor(user, source), viewing_id=viewing_id, end=LiveEnd.CLOSED)
    if viewing is None:
        raise NotFoundError
    return viewing


def _purpose(user: User, realm: Realm, incident_id: uuid.UUID | None, reason: str) -> str:
    if incident_id is not None:
        require(user, Permission.INCIDENT_VIEW)
        incident = Incident.objects.filter(realm=realm, pk=incident_id).first()
        if incident is None:
            raise NotFoundError
        if incident.state in CLOSED_INCIDENT_STATES:
            raise ConflictError("incident_closed", gettext_noop("The incident is closed; nothing is watched for it."))
        return f"incident {incident.pk}"
    written = reason.strip()
    if not user.may(Permission.CAMERA_MAINTAIN):
        words = gettext_noop("Say for which incident you watch this camera.")
        raise ValidationError("purpose_missing", words, {"fields": {"incident": [""]}})
    if len(written) < REASON_MIN:
        words = gettext_noop("Say in a few words what you watch this camera for.")
        raise ValidationError("purpose_missing", words, {"fields": {"reason": [""]}})
    return written


def _incident_end(viewing: LiveViewing) -> LiveEnd | None:
    if viewing.incident_id is None:
        return None if viewing.user.may(Permission.CAMERA_MAINTAIN) else LiveEnd.RIGHT
    is_open = Incident.objects.filter(pk=viewing.incident_id).exclude(state__in=CLOSED_INCIDENT_STATES)
    return None if is_open.exists() else LiveEnd.INCIDENT
