"""The second step: pictures of the wanted cameras, all at once, each written down as it comes."""

import uuid
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import transaction

from cameras.drivers.types import CameraFault, Grab
from cameras.rules.still import StillFacts, still_facts
from cameras.services.capture import camera_source, grab_keep, pictures_pull, snapshot_record
from cameras.services.looks import fault_seen, picture_seen
from cameras.storage import StorageFull
from common import clock
from common.crypto import SealBroken
from common.images import PictureRefused
from dispatch.choices import CLOSED_INCIDENT_STATES, IncidentCameraState
from dispatch.models import IncidentCamera
from dispatch.publish import tell_incident_camera
from dispatch.services.steps import RING_AGAIN, capture_lease, step_audit, step_fail, step_hold

State = IncidentCameraState


def snapshots_take(*, incident_id: uuid.UUID, unsearched: Callable[[], object] = lambda: None) -> Iterator[uuid.UUID]:
    """Pull what is wanted for an incident; yields the rows whose pictures are to be searched, as they come.

    `unsearched` is called for each picture that is not. No transaction is open while the network is waited for.
    """
    rows = {str(row.pk): row for row in _claim(incident_id)}
    sources = {}
    for key, row in rows.items():
        try:
            sources[key] = camera_source(row.camera)
        except SealBroken:
            _fault_write(row, "credential_unreadable")
    for key, result in pictures_pull(sources, deadline_s=settings.CAMERA_DEADLINE_S):
        row = rows[key]
        facts = _facts(result)
        if isinstance(result, Grab) and isinstance(facts, StillFacts):
            if _picture_write(row, result, facts):
                yield row.pk
            else:
                unsearched()
            picture_seen(camera=row.camera, grab=result, facts=facts)
        elif isinstance(facts, CameraFault):
            _fault_write(row, facts.code)
            fault_seen(camera=row.camera, fault=facts)


def _facts(result: Grab | CameraFault) -> StillFacts | CameraFault:
    if isinstance(result, CameraFault):
        return result
    try:
        return still_facts(result.data)
    except PictureRefused as refused:
        return CameraFault(refused.code)


def faces_may_be_searched(row: IncidentCamera) -> bool:
    """The switches of deployment, incident type and camera, all of them off unless somebody turned them on."""
    return bool(
        settings.FACE_MATCHING_ENABLED
        and row.incident.type.face_matching_allowed
        and row.incident.state not in CLOSED_INCIDENT_STATES
        and row.camera.face_matching_allowed
        and not row.camera.is_sensitive_site
    )


def _claim(incident_id: uuid.UUID) -> list[IncidentCamera]:
    with transaction.atomic():
        wanted = IncidentCamera.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related(
            "realm", "camera", "incident__type", "snapshot"
        )
        rows = list(wanted.filter(incident_id=incident_id, state=State.WANTED).order_by("rank"))
        lease_until = clock.now() + capture_lease()
        for row in rows:
            row.state, row.attempts, row.lease_until = State.CAPTURING, row.attempts + 1, lease_until
        IncidentCamera.objects.bulk_update(rows, ["state", "attempts", "lease_until"])
        for row in rows:
            tell_incident_camera(row)
    return rows


def _picture_write(claimed: IncidentCamera, grab: Grab, facts: StillFacts) -> bool:
    """Keep a picture; whether it is to be searched for faces. One that is dark or covered is kept, and not searched."""
    try:
        path = grab_keep(grab)  # before the transaction: a store may be slow
        with transaction.atomic():
            row = step_hold(row_id=claimed.pk, state=State.CAPTURING, attempts=claimed.attempts)
            if row is None:
                return False
            is_searched = faces_may_be_searched(row) and not facts.flags
            row.snapshot = snapshot_record(
                realm=row.realm,
                camera=row.camera,
                grab=grab,
                incident_id=row.incident_id,
                path=path,
                flags=facts.flags,
            )
            row.captured_at = row.snapshot.received_at
            row.attempts = 0
            row.state = State.CAPTURED if is_searched else State.ANALYSED
            row.lease_until = clock.now() + RING_AGAIN if is_searched else None
            row.finished_at = None if is_searched else row.captured_at
            row.save(update_fields=["snapshot", "captured_at", "attempts", "state", "lease_until", "finished_at"])
            step_audit(row=row, action="snapshot_kept", data={"camera": row.camera.code, "sha256": grab.sha256})
            tell_incident_camera(row)
    except StorageFull as error:
        _fault_write(claimed, error.code)
        return False
    return is_searched


def _fault_write(claimed: IncidentCamera, code: str) -> None:
    with transaction.atomic():
        row = step_hold(row_id=claimed.pk, state=State.CAPTURING, attempts=claimed.attempts)
        if row is not None:
            step_fail(row=row, code=code)
