"""Incidents with pictures, for tests of evidence."""

from datetime import timedelta
from typing import Any

from cameras.models import Snapshot
from common import clock
from dispatch.models import Incident, IncidentCamera
from recognition.models import CandidateMatch
from tests.cameras.evidence import camera, kept
from tests.dispatch.console import Console
from tests.recognition.engine.test_pipeline import photo
from tests.recognition.services.test_services import active

DAY = timedelta(days=1)
PURPOSE = "berkas perkara 12"


def opened(desk: Console) -> Incident:
    """An incident with a position."""
    body = {"type": "orang-hilang", "lat": -6.2099, "lon": 106.8502}
    return Incident.objects.get(pk=desk.send("POST", "incidents/", body).json()["id"])


def seen(incident: Incident, seed: int = 0, *, age: timedelta = timedelta(), data: bytes | None = None) -> Snapshot:
    """A picture of an incident, with the row of the camera that was asked."""
    of = camera(f"K-{seed}")
    at = clock.now() - age
    snapshot = kept(seed, incident_id=incident.pk, at=at, of=of, data=data)
    IncidentCamera.objects.create(
        realm=incident.realm, incident=incident, camera=of, rank=seed, distance_m=10, state="analysed",
        snapshot=snapshot, wanted_at=at, captured_at=at, finished_at=at,
    )  # fmt: skip
    return snapshot


def candidate_in(snapshot: Snapshot) -> CandidateMatch:
    """A candidate in this picture, as recognition would write it."""
    at = clock.now()
    assert snapshot.incident_id
    return CandidateMatch.objects.create(
        realm=snapshot.realm, incident_id=snapshot.incident_id, snapshot=snapshot, camera=snapshot.camera,
        entry=active(photo("subject-a-1")), tier="pushed", raw_score=0.6, threshold=0.5, box=[1, 1, 9, 9],
        engine="sface", engine_version="1", proposed_at=at, expires_at=at + DAY,
    )  # fmt: skip


def close(desk: Console, incident: Incident, *, ago: timedelta = timedelta()) -> None:
    """Close it, as if so long ago."""
    desk.post(f"incidents/{incident.pk}/close/", {"disposition": "tertangani", "not_informed_reason": "no_number"})
    Incident.objects.filter(pk=incident.pk).update(closed_at=clock.now() - ago)


def state(snapshot: Snapshot) -> tuple[str, bool, bool]:
    """Class, whether its end is known, whether it is deleted."""
    snapshot.refresh_from_db()
    return snapshot.retention_class, snapshot.delete_after is not None, snapshot.deleted_at is not None


def archive(chief: Console, incident: Incident) -> bytes:
    """The ZIP of an incident, taken out over HTTP."""
    answer: Any = chief.client.get(f"/api/v1/incidents/{incident.pk}/evidence/export/?purpose={PURPOSE}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    return b"".join(answer.streaming_content)
