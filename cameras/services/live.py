"""Viewings: who sees a camera live. Opened within caps, with a purpose on record, and for some minutes only."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from accounts.services.audit import SYSTEM, Actor, audit_write
from cameras.choices import CameraKind, CameraState, LiveEnd, LiveWay, Purpose
from cameras.models import Camera, LiveViewing
from cameras.selectors import cameras_askable
from common import clock
from common.errors import ConflictError, gettext_noop
from common.locking import locked
from realtime.models import Realm

SEEN_WITHIN = timedelta(seconds=45)  # a page that asked for nothing for so long is gone
SEEN_EVERY = timedelta(seconds=5)
RELATED = ("camera__agreement", "user", "realm")
NAMES_MAX = 5


class LiveOver(ConflictError):
    """The viewing is over; `end` says why."""

    MESSAGES = {
        LiveEnd.CLOSED: gettext_noop("This viewing was closed."),
        LiveEnd.TIME: gettext_noop("The time of this viewing is over; open it anew if you still need it."),
        LiveEnd.LEFT: gettext_noop("This page was not heard of for a while, so its viewing was closed."),
        LiveEnd.RIGHT: gettext_noop("You may not watch cameras any more."),
        LiveEnd.INCIDENT: gettext_noop("The incident is closed, and the viewing with it."),
        LiveEnd.CAMERA: gettext_noop("This camera may not be watched now."),
        LiveEnd.CHANGED: gettext_noop("The camera's registration was changed; open it anew."),
    }

    def __init__(self, end: str) -> None:
        super().__init__("live_over", self.MESSAGES[LiveEnd(end)], {"end": end})


@dataclass(frozen=True, slots=True)
class Shown:
    """How a camera can be shown, and why not as video."""

    way: LiveWay
    why: str = ""


def shown_how(camera: Camera) -> Shown:
    """Video that is passed on untouched cannot be masked, so a camera with masks has stills alone."""
    if camera.privacy_masks:
        return Shown(LiveWay.STILLS, "masked")
    return Shown(LiveWay.VIDEO) if stream_address(camera) else Shown(LiveWay.STILLS, "no_stream")


def stream_address(camera: Camera) -> str:
    """The smallest stream there is; empty without any."""
    own = camera.url if camera.kind == CameraKind.RTSP else ""
    return camera.sub_stream_url or camera.stream_url or own


def viewing_open(
    *, actor: Actor, user: User, realm: Realm, camera: Camera, incident_id: uuid.UUID | None, purpose: str
) -> LiveViewing:
    """Write down who is about to see what, and what for; the purpose has been judged by the caller.

    Raises ConflictError `camera_not_active`, `live_not_agreed`, `camera_not_asked`, and `live_full` with who is in the
    way. Everything that could show a picture needs the row that comes of it.
    """
    with transaction.atomic():
        # One at a time, so that two who come together do not both take the last place.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('live viewings', 0))")
        at = clock.now()
        camera_check(camera, at=at)
        _places_check(user, camera, at=at)
        viewing = LiveViewing.objects.create(
            realm=realm, camera=camera, camera_version=camera.version, user=user, incident_id=incident_id,
            reason="" if incident_id else purpose, way=shown_how(camera).way, opened_at=at, seen_at=at,
            ends_at=at + timedelta(minutes=settings.LIVE_MINUTES),
        )  # fmt: skip
        _record(actor, "camera_live_opened", viewing, {"way": viewing.way}, purpose=purpose)
    return viewing


def camera_check(camera: Camera, *, at: datetime) -> None:
    """Raise ConflictError unless this camera may be watched now."""
    if camera.state != CameraState.ACTIVE:
        raise ConflictError("camera_not_active", gettext_noop("This camera is not in service."))
    if camera.agreement and Purpose.LIVE_VIEW not in camera.agreement.purposes:
        raise ConflictError(
            "live_not_agreed", gettext_noop("The access agreement of this camera does not allow live view.")
        )
    if not cameras_askable(Purpose.LIVE_VIEW, at=at).filter(pk=camera.pk).exists():
        raise ConflictError(
            "camera_not_asked",
            gettext_noop("This camera is not asked now: hours of its agreement, maintenance, or a refused password."),
        )


def viewing_check(viewing: LiveViewing, *, user: User | None, at: datetime) -> LiveEnd | None:
    """Why this viewing has to end now; None while it may go on. Incidents are the caller's to judge."""
    if user is None or user.pk != viewing.user_id or not user.may(Permission.CAMERA_LIVE):
        return LiveEnd.RIGHT
    if viewing.ends_at <= at:
        return LiveEnd.TIME
    if viewing.camera.version != viewing.camera_version:
        return LiveEnd.CHANGED
    if not cameras_askable(Purpose.LIVE_VIEW, at=at).filter(pk=viewing.camera_id).exists():
        return LiveEnd.CAMERA
    return None


