"""Trying a camera's connection for the person who looks after it; nothing of it is kept."""

from cameras.drivers.types import CameraFault, Grab
from cameras.models import Camera
from cameras.services.capture import camera_source, fault_record, pictures_pull
from common import clock

DEADLINE_S = 6.0


def camera_try(camera: Camera) -> Grab | CameraFault:
    """One picture, or why there is none. Remembers the outcome at the camera, but stores no picture."""
    started = clock.now()
    ((_, outcome),) = pictures_pull({"trial": camera_source(camera)}, deadline_s=DEADLINE_S)
    if isinstance(outcome, CameraFault):
        fault_record(camera=camera, fault=outcome)
        return outcome
    duration_ms = round((outcome.received_at - started).total_seconds() * 1000)
    Camera.objects.filter(pk=camera.pk).update(last_ok_at=outcome.received_at, last_duration_ms=duration_ms)
    return outcome
