"""Evidence from the picture to its end: classes, marks, locks, deletion, who looked, copies."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from cameras.models import Camera, EvidenceLock, EvidenceRecord, Snapshot
from cameras.services.evidence import kept_body
from cameras.services.files import orphans_forget
from cameras.services.verification import evidence_verify
from cameras.storage import picture_read
from common import clock
from dispatch.models import Incident, IncidentCamera
from dispatch.presenters.cameras import incident_camera_present
from dispatch.services.derivatives import pictures_derive
from dispatch.services.retention import pictures_forget, retention_sort
from realtime.models import Event
from tests import factories
from tests.cameras.evidence import jpeg, kept
from tests.dispatch.api.test_views import MISSING
from tests.dispatch.console import Console
from tests.dispatch.evidence import DAY, PURPOSE, candidate_in, close, opened, seen, state
from tests.recognition.engine.test_pipeline import street

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(db: None, settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = tmp_path / "media"
    factories.live_realm()
    factories.incident_type()
    factories.disposition()
    yield tmp_path / "media"
    assert list(audit_faults()) == []
    assert evidence_verify().faults == []


@pytest.fixture
def desk() -> Console:
    return Console(factories.user(Role.DISPATCHER))


@pytest.fixture
def chief() -> Console:
    return Console(factories.user(Role.SUPERVISOR))


# --- How long pictures are kept --------------------------------------------------------------------------------------
def test_a_picture_without_anything_in_it_goes_after_a_day_and_its_record_stays(desk: Console, media: Path) -> None:
    incident = opened(desk)
    old, new = seen(incident, 1, age=DAY + timedelta(minutes=1)), seen(incident, 2)
    assert pictures_derive() == 1  # the old one is not waited for any more
    Snapshot.objects.filter(pk=old.pk).update(derived_path=new.path.replace(Path(new.path).name, "x.jpg"))
    (media / Snapshot.objects.get(pk=old.pk).derived_path).write_bytes(b"salinan")
    assert pictures_forget() == 1
    assert pictures_forget() == 0
    assert (state(old), state(new)) == (("unmarked", True, True), ("unmarked", True, False))
    with pytest.raises(FileNotFoundError):
        picture_read(old.path)
    assert not (media / Snapshot.objects.get(pk=old.pk).derived_path).exists()
    assert picture_read(new.path) == jpeg(2)
    record = EvidenceRecord.objects.get(kind="deleted")
    assert (record.snapshot_id, record.body["sha256"]) == (old.pk, old.sha256)
    assert EvidenceRecord.objects.get(kind="kept", snapshot_id=old.pk).body == kept_body(old)
    told = Event.objects.filter(kind="incident_camera.changed").latest("sequence").payload
    row = IncidentCamera.objects.select_related("camera", "snapshot").get(snapshot=old)
    assert told == incident_camera_present(row).model_dump(mode="json")
    assert told["snapshot"]["deleted_at"] is not None
    answer = desk.client.get(f"/api/v1/snapshots/{old.pk}/picture/?incident={incident.pk}")
    assert answer.status_code == 404


def test_a_picture_with_a_candidate_stays_until_long_after_its_incident(desk: Console, settings: Settings) -> None:
    settings.RETENTION_INCIDENT_DAYS = 30
    incident = opened(desk)
    found, other = seen(incident, 1, age=DAY * 2), seen(incident, 2)
    candidate_in(found)
    assert pictures_forget() == 0
    assert (state(found), state(other)) == (("incident", False, False), ("unmarked", True, False))
    close(desk, incident, ago=DAY * 29)
    assert (retention_sort(), retention_sort()) == (1, 0)
    found.refresh_from_db()
    assert found.delete_after is not None
    assert timedelta(hours=23) < found.delete_after - clock.now() < timedelta(hours=25)
    desk.post(f"incidents/{incident.pk}/reopen/", {"reason": "dicari lagi"})
    retention_sort()
    assert state(found) == ("incident", False, False)
    close(desk, incident, ago=DAY * 31)
    assert pictures_forget() == 1
    assert state(found) == ("incident", True, True)
    assert state(other) == ("unmarked", True, False)


def test_of_merged_incidents_the_one_that_took_them_counts(desk: Console) -> None:
    child, parent = opened(desk), opened(desk)
    found = seen(child, 1)
    candidate_in(found)
    merge = {"other": str(parent.pk), "kind": "merged", "reason": "satu kejadian"}
    desk.post(f"incidents/{child.pk}/links/", merge, expect=201)
    Incident.objects.filter(pk=child.pk).update(closed_at=clock.now() - DAY * 40)
    assert pictures_forget() == 0
    assert state(found) == ("incident", False, False)
    close(desk, parent, ago=DAY * 31)
    EvidenceLock.objects.create(
        realm=parent.realm, incident_id=parent.pk, reason="perkara", locked_by=desk.user,
        locked_at=clock.now() - DAY, expires_at=clock.now() + DAY,
    )  # fmt: skip
    assert pictures_forget() == 0  # the lock of the one that took it holds it too
    EvidenceLock.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert pictures_forget() == 1


def test_more_than_a_batch_is_deleted_and_a_killed_deletion_is_finished_by_the_sweeper(
    desk: Console, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(120):
        kept(number, at=clock.now() - DAY * 2)
    with monkeypatch.context() as patch:
        patch.setattr("cameras.services.retention.bytes_delete", lambda _rows: None)  # killed after the commit
        assert pictures_forget() == 120
    assert len(list(media.rglob("*.jpg"))) == 120
    assert EvidenceRecord.objects.filter(kind="deleted").count() == 120
    assert evidence_verify().faults == []  # they are on their way out
    monkeypatch.setattr("cameras.services.files.grace", lambda: timedelta(seconds=-5))
    assert orphans_forget() == 120
    assert list(media.rglob("*.jpg")) == []


def test_a_store_that_is_not_known_is_never_emptied(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [kept(number).path for number in range(3)]
    for number in range(150):
        (media / pictures[0]).with_name(f"{number}.jpg").write_bytes(b"dari basis data lain")
    monkeypatch.setattr("cameras.services.files.grace", lambda: timedelta(seconds=-5))
    assert orphans_forget() == 0
    assert len(list(media.rglob("*.jpg"))) == 153
    for path in media.rglob("???.jpg"):
        path.unlink()
    assert orphans_forget() == 100
    assert len(list(media.rglob("*.jpg"))) == 3


# --- Marks -----------------------------------------------------------------------------------------------------------
def test_a_marked_picture_is_kept_and_an_unmarked_one_goes_as_before(desk: Console) -> None:
    incident = opened(desk)
    snapshot = seen(incident, 1, age=timedelta(hours=23, minutes=30))
    body = {"incident": str(incident.pk), "reason": "pelat nomor terbaca"}
    answer = desk.post(f"snapshots/{snapshot.pk}/mark/", body)
    assert (answer["snapshot"]["retention_class"], answer["snapshot"]["delete_after"]) == ("incident", None)
    assert state(snapshot) == ("incident", False, False)
    answer = desk.post(f"snapshots/{snapshot.pk}/unmark/", body | {"reason": "keliru"})
    snapshot.refresh_from_db()
    assert snapshot.delete_after is not None
    assert snapshot.delete_after - clock.now() > timedelta(minutes=59)  # time for a second thought
    assert desk.refused(f"snapshots/{snapshot.pk}/unmark/", body) == (409, "picture_not_marked")
    records = EvidenceRecord.objects.filter(kind="marked").order_by("sequence")
    assert [(row.body["is_marked"], row.body["reason"], row.body["by"]) for row in records] == [
        (True, "pelat nomor terbaca", desk.user.username), (False, "keliru", desk.user.username),
    ]  # fmt: skip
    actions = AuditEntry.objects.filter(object_id=str(snapshot.pk)).order_by("sequence")
    assert [entry.action for entry in actions] == ["snapshot_marked", "snapshot_unmarked"]


def test_marks_that_cannot_be_are_refused(desk: Console) -> None:
    incident = opened(desk)
    found, gone = seen(incident, 1), seen(incident, 2)
    candidate_in(found)
    retention_sort()
    body = {"incident": str(incident.pk), "reason": "keliru"}
    assert desk.refused(f"snapshots/{found.pk}/unmark/", body) == (409, "picture_has_candidate")
    Snapshot.objects.filter(pk=gone.pk).update(delete_after=clock.now())
    pictures_forget()
    assert desk.refused(f"snapshots/{gone.pk}/mark/", body) == (409, "picture_deleted")
    assert desk.refused(f"snapshots/{found.pk}/mark/", body | {"reason": ""})[0] == 400
    assert desk.refused(f"snapshots/{found.pk}/mark/", body | {"incident": MISSING})[0] == 404
    assert desk.refused(f"snapshots/{MISSING}/mark/", body)[0] == 404


# --- Locks -----------------------------------------------------------------------------------------------------------
def test_a_lock_holds_everything_until_it_ends_by_itself(desk: Console, chief: Console) -> None:
    incident = opened(desk)
    snapshot = seen(incident, 1, age=DAY * 2)
    until = clock.now() + DAY
    body = {"reason": "penyelidikan polisi", "reference": "LP/12/2026", "expires_at": until.isoformat()}
    lock = chief.post(f"incidents/{incident.pk}/evidence/locks/", body, expect=201)
    assert (lock["is_active"], lock["reference"]) == (True, "LP/12/2026")
    assert pictures_forget() == 0
    later = (until + DAY).isoformat()
    assert chief.post(f"evidence-locks/{lock['id']}/extend/", {"expires_at": later})["expires_at"][:16] == later[:16]
    assert chief.refused(f"evidence-locks/{lock['id']}/extend/", {"expires_at": until.isoformat()})[1] == (
        "lock_not_longer"
    )
    EvidenceLock.objects.update(locked_at=clock.now() - DAY, expires_at=clock.now() - timedelta(seconds=1))
    (listed,) = chief.get(f"incidents/{incident.pk}/evidence/locks/")["locks"]
    assert (listed["is_active"], listed["ended_at"]) == (False, None)
    assert chief.refused(f"evidence-locks/{lock['id']}/end/", {"reason": "selesai"}) == (409, "lock_over")
    assert pictures_forget() == 1
    assert state(snapshot)[2]
    kinds = EvidenceRecord.objects.order_by("sequence").values_list("kind", flat=True)
    assert list(kinds) == ["kept", "locked", "locked", "deleted"]


def test_a_lock_ended_by_a_person_says_who_and_why(desk: Console, chief: Console) -> None:
    incident = opened(desk)
    seen(incident, 1, age=DAY * 2)
    body = {"reason": "penyelidikan", "expires_at": (clock.now() + DAY).isoformat()}
    lock = chief.post(f"incidents/{incident.pk}/evidence/locks/", body, expect=201)
    ended = chief.post(f"evidence-locks/{lock['id']}/end/", {"reason": "perkara dihentikan"})
    assert (ended["is_active"], ended["ended_by"]) == (False, str(chief.user))
    record = EvidenceRecord.objects.get(kind="unlocked")
    assert (record.incident_id, record.body["reason"]) == (incident.pk, "perkara dihentikan")
    assert pictures_forget() == 1
    actions = AuditEntry.objects.filter(object_id=lock["id"]).order_by("sequence").values_list("action", flat=True)
    assert list(actions) == ["evidence_locked", "evidence_unlocked"]


@pytest.mark.parametrize("days", [-1, 0, 5 * 366 + 1])
def test_a_lock_ends_in_the_future_and_not_never(desk: Console, chief: Console, days: int) -> None:
    incident = opened(desk)
    body = {"reason": "penyelidikan", "expires_at": (clock.now() + DAY * days).isoformat()}
    assert chief.refused(f"incidents/{incident.pk}/evidence/locks/", body) == (400, "lock_time_wrong")
    assert not EvidenceLock.objects.exists()


# --- Who looked ------------------------------------------------------------------------------------------------------
def test_who_saw_which_picture_when_and_what_for(desk: Console, chief: Console) -> None:
    incident = opened(desk)
    first, second = seen(incident, 1), seen(incident, 2)
    assert pictures_derive() == 2
    for snapshot in (first, second, first):
        address = f"/api/v1/snapshots/{snapshot.pk}/picture/?incident={incident.pk}"
        assert desk.client.get(address).status_code == 200
    chief.client.get(f"/api/v1/snapshots/{second.pk}/picture/?incident={incident.pk}&original=1&purpose={PURPOSE}")
    looks = chief.get(f"incidents/{incident.pk}/evidence/access/")["access"]
    assert [(look["camera"], look["shown"], look["who"]) for look in looks] == [
        ("K-2", "original", str(chief.user)), ("K-1", "covered", str(desk.user)),
        ("K-2", "covered", str(desk.user)), ("K-1", "covered", str(desk.user)),
    ]  # fmt: skip
    assert PURPOSE in looks[0]["purpose"]
    assert len(chief.get(f"snapshots/{first.pk}/access/")["access"]) == 2
    assert desk.client.get(f"/api/v1/snapshots/{first.pk}/access/").status_code == 403


# --- Copies ----------------------------------------------------------------------------------------------------------
def test_without_a_detector_all_of_the_picture_is_covered(desk: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    from recognition.engine.covering import whole_cover
    from recognition.engine.manifest import ManifestBroken

    def broken() -> None:
        raise ManifestBroken("yunet.onnx", "is missing")

    monkeypatch.setattr("recognition.services.derivatives.cover_load", broken)
    picture = street(("subject-a-1", 120))
    snapshot = seen(opened(desk), 1, data=picture)
    assert pictures_derive() == 1
    snapshot.refresh_from_db()
    assert picture_read(snapshot.derived_path) == whole_cover(picture, [])


def test_masks_that_cannot_be_read_leave_nothing_to_be_seen(desk: Console) -> None:
    snapshot = seen(opened(desk), 1, data=street(("subject-a-1", 90), width=1280, height=720))
    Camera.objects.update(privacy_masks=[[[0, 0], [1, 1]]])
    assert pictures_derive() == 1
    snapshot.refresh_from_db()
    with Image.open(io.BytesIO(picture_read(snapshot.derived_path))).convert("L") as picture:
        assert picture.size == (1280, 720)
        low, high = picture.getextrema()
        assert low == high


def test_searching_goes_first_unless_a_copy_has_waited_too_long(desk: Console) -> None:
    incident = opened(desk)
    seen(incident, 1)
    waiting = seen(incident, 2)
    IncidentCamera.objects.filter(snapshot=waiting).update(state="captured")
    assert pictures_derive() == 0
    Snapshot.objects.filter(pk=waiting.pk).update(
        requested_at=clock.now() - timedelta(seconds=9), first_byte_at=clock.now() - timedelta(seconds=9),
        received_at=clock.now() - timedelta(seconds=9),
    )  # fmt: skip
    assert pictures_derive() == 1
    IncidentCamera.objects.update(state="analysed")
    assert pictures_derive() == 1
    assert pictures_derive() == 0
