"""Reading the registry."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Q

from cameras.choices import CameraState
from cameras.models import Camera
from cameras.rules.choice import Candidate, choose
from common.geo import bounding_box


@dataclass(frozen=True, slots=True)
class CameraNear:
    """A camera worth asking for a scene, with its distance and why."""

    camera: Camera
    distance_m: float
    reasons: tuple[str, ...]


def cameras_near(*, lat: float, lon: float) -> list[CameraNear]:
    """The deployment's number of active cameras within its radius of the scene, best first."""
    radius_m = settings.CAMERA_RADIUS_M
    box = bounding_box(lat, lon, radius_m)
    failed = Q(last_fault_at__isnull=False) & (Q(last_ok_at__isnull=True) | Q(last_fault_at__gt=F("last_ok_at")))
    rows = Camera.objects.filter(
        state=CameraState.ACTIVE, lat__range=(box.south, box.north), lon__range=(box.west, box.east)
    )
    failing = set(rows.filter(failed).values_list("pk", flat=True))
    by_id = {camera.pk: camera for camera in rows}
    candidates = [
        Candidate(
            id=camera.pk,
            lat=camera.lat,
            lon=camera.lon,
            heading_deg=camera.heading_deg,
            hfov_deg=camera.hfov_deg,
            range_m=camera.range_m,
            is_healthy=camera.pk not in failing,
        )
        for camera in by_id.values()
    ]
    chosen = choose(candidates, lat=lat, lon=lon, radius_m=radius_m, count=settings.CAMERA_COUNT_MAX)
    return [CameraNear(by_id[item.id], item.distance_m, item.reasons) for item in chosen]