def viewing_seen(viewing: LiveViewing, *, at: datetime) -> None:
    """Its page still asks; written at most every few seconds."""
    if at - viewing.seen_at >= SEEN_EVERY:
        LiveViewing.objects.filter(pk=viewing.pk, closed_at=None).update(seen_at=at)


def viewing_close(*, actor: Actor, viewing_id: uuid.UUID, end: LiveEnd) -> LiveViewing | None:
    """End it, with its duration on record; harmless when it is over. None when there is no such viewing."""
    with transaction.atomic():
        viewing = locked(LiveViewing.objects.filter(pk=viewing_id), *RELATED)
        if viewing is None or viewing.closed_at is not None:
            return viewing
        at = clock.now()
        # Who just vanished has seen nothing since.
        viewing.closed_at = min(at, viewing.seen_at + SEEN_EVERY) if end == LiveEnd.LEFT else min(at, viewing.ends_at)
        viewing.end = end
        viewing.save(update_fields=["closed_at", "end"])
        duration_s = round((viewing.closed_at - viewing.opened_at).total_seconds())
        purpose = viewing.reason or f"incident {viewing.incident_id}"
        _record(actor, "camera_live_closed", viewing, {"end": end, "duration_s": duration_s}, purpose=purpose)
    return viewing


def viewings_sweep() -> int:
    """Close what ran out or was left; returns how many."""
    at = clock.now()
    over = LiveViewing.objects.filter(closed_at=None).filter(Q(ends_at__lte=at) | Q(seen_at__lte=at - SEEN_WITHIN))
    rows = list(over.values_list("pk", "ends_at")[:500])
    for key, ends_at in rows:
        viewing_close(actor=SYSTEM, viewing_id=key, end=LiveEnd.TIME if ends_at <= at else LiveEnd.LEFT)
    return len(rows)


def viewings_open(*, at: datetime) -> QuerySet[LiveViewing]:
    """Those that take a place now."""
    return LiveViewing.objects.filter(closed_at=None, ends_at__gt=at, seen_at__gt=at - SEEN_WITHIN)


def _places_check(user: User, camera: Camera, *, at: datetime) -> None:
    """Raise ConflictError `live_full` with the cap that is reached, and who or what is in the way."""
    rows = viewings_open(at=at).select_related("camera", "user").order_by("opened_at")
    caps: tuple[tuple[str, int, QuerySet[LiveViewing], str], ...] = (
        ("user", settings.LIVE_USER_MAX, rows.filter(user=user),
         gettext_noop("You watch %(max)d cameras already (%(who)s); close one first.")),
        ("camera", settings.LIVE_CAMERA_VIEWERS_MAX, rows.filter(camera=camera),
         gettext_noop("All %(max)d places at this camera are taken: %(who)s.")),
        ("site", settings.LIVE_VIEWERS_MAX, rows,
         gettext_noop("All %(max)d places of the live view are taken: %(who)s.")),
    )  # fmt: skip
    for cap, most, taken, words in caps:
        found = list(taken[: most + 1])
        if len(found) >= most:
            raise ConflictError("live_full", words, {"cap": cap, "max": most, "who": _names(cap, found)})


def _names(cap: str, rows: list[LiveViewing]) -> str:
    names = list(dict.fromkeys(row.camera.code if cap == "user" else str(row.user) for row in rows))
    return ", ".join(names[:NAMES_MAX]) + (", …" if len(names) > NAMES_MAX else "")


def _record(actor: Actor, action: str, viewing: LiveViewing, data: dict[str, Any], *, purpose: str) -> None:
    audit_write(
        actor=actor, action=action, object_type="cameras.camera", object_id=viewing.camera_id,
        realm=viewing.realm.code, purpose=purpose,
        data={"camera": viewing.camera.code, "viewing": str(viewing.pk), **data},
    )  # fmt: skip
