"""What a pull for an incident or a trial says of the camera, written down as the patrol's looks are."""

from cameras.drivers.types import CameraFault, Grab
from cameras.models import Camera
from cameras.rules.health import Look
from cameras.rules.still import StillFacts
from cameras.services.health import Outcome, outcomes_record
from cameras.storage import picture_delete
from common import clock

CODE_LENGTH = Camera._meta.get_field("last_fault_code").max_length or 40


def look_of(grab: Grab, facts: StillFacts) -> Look:
    """A picture as the rules of health see it."""
    return Look(
        grab.received_at,
        duration_ms=round((grab.received_at - grab.requested_at).total_seconds() * 1000),
        flags=facts.flags,
        sharpness=facts.sharpness,
        brightness=facts.brightness,
        thumbnail=facts.thumbnail,
    )


def picture_seen(*, camera: Camera, grab: Grab, facts: StillFacts) -> None:
    """A camera gave a picture. In transactions of its own: health never holds up an incident."""
    look = look_of(grab, facts)
    Camera.objects.filter(pk=camera.pk).update(
        last_ok_at=grab.received_at, last_duration_ms=look.duration_ms, width=grab.width, height=grab.height
    )
    _record(camera, Outcome(look, grab.sha256))


def fault_seen(*, camera: Camera, fault: CameraFault) -> None:
    """A camera gave none."""
    at, code = clock.now(), fault.code[:CODE_LENGTH]
    Camera.objects.filter(pk=camera.pk).update(last_fault_at=at, last_fault_code=code)
    _record(camera, Outcome(Look(at, fault_code=code)))


def _record(camera: Camera, outcome: Outcome) -> None:
    for path in outcomes_record({camera.pk: outcome}).files_left:
        picture_delete(path)
