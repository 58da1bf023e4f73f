"""What an operator says of an incident's cameras: this one too, not that one, in this area, longer, no more."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from cameras.choices import CameraState
from common import clock
from common.doorbell import ring
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.geo import distance_m
from common.locking import locked
from dispatch.actions.base import record
from dispatch.choices import WatchEnd
from dispatch.models import CameraWatch, CameraWish
from dispatch.publish import tell_watch
from dispatch.services.follow import open_require
from dispatch.services.incidents import incident_locked
from dispatch.services.watching import RELATED, camera_by_code, watch_end
from dispatch.tasks import camera_watch_tick
from realtime.models import Realm

WISHES_MAX = 24
CORNERS_MIN, CORNERS_MAX = 3, 60
AREA_MAX_M = 6_000.0
LONGER_MAX = timedelta(hours=2)

Change = Callable[[CameraWatch, datetime], dict[str, Any]]


def camera_wish(
    *, user: User, source: str, realm: Realm, incident_id: uuid.UUID, code: str, is_wanted: bool
) -> CameraWatch:
    """Add a camera to an incident's cameras, or take it out. Raises ValidationError `camera_unknown`, `too_many`."""

    def change(watch: CameraWatch, at: datetime) -> dict[str, Any]:
        camera = camera_by_code(code)
        if camera is None or (is_wanted and camera.state != CameraState.ACTIVE):
            raise ValidationError(
                "camera_unknown",
                gettext_noop("There is no active camera “%(code)s”."),
                {"code": code[:30], "fields": {"code": [code[:30]]}},
            )
        if CameraWish.objects.filter(watch=watch).exclude(camera=camera).count() >= WISHES_MAX:
            raise ValidationError(
                "too_many", gettext_noop("More cameras cannot be chosen by hand; draw an area instead.")
            )
        CameraWish.objects.update_or_create(
            watch=watch, camera=camera, defaults={"is_wanted": is_wanted, "wished_by": user, "wished_at": at}
        )
        return {"camera": camera.code, "wanted": is_wanted}

    return _changed(
        user=user, source=source, realm=realm, incident_id=incident_id, action="camera_chosen", change=change
    )


def area_set(
    *, user: User, source: str, realm: Realm, incident_id: uuid.UUID, area: Sequence[Sequence[float]]
) -> CameraWatch:
    """Ask the cameras in an area instead of those around; an empty one goes back. Raises ValidationError `area_bad`."""

    def change(watch: CameraWatch, at: datetime) -> dict[str, Any]:
        watch.area = _area(area, watch)
        watch.save(update_fields=["area"])
        return {"corners": len(watch.area)}

    return _changed(
        user=user, source=source, realm=realm, incident_id=incident_id, action="camera_area_drawn", change=change
    )


def watch_extend(
    *, user: User, source: str, realm: Realm, incident_id: uuid.UUID, minutes: int, reason: str
) -> CameraWatch:
    """Watch on for some minutes from now, for a reason. Raises ValidationError `too_long`."""

    def change(watch: CameraWatch, at: datetime) -> dict[str, Any]:
        stop_at = at + timedelta(minutes=minutes)
        if stop_at > watch.started_at + LONGER_MAX:
            raise ValidationError(
                "too_long", gettext_noop("Cameras may be watched for two hours at most; ask them again instead.")
            )
        watch.stop_at = max(stop_at, watch.stop_at)
        watch.extended_by, watch.extension_reason = user, reason.strip()
        watch.save(update_fields=["stop_at", "extended_by", "extension_reason"])
        return {"minutes": minutes, "reason": watch.extension_reason}

    return _changed(
        user=user, source=source, realm=realm, incident_id=incident_id, action="camera_watch_extended", change=change
    )


def watch_stop(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID) -> CameraWatch:
    """Ask the cameras no more; harmless when it is over."""
    require(user, Permission.CAMERA_CHOOSE)
    with transaction.atomic():
        watch = _watch(realm, incident_id)
        if watch.ended_at is None:
            record(Actor(user, source), "camera_watch_stopped", watch.incident, realm, {})
            watch_end(watch, WatchEnd.STOPPED, at=clock.now())
    return watch


def _changed(
    *, user: User, source: str, realm: Realm, incident_id: uuid.UUID, action: str, change: Change
) -> CameraWatch:
    """Change a watch and have its cameras asked at once; one that was over goes on."""
    require(user, Permission.CAMERA_CHOOSE)
    with transaction.atomic():
        at = clock.now()
        watch = _watch(realm, incident_id)
        open_require(watch.incident)
        data = change(watch, at)
        _wake(watch, at)
        record(Actor(user, source), action, watch.incident, realm, data)
        tell_watch(CameraWatch.objects.select_related(*RELATED).get(pk=watch.pk))
        ring(camera_watch_tick, watch.pk)
    return watch


def _watch(realm: Realm, incident_id: uuid.UUID) -> CameraWatch:
    incident = incident_locked(realm=realm, incident_id=incident_id)
    watch = locked(CameraWatch.objects.filter(incident=incident), *RELATED)
    if watch is None:
        if incident.lat is None:
            raise ConflictError("no_position", gettext_noop("Set the incident's position on the map first."))
        raise NotFoundError
    return watch


def _wake(watch: CameraWatch, at: datetime) -> None:
    """Due now. What had ended begins anew, so that its schedule is dense again."""
    if (watch.ended_at is not None and watch.stop_at <= at) or watch.end == WatchEnd.NO_CAMERA:
        watch.started_at, watch.stop_at = at, max(watch.stop_at, at + timedelta(minutes=15))
    watch.due_at, watch.ended_at, watch.end = at, None, ""
    watch.save(update_fields=["due_at", "ended_at", "end", "started_at", "stop_at"])


def _area(area: Sequence[Sequence[float]], watch: CameraWatch) -> list[list[float]]:
    corners = [[float(lat), float(lon)] for lat, lon in area]
    if not corners:
        return []
    if not CORNERS_MIN <= len(corners) <= CORNERS_MAX:
        raise ValidationError("area_bad", gettext_noop("An area has three to sixty corners."))
    if any(distance_m(lat, lon, watch.lat, watch.lon) > AREA_MAX_M for lat, lon in corners):
        raise ValidationError("area_bad", gettext_noop("The area reaches further than six kilometres from the scene."))
    return corners
