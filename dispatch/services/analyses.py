"""The third step: looking for those who are sought in one picture."""

import uuid

from django.db import transaction

from accounts.services.audit import SYSTEM
from cameras.services.retention import snapshot_keep
from cameras.storage import StorageUnreachable, picture_read
from common import clock
from common.images import PictureRefused
from dispatch.choices import IncidentCameraState, TimelineKind
from dispatch.models import IncidentCamera
from dispatch.publish import tell_incident_camera, tell_line, tell_match
from dispatch.services.captures import faces_may_be_searched
from dispatch.services.steps import ANALYSIS_LEASE, step_audit, step_fail, step_hold
from dispatch.services.timeline import entry_add
from recognition.engine.types import FaceEngine
from recognition.services.analysis import Findings, analysis_record, gallery_for, picture_search
from recognition.services.watchlist import engine_load

State = IncidentCameraState


def faces_recognise(*, row_id: uuid.UUID) -> None:
    """Search one picture and write what was found. Repeated rings find the row taken or done, and change nothing."""
    row = _claim(row_id)
    if row is None or row.snapshot is None:
        return
    engine = engine_load()
    gallery = gallery_for(incident_id=row.incident_id, realm_id=row.realm_id, engine=engine)
    if not len(gallery) or not faces_may_be_searched(row):
        _finish_unsearched(row)  # nobody is sought here: then nobody's face is looked at
        return
    try:
        picture = picture_read(row.snapshot.path)
        findings = picture_search(picture=picture, gallery=gallery, engine=engine, masks=row.camera.privacy_masks)
    except PictureRefused as refused:
        _fail(row, refused.code)
    except FileNotFoundError:
        _fail(row, "picture_lost")
    except StorageUnreachable as error:
        _fail(row, error.code)
    else:
        _finish(row, findings, engine)


def _claim(row_id: uuid.UUID) -> IncidentCamera | None:
    with transaction.atomic():
        rows = IncidentCamera.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related(
            "realm", "camera", "snapshot", "incident__type"
        )
        row = rows.filter(pk=row_id, state=State.CAPTURED).first()
        if row is None:
            return None
        row.state, row.attempts, row.lease_until = State.ANALYSING, row.attempts + 1, clock.now() + ANALYSIS_LEASE
        row.save(update_fields=["state", "attempts", "lease_until"])
        tell_incident_camera(row)
    return row


def _finish(claimed: IncidentCamera, findings: Findings, engine: FaceEngine) -> None:
    with transaction.atomic():
        row = step_hold(row_id=claimed.pk, state=State.ANALYSING, attempts=claimed.attempts)
        if row is None or row.snapshot is None:
            return
        matches = analysis_record(snapshot=row.snapshot, incident_id=row.incident_id, findings=findings, engine=engine)
        _close(row, faces_found=len(findings.observation.faces))
        if matches:
            snapshot_keep(row.snapshot)
        lines = [
            entry_add(
                incident=row.incident,
                kind=TimelineKind.CANDIDATE,
                actor=SYSTEM,
                at=match.proposed_at,
                data={"camera": row.camera.code, "match": str(match.pk), "tier": match.tier},
            )
            for match in matches
        ]
        data = {"camera": row.camera.code, "faces": row.faces_found, "candidates": [str(match.pk) for match in matches]}
        step_audit(row=row, action="faces_searched", data=data)
        for match in matches:
            tell_match(match)
        tell_incident_camera(row)
        for line in lines:
            tell_line(row.realm, line)


def _finish_unsearched(claimed: IncidentCamera) -> None:
    with transaction.atomic():
        row = step_hold(row_id=claimed.pk, state=State.ANALYSING, attempts=claimed.attempts)
        if row is not None:
            _close(row, faces_found=None)
            step_audit(row=row, action="faces_not_searched", data={"camera": row.camera.code})
            tell_incident_camera(row)


def _close(row: IncidentCamera, *, faces_found: int | None) -> None:
    row.state, row.faces_found, row.lease_until, row.finished_at = State.ANALYSED, faces_found, None, clock.now()
    row.save(update_fields=["state", "faces_found", "lease_until", "finished_at"])


def _fail(claimed: IncidentCamera, code: str) -> None:
    with transaction.atomic():
        row = step_hold(row_id=claimed.pk, state=State.ANALYSING, attempts=claimed.attempts)
        if row is not None:
            step_fail(row=row, code=code)
