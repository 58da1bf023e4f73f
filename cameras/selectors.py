"""Reading the registry."""

import uuid
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.conf import settings
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.utils import timezone

from cameras.choices import CameraMount, CameraState, Condition, Purpose
from cameras.models import Camera, EvidenceLock, MaintenanceWindow
from cameras.rules.choice import Scene, choose
from cameras.rules.field import CameraField, Floats
from cameras.rules.presets import preset_for
from common import clock
from common.geo import bounding_box

RECOGNISE_PX_PER_M = 125.0  # EN 62676-4: a known person is recognised
FAILING = Q(last_fault_at__isnull=False) & (Q(last_ok_at__isnull=True) | Q(last_fault_at__gt=F("last_ok_at")))


@dataclass(frozen=True, slots=True)
class CameraNear:
    """A camera worth asking for a scene, with its distance and why; `preset` is one that would show the scene."""

    camera: Camera
    distance_m: float
    reasons: tuple[str, ...]
    preset: str = ""


def cameras_askable(purpose: Purpose, *, at: datetime) -> QuerySet[Camera]:
    """Active cameras that may be asked for this purpose now: by agreement, hours, maintenance and hold-off."""
    windows = MaintenanceWindow.objects.filter(begins_at__lte=at, ends_at__gt=at)
    return (
        Camera.objects.filter(agreed(purpose, at=at), state=CameraState.ACTIVE)
        .filter(Q(maintenance_until__isnull=True) | Q(maintenance_until__lte=at))
        .exclude(pk__in=windows.filter(camera__isnull=False).values("camera"))
        .exclude(groups__in=windows.filter(group__isnull=False).values("group"))
        .exclude(health__auth_hold_until__gt=at)
    )


def agreed(purpose: Purpose, *, at: datetime) -> Q:
    """Cameras whose agreement, if they have one, allows this purpose on this day at this hour."""
    local = timezone.localtime(at)
    day, hour = local.date(), local.time()
    by_day = Q(agreement__valid_from__lte=day) & (
        Q(agreement__valid_until__isnull=True) | Q(agreement__valid_until__gte=day)
    )
    from_until = Q(agreement__hours_from__lte=hour, agreement__hours_until__gte=hour)
    # Hours over midnight: from 22:00 until 05:00.
    over_night = Q(agreement__hours_from__gt=F("agreement__hours_until")) & (
        Q(agreement__hours_from__lte=hour) | Q(agreement__hours_until__gte=hour)
    )
    by_hour = Q(agreement__hours_from__isnull=True) | from_until | over_night
    return Q(agreement__isnull=True) | (by_day & by_hour & Q(agreement__purposes__contains=[purpose]))


def cameras_near(*, lat: float, lon: float) -> list[CameraNear]:
    """The deployment's number of cameras within its radius of the scene, best first."""
    return cameras_for(Scene(lat, lon, radius_m=settings.CAMERA_RADIUS_M), count=settings.CAMERA_COUNT_MAX)


def cameras_for(
    scene: Scene,
    *,
    count: int,
    times_seen: Mapping[int, int] | None = None,
    added: AbstractSet[int] = frozenset(),
    removed: AbstractSet[int] = frozenset(),
) -> list[CameraNear]:
    """At most `count` cameras for a scene, and all that were added, best first."""
    at = clock.now()
    box = bounding_box(scene.lat, scene.lon, scene.farthest_m)
    rows = cameras_askable(Purpose.INCIDENT, at=at).filter(
        Q(lat__range=(box.south, box.north), lon__range=(box.west, box.east)) | Q(pk__in=added)
    )
    field = camera_field(rows, times_seen=times_seen or {}, at=at)
    chosen = choose(field, scene, count=count, added=added, removed=removed)
    by_id = Camera.objects.in_bulk([item.id for item in chosen])
    return [
        CameraNear(by_id[item.id], item.distance_m, item.reasons, preset=_preset(by_id[item.id], scene))
        for item in chosen
        if item.id in by_id
    ]


def camera_field(rows: QuerySet[Camera], *, times_seen: Mapping[int, int], at: datetime) -> CameraField:
    """The rows as arrays; one query, and no model is made of what is not chosen."""
    is_sick = FAILING | Q(health__condition=Condition.DOWN) | Q(health__breaker_open_until__gt=at)
    told = rows.order_by("pk").annotate(
        sick=Case(When(is_sick, then=Value("1")), default=Value(""), output_field=CharField())
    )
    values = list(
        told.values_list("pk", "lat", "lon", "heading_deg", "hfov_deg", "range_m", "sick", "width").distinct()
    )
    columns = list(zip(*values, strict=True)) or [()] * 8
    lat, lon, heading_deg, hfov_deg, range_m, width_px = (
        np.array([np.nan if value is None else value for value in columns[index]], np.float64)
        for index in (1, 2, 3, 4, 5, 7)
    )
    return CameraField(
        id=np.array(columns[0], np.int64),
        lat=lat,
        lon=lon,
        heading_deg=heading_deg,
        hfov_deg=hfov_deg,
        range_m=range_m,
        is_healthy=np.array([not value for value in columns[6]], np.bool_),
        face_range_m=_face_range_m(width_px, hfov_deg),
        times_seen=np.array([times_seen.get(key, 0) for key in columns[0]], np.int64),
    )


def _face_range_m(width_px: Floats, hfov_deg: Floats) -> Floats:
    """How far away a face can still be recognised; NaN where width or view are not known."""
    half = np.tan(np.radians(np.minimum(hfov_deg, 170.0)) / 2)
    metres: Floats = width_px / (2 * RECOGNISE_PX_PER_M * half)
    return metres


def _preset(camera: Camera, scene: Scene) -> str:
    if camera.mount != CameraMount.PTZ or not camera.ptz_presets:
        return ""
    return preset_for(camera.ptz_presets, camera=(camera.lat, camera.lon), scene=(scene.lat, scene.lon))


def locks_active() -> QuerySet[EvidenceLock]:
    """Locks that hold now: neither ended nor run out."""
    return EvidenceLock.objects.filter(ended_at=None, expires_at__gt=clock.now())


def incidents_locked() -> set[uuid.UUID]:
    """Incidents whose pictures must stay."""
    return set(locks_active().values_list("incident_id", flat=True))
