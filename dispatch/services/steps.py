"""Taking and giving back the steps of the pipeline: each is a swap of a row's state under a lease.

`attempts` fences: who comes back after the lease was given to somebody else finds another number and writes nothing.
"""

import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings

from accounts.services.audit import SYSTEM, audit_write
from common import clock
from dispatch.choices import IncidentCameraState, TimelineKind
from dispatch.models import IncidentCamera
from dispatch.publish import tell_incident_camera, tell_line
from dispatch.services.timeline import entry_add

ATTEMPTS_MAX = 2
ANALYSIS_LEASE = timedelta(seconds=8)
RING_AGAIN = timedelta(seconds=8)


def capture_lease() -> timedelta:
    """How long a capture may hold its rows: the pull's own deadline and the time to write them down."""
    return timedelta(seconds=settings.CAMERA_DEADLINE_S + 4)


def step_hold(*, row_id: uuid.UUID, state: IncidentCameraState, attempts: int) -> IncidentCamera | None:
    """The row, locked, if this step of it is still ours."""
    rows = IncidentCamera.objects.select_for_update(of=("self",), no_key=True).select_related(
        "realm", "camera", "snapshot", "incident__type", "incident__realm"
    )
    return rows.filter(pk=row_id, state=state, attempts=attempts).first()


def step_fail(*, row: IncidentCamera, code: str) -> None:
    """End a row that cannot succeed, and say so in the story. `row` must be locked; publishes, so call it last."""
    at = clock.now()
    row.state, row.fault_code, row.lease_until, row.finished_at = IncidentCameraState.FAILED, code[:40], None, at
    row.save(update_fields=["state", "fault_code", "lease_until", "finished_at"])
    data = {"camera": row.camera.code, "fault": row.fault_code}
    step_audit(row=row, action="camera_failed", data=data)
    if row.times_asked > 1:  # the story tells it once, not at every asking
        tell_incident_camera(row)
        return
    line = entry_add(incident=row.incident, kind=TimelineKind.CAMERA_FAILED, actor=SYSTEM, at=at, data=data)
    tell_incident_camera(row)
    tell_line(row.realm, line)


def step_audit(*, row: IncidentCamera, action: str, data: Mapping[str, object]) -> None:
    """The audit entry of what the system did with a row."""
    audit_write(
        actor=SYSTEM,
        action=action,
        object_type="dispatch.incidentcamera",
        object_id=row.pk,
        realm=row.realm.code,
        purpose=f"incident {row.incident.number}",
        data=data,
    )
