"""The cameras of an incident after the first round: asked again by schedule, where somebody can have got to by now.

A watch is a row with a moment at which it is due. It ends by itself: after its time, with its incident, or when an
operator says so. Nothing here waits for the network.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from cameras.models import Camera, CameraHealth, Snapshot
from cameras.rules.choice import Scene
from cameras.rules.schedule import STOP_S, tick_after
from cameras.selectors import CameraNear, cameras_for
from common import clock
from common.locking import locked
from dispatch.choices import (
    CLOSED_INCIDENT_STATES,
    FINISHED_CAMERA_STATES,
    IncidentCameraState,
    WatchEnd,
    WatchOrigin,
)
from dispatch.models import CameraWatch, CameraWish, Incident, IncidentCamera
from dispatch.publish import tell_incident_camera, tell_watch
from dispatch.rules.reach import speed_m_s

State = IncidentCameraState
RELATED = ("realm", "incident__realm", "incident__type")
AREA_TIMES = 2  # somebody drew the area, so twice as many cameras may be asked in it


def watch_begin(incident: Incident, *, at: datetime) -> CameraWatch:
    """The watch of an incident from now on; another scene puts its origin back. The incident must be locked."""
    scene = {"scene_lat": incident.lat, "scene_lon": incident.lon}
    fresh = {
        "realm": incident.realm, "lat": incident.lat, "lon": incident.lon, "error_m": incident.radius_m or 0.0,
        "origin_at": incident.opened_at, "started_at": at, "stop_at": at + timedelta(seconds=STOP_S), **scene,
    }  # fmt: skip
    watch = locked(CameraWatch.objects.filter(incident=incident), *RELATED)
    if watch is None:
        return CameraWatch.objects.create(incident=incident, **fresh)
    if (watch.scene_lat, watch.scene_lon) != (incident.lat, incident.lon):
        for name, value in fresh.items():
            setattr(watch, name, value)
        watch.origin = WatchOrigin.SCENE
    _restart(watch, at)
    watch.save()
    return watch


def sighting_take(*, incident_id: uuid.UUID, snapshot: Snapshot) -> CameraWatch | None:
    """A person confirmed a sighting: start again there. None where nothing is watched, or it is over for good."""
    watch = locked(CameraWatch.objects.filter(incident_id=incident_id), *RELATED)
    if watch is None or watch.incident.state in CLOSED_INCIDENT_STATES:
        return None
    if watch.origin == WatchOrigin.SIGHTING and watch.origin_at >= snapshot.received_at:
        return None  # an older sighting says less than the one that is followed
    camera = snapshot.camera
    watch.origin, watch.origin_at = WatchOrigin.SIGHTING, snapshot.received_at
    watch.lat, watch.lon, watch.error_m = camera.lat, camera.lon, camera.range_m
    watch.area = []
    _restart(watch, clock.now())
    watch.due_at = watch.started_at
    watch.save()
    return watch


def cameras_of(watch: CameraWatch, *, at: datetime) -> list[CameraNear]:
    """Which cameras are to be asked now, best first."""
    seen = Snapshot.objects.filter(incident_id=watch.incident_id).values_list("camera").annotate(Count("pk"))
    wishes = dict(CameraWish.objects.filter(watch=watch).values_list("camera", "is_wanted"))
    count = settings.CAMERA_COUNT_MAX * (AREA_TIMES if watch.area else 1)
    return cameras_for(
        scene_of(watch, at=at),
        count=count,
        times_seen=dict(seen.order_by()),
        added={key for key, is_wanted in wishes.items() if is_wanted},
        removed={key for key, is_wanted in wishes.items() if not is_wanted},
    )


def scene_of(watch: CameraWatch, *, at: datetime) -> Scene:
    """What the rules of choice need to know."""
    return Scene(
        watch.lat,
        watch.lon,
        radius_m=settings.CAMERA_RADIUS_M,
        error_m=watch.error_m,
        age_s=(at - watch.origin_at).total_seconds(),
        speed_m_s=speed_m_s(watch.incident.type.reach),
        area=tuple((lat, lon) for lat, lon in watch.area),
    )


def watch_tick(*, incident_id: uuid.UUID, pictures_max: int | None = None) -> int:
    """Ask the cameras of a watch that is due; returns how many were asked. Repeated rings find it not due any more."""
    with transaction.atomic():
        watch = locked(CameraWatch.objects.filter(incident_id=incident_id), *RELATED)
        at = clock.now()
        if watch is None or watch.due_at is None or watch.due_at > at:
            return 0
        if watch.incident.state in CLOSED_INCIDENT_STATES:
            watch_end(watch, WatchEnd.CLOSED, at=at)
            return 0
        if at >= watch.stop_at:
            watch_end(watch, WatchEnd.TIME, at=at)
            return 0
        near = _not_left_alone(cameras_of(watch, at=at), at=at)
        rows = _rows_want(watch, near if pictures_max is None else near[:pictures_max], at=at)
        _schedule(watch, at=at, spared=0 if pictures_max is None else max(0, len(near) - pictures_max))
        for row in rows:
            tell_incident_camera(row)
    return len(rows)


def watch_end(watch: CameraWatch, end: WatchEnd, *, at: datetime) -> None:
    """Ask no more. Publishes, so call it last."""
    watch.due_at, watch.end, watch.ended_at = None, end, at
    watch.save(update_fields=["due_at", "end", "ended_at"])
    tell_watch(watch)


def watch_first(watch: CameraWatch, *, cameras: int, at: datetime) -> None:
    """The first round was asked; without a camera near there is nothing to go on with."""
    if cameras:
        _schedule(watch, at=at, spared=0)
    else:
        watch.end, watch.ended_at = WatchEnd.NO_CAMERA, at
        watch.save(update_fields=["end", "ended_at"])


def _restart(watch: CameraWatch, at: datetime) -> None:
    watch.started_at, watch.stop_at = at, at + timedelta(seconds=STOP_S)
    watch.times_asked, watch.due_at, watch.end, watch.ended_at = 0, None, "", None
    watch.extended_by, watch.extension_reason = None, ""


def _schedule(watch: CameraWatch, *, at: datetime, spared: int) -> None:
    age_s = (at - watch.started_at).total_seconds()
    following = tick_after(age_s, stop_s=(watch.stop_at - watch.started_at).total_seconds())
    watch.times_asked += 1
    watch.pictures_spared += spared
    # The last asking is followed by the stop itself, so that the end is told when it is reached.
    watch.due_at = watch.stop_at if following is None else watch.started_at + timedelta(seconds=following)
    watch.save(update_fields=["times_asked", "pictures_spared", "due_at"])


def _not_left_alone(near: Sequence[CameraNear], *, at: datetime) -> list[CameraNear]:
    """Without those whose breaker is open: the first round may force it once, the schedule does not."""
    keys = [item.camera.pk for item in near]
    resting = set(CameraHealth.objects.filter(pk__in=keys, breaker_open_until__gt=at).values_list("pk", flat=True))
    return [item for item in near if item.camera.pk not in resting]


def _rows_want(watch: CameraWatch, near: Sequence[CameraNear], *, at: datetime) -> list[IncidentCamera]:
    """Put what is finished back to wanted, and add what has joined; what is still being asked is left alone."""
    rows = _rows_of(watch)
    first = 1 + max((row.rank for row in rows.values()), default=0)
    wanted = []
    for place, item in enumerate(near):
        row = rows.get(item.camera.pk)
        if row is None:
            row = IncidentCamera(
                realm=watch.realm, incident=watch.incident, camera=item.camera,
                round=watch.incident.rounds_assigned, rank=first + place, times_asked=0,
            )  # fmt: skip
        elif row.state not in FINISHED_CAMERA_STATES:
            continue
        row.state, row.wanted_at, row.finished_at = State.WANTED, at, None
        row.attempts, row.lease_until, row.fault_code = 0, None, ""
        row.times_asked += 1
        row.distance_m, row.reasons, row.preset = round(item.distance_m, 1), list(item.reasons), item.preset
        row.save()
        wanted.append(row)
    return wanted


def _rows_of(watch: CameraWatch) -> dict[int, IncidentCamera]:
    rows = IncidentCamera.objects.select_for_update(of=("self",), no_key=True).select_related(
        "camera", "snapshot", "realm"
    )
    found = rows.filter(incident_id=watch.incident_id, round=watch.incident.rounds_assigned).order_by("pk")
    return {row.camera_id: row for row in found}


def camera_by_code(code: str) -> Camera | None:
    """An active camera, whatever capitals its code is written in."""
    return Camera.objects.filter(code__iexact=code.strip()).first()
