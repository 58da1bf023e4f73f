"""What people do with evidence: mark a picture, lock the pictures of an incident, take them out."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor, audit_write
from cameras.choices import RecordKind, RetentionClass
from cameras.models import EvidenceLock, Snapshot
from cameras.services import evidence_locks
from cameras.services.evidence import record_append
from cameras.services.retention import snapshot_keep, snapshot_release
from common.errors import ConflictError, NotFoundError, gettext_noop
from dispatch.actions.base import record
from dispatch.models import Incident, IncidentCamera
from dispatch.publish import tell_incident_camera
from dispatch.selectors.state import incident_get
from dispatch.services.retention import end_of
from realtime.models import Realm
from recognition.models import CandidateMatch


def snapshot_mark(
    *,
    user: User,
    source: str,
    realm: Realm,
    snapshot_id: uuid.UUID,
    incident_id: uuid.UUID,
    is_marked: bool,
    reason: str,
) -> IncidentCamera:
    """Make a picture part of its incident, so that it is kept with that; or take the mark away."""
    require(user, Permission.SNAPSHOT_MARK)
    with transaction.atomic():
        row = _row(realm, snapshot_id, incident_id)
        snapshot = _locked(snapshot_id)
        if snapshot.deleted_at is not None:
            raise ConflictError("picture_deleted", gettext_noop("This picture was deleted already."))
        if is_marked:
            snapshot_keep(snapshot, until=end_of(row.incident))
        else:
            _release(snapshot)
        row.snapshot = snapshot
        body = {"is_marked": is_marked, "by": user.username, "reason": reason, "sha256": snapshot.sha256}
        record_append(realm=realm, kind=RecordKind.MARKED, snapshot=snapshot, incident_id=incident_id, body=body)
        audit_write(
            actor=Actor(user, source),
            action="snapshot_marked" if is_marked else "snapshot_unmarked",
            object_type="cameras.snapshot",
            object_id=snapshot.pk,
            realm=realm.code,
            purpose=f"incident {row.incident.number}: {reason}",
        )
        tell_incident_camera(row)
    return row


def lock_set(
    *,
    user: User,
    source: str,
    realm: Realm,
    incident_id: uuid.UUID,
    reason: str,
    reference: str,
    expires_at: datetime,
) -> EvidenceLock:
    """Keep all pictures of an incident until a moment, whatever their class says."""
    require(user, Permission.EVIDENCE_LOCK)
    incident = incident_get(realm=realm, incident_id=incident_id)
    with transaction.atomic():
        lock = evidence_locks.lock_set(
            realm=realm,
            incident_id=incident.pk,
            user=user,
            reason=reason,
            reference=reference,
            expires_at=expires_at,
        )
        _record(user, source, "evidence_locked", lock)
    return lock


def lock_extend(*, user: User, source: str, realm: Realm, lock_id: uuid.UUID, expires_at: datetime) -> EvidenceLock:
    """Let a lock end later."""
    require(user, Permission.EVIDENCE_LOCK)
    with transaction.atomic():
        lock = evidence_locks.lock_extend(realm=realm, lock_id=lock_id, user=user, expires_at=expires_at)
        _record(user, source, "evidence_lock_extended", lock)
    return lock


def lock_end(*, user: User, source: str, realm: Realm, lock_id: uuid.UUID, reason: str) -> EvidenceLock:
    """End a lock before its time."""
    require(user, Permission.EVIDENCE_LOCK)
    with transaction.atomic():
        lock = evidence_locks.lock_end(realm=realm, lock_id=lock_id, user=user, reason=reason)
        _record(user, source, "evidence_unlocked", lock)
    return lock


def export_begin(*, user: User, source: str, realm: Realm, incident: Incident, purpose: str) -> list[Snapshot]:
    """Write down what is taken out and what for, before a byte of it leaves; the pictures that there are."""
    require(user, Permission.EVIDENCE_EXPORT)
    with transaction.atomic():
        rows = Snapshot.objects.select_related("camera", "realm").filter(realm=realm, incident_id=incident.pk)
        snapshots = list(rows.order_by("received_at", "pk"))
        kept = [str(row.pk) for row in snapshots if row.deleted_at is None]
        body = {"by": user.username, "purpose": purpose, "incident_number": incident.number, "snapshots": kept}
        record_append(realm=realm, kind=RecordKind.EXPORTED, incident_id=incident.pk, body=body)
        audit_write(
            actor=Actor(user, source),
            action="evidence_exported",
            object_type="dispatch.incident",
            object_id=incident.pk,
            realm=realm.code,
            purpose=purpose,
            data={"snapshots": len(kept)},
        )
    return snapshots


def _record(user: User, source: str, action: str, lock: EvidenceLock) -> None:
    data = {
        "incident": str(lock.incident_id),
        "reference": lock.reference,
        "expires_at": lock.expires_at.isoformat(),
    }
    record(Actor(user, source), action, lock, lock.realm, data)


def _row(realm: Realm, snapshot_id: uuid.UUID, incident_id: uuid.UUID) -> IncidentCamera:
    rows = IncidentCamera.objects.select_related("realm", "camera", "snapshot", "incident__merged_into")
    row = rows.filter(realm=realm, snapshot_id=snapshot_id, incident_id=incident_id).first()
    if row is None:
        raise NotFoundError
    return row


def _locked(snapshot_id: uuid.UUID) -> Snapshot:
    rows = Snapshot.objects.select_for_update(of=("self",), no_key=True).select_related("realm", "camera")
    return rows.get(pk=snapshot_id)


def _release(snapshot: Snapshot) -> None:
    if CandidateMatch.objects.filter(snapshot=snapshot).exists():
        raise ConflictError(
            "picture_has_candidate", gettext_noop("There is a candidate in this picture: it stays with its incident.")
        )
    if snapshot.retention_class != RetentionClass.INCIDENT:
        raise ConflictError("picture_not_marked", gettext_noop("This picture is not marked."))
    snapshot_release(snapshot)
