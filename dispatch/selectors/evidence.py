"""Reading the evidence of incidents: pictures, locks, records, and who looked at what."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from accounts.models import AuditEntry
from cameras.choices import RetentionClass
from cameras.models import EvidenceLock, EvidenceRecord, EvidenceSeal, Snapshot
from cameras.selectors import locks_active
from dispatch.models import Incident
from realtime.models import Realm
from recognition.models import CandidateMatch

SNAPSHOT = "cameras.snapshot"
ACCESS_MAX = 500
ACTIONS = ("snapshot_viewed", "snapshot_marked", "snapshot_unmarked")


@dataclass(frozen=True, slots=True)
class Access:
    """One look at one picture, or one mark on it."""

    at: datetime
    who: str
    action: str
    snapshot_id: str
    camera: str
    purpose: str
    shown: str
    source: str

    @property
    def words(self) -> str:
        """What was done, in the reader's language."""
        words = {
            "snapshot_marked": gettext("marked"),
            "snapshot_unmarked": gettext("mark taken away"),
        }
        return words.get(self.action) or (gettext("original") if self.shown == "original" else gettext("covered copy"))


@dataclass(frozen=True, slots=True)
class IncidentEvidence:
    """An incident with pictures, in the list."""

    incident: Incident
    pictures: int
    kept: int
    deleted: int
    lock: EvidenceLock | None


def snapshots_of(*, realm: Realm, incident_id: uuid.UUID) -> QuerySet[Snapshot]:
    """All pictures that were taken for an incident, whether their bytes are still there or not."""
    rows = Snapshot.objects.select_related("camera", "realm").filter(realm=realm, incident_id=incident_id)
    candidates = CandidateMatch.objects.filter(snapshot=OuterRef("pk"))
    return rows.annotate(has_candidate=Exists(candidates)).order_by("received_at", "pk")


def access_of(snapshots: Iterable[Snapshot]) -> list[Access]:
    """Who opened these pictures, newest first."""
    cameras = {str(snapshot.pk): snapshot.camera.code for snapshot in snapshots}
    entries = AuditEntry.objects.select_related("actor").filter(
        object_type=SNAPSHOT, object_id__in=list(cameras), action__in=ACTIONS
    )
    return [
        Access(
            at=entry.occurred_at,
            who=str(entry.actor) if entry.actor else "Siaga",
            action=entry.action,
            snapshot_id=entry.object_id,
            camera=cameras[entry.object_id],
            purpose=entry.purpose,
            shown=str(entry.data.get("copy", "")),
            source=entry.source,
        )
        for entry in entries.order_by("-sequence")[:ACCESS_MAX]
    ]


def records_of(*, realm: Realm, incident_id: uuid.UUID) -> QuerySet[EvidenceRecord]:
    """Everything that was recorded of an incident's pictures and locks."""
    return EvidenceRecord.objects.filter(realm=realm, incident_id=incident_id).order_by("sequence")


def incidents_with_evidence(*, realm: Realm, count: int) -> list[IncidentEvidence]:
    """The newest incidents with pictures."""
    rows = (
        Snapshot.objects.filter(realm=realm, incident_id__isnull=False)
        .values("incident_id")
        .annotate(
            pictures=Count("pk"),
            kept=Count("pk", filter=Q(deleted_at=None, retention_class=RetentionClass.INCIDENT)),
            deleted=Count("pk", filter=Q(deleted_at__isnull=False)),
        )
        .order_by("-incident_id")[:count]
    )
    counts: dict[uuid.UUID, Any] = {row["incident_id"]: row for row in rows if row["incident_id"]}
    incidents = Incident.objects.select_related("type", "place").in_bulk(list(counts))
    locks = {lock.incident_id: lock for lock in locks_active().filter(realm=realm).order_by("expires_at")}
    found = [
        IncidentEvidence(incidents[key], row["pictures"], row["kept"], row["deleted"], locks.get(key))
        for key, row in counts.items()
        if key in incidents
    ]
    return sorted(found, key=lambda item: item.incident.opened_at, reverse=True)


def locks_of(*, realm: Realm, incident_id: uuid.UUID) -> QuerySet[EvidenceLock]:
    """All locks of an incident, newest first."""
    rows = EvidenceLock.objects.select_related("locked_by", "ended_by").filter(realm=realm, incident_id=incident_id)
    return rows.order_by("-locked_at")


def verification_last() -> AuditEntry | None:
    """What `evidence_verify` found last."""
    return (
        AuditEntry.objects.filter(object_type="cameras.evidencehead", object_id="1", action="evidence_verified")
        .order_by("-sequence")
        .first()
    )


def seal_last() -> EvidenceSeal | None:
    """The newest signed head."""
    return EvidenceSeal.objects.order_by("-sequence").first()
