"""The maintainers' work list over HTTP: taken up, given back, tried, maintained, exported."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.permissions import Permission
from cameras.farm.config import SceneSpec
from cameras.farm.scene import jpeg_of, scene_make
from cameras.models import Camera, CameraFaultCase, CameraHealth, MaintenanceWindow
from cameras.services.derive import good_picture_keep
from common import clock
from realtime.models import Event
from tests import factories
from tests.dispatch.console import Console
from tests.dispatch.views.room import camera_fault
from tests.fakes.cameras import camera, served

pytestmark = pytest.mark.django_db
PICTURE = jpeg_of(scene_make(SceneSpec(seed=7)))
UNTIL = (clock.now() + timedelta(hours=4)).isoformat()


@pytest.fixture
def maintainer() -> Console:
    factories.live_realm()
    return Console(factories.user(Role.CAMERA_ADMINISTRATOR))


def codes(desk: Console, query: str = "") -> list[str]:
    return [row["camera"]["code"] for row in desk.get(f"camera-faults/{query}")["faults"]]


def actions(name: str) -> int:
    return AuditEntry.objects.filter(action=name).count()


def test_the_longest_comes_first_and_the_list_is_narrowed(maintainer: Console) -> None:
    rows = [camera_fault(code) for code in ("K-1", "K-2", "K-3")]
    camera_fault("K-4", kind="picture", fault_code="turned")
    CameraFaultCase.objects.filter(pk=rows[2].pk).update(began_at=clock.now() - timedelta(days=2))
    CameraFaultCase.objects.filter(pk=rows[1].pk).update(ended_at=clock.now())
    Camera.objects.filter(code="K-1").update(village=None, owner=factories.agency("mrt"))
    assert codes(maintainer) == ["K-3", "K-1", "K-4"]
    assert codes(maintainer, "?kind=picture") == ["K-4"]
    assert codes(maintainer, f"?village={factories.village().code}&kind=down") == ["K-3"]
    assert codes(maintainer, "?owner=mrt") == ["K-1"]
    assert codes(maintainer, "?q=k-4") == ["K-4"]
    assert codes(maintainer, "?group=99999999999999999999&show=nonsense") == ["K-3", "K-1", "K-4"]
    found = maintainer.get("camera-faults/?kind=picture")["faults"][0]
    assert [row["code"] for row in found["troubles"]] == ["turned"]


def test_a_fault_is_taken_noted_and_given_back(maintainer: Console) -> None:
    case, head = camera_fault(), Event.objects.count()
    path = f"camera-faults/{case.pk}/"
    taken = maintainer.send("PATCH", path, {"taken": True, "note": "kabel putus"}).json()
    assert taken["taken_by"] == str(maintainer.user)
    assert taken["note"].endswith(f"{maintainer.user}: kabel putus")
    other = Console(factories.user(Role.SUPERVISOR))
    assert other.refused(path, {"taken": True}, method="PATCH") == (409, "fault_taken")
    assert codes(other, "?show=free") == []
    assert codes(maintainer, "?show=mine") == ["UJI-KAM"]
    back = other.send("PATCH", path, {"taken": False}).json()  # a supervisor may take it out of a sick person's hands
    assert (back["taken_by"], back["note"]) == (None, taken["note"])
    assert [actions(f"camera_fault_{what}") for what in ("taken", "noted", "given_back")] == [1, 1, 1]
    assert not AuditEntry.objects.filter(data__icontains="kabel").exists()
    assert Event.objects.count() == head + 2
    maintainer.send("PATCH", path, {})
    assert Event.objects.count() == head + 2


def test_what_is_over_is_not_taken_up(maintainer: Console) -> None:
    case = camera_fault()
    CameraFaultCase.objects.filter(pk=case.pk).update(ended_at=clock.now())
    assert maintainer.refused(f"camera-faults/{case.pk}/", {"taken": True}, method="PATCH") == (409, "fault_ended")


def test_an_outage_of_a_district_is_put_in_maintenance_at_once_and_out_of_it_again(maintainer: Console) -> None:
    for number in range(12):
        camera_fault(f"K-{number}")
    Camera.objects.filter(code="K-11").update(village=None)
    query = f"village={factories.village().code}"
    bulk = {"act": "maintain", "whole_list": True, "filter": query}
    assert maintainer.refused("camera-faults/bulk/", bulk) == (400, "reason_missing")
    done = maintainer.post("camera-faults/bulk/", bulk | {"ends_at": UNTIL, "reason": "listrik padam"})
    assert (done["count"], done["said"].split()[0]) == (11, "11")
    assert codes(maintainer) == ["K-11"]
    assert len(codes(maintainer, "?show=maintenance")) == 11
    assert actions("maintenance_planned") == 11
    back = {"act": "resume", "whole_list": True, "filter": f"show=maintenance&{query}"}
    assert maintainer.post("camera-faults/bulk/", back)["count"] == 11
    assert len(codes(maintainer)) == 12
    assert actions("maintenance_ended") == 11


def test_many_are_taken_but_not_those_of_others(maintainer: Console) -> None:
    cases = [camera_fault(f"K-{number}") for number in range(4)]
    other = Console(factories.user(Role.SUPERVISOR))
    other.send("PATCH", f"camera-faults/{cases[0].pk}/", {"taken": True})
    body = {"act": "take", "cases": [case.pk for case in cases]}
    assert maintainer.post("camera-faults/bulk/", body)["count"] == 3
    assert maintainer.post("camera-faults/bulk/", body)["count"] == 0
    assert maintainer.post("camera-faults/bulk/", body | {"act": "give_back"})["count"] == 3
    assert CameraFaultCase.objects.get(pk=cases[0].pk).taken_by == other.user
    assert maintainer.refused("camera-faults/bulk/", {"act": "take"}) == (400, "none_chosen")


def test_maintenance_is_planned_and_called_off(maintainer: Console) -> None:
    case = camera_fault()
    path = f"cameras/{case.camera_id}/maintenance/"
    late = (clock.now() + timedelta(days=200)).isoformat()
    assert maintainer.refused(path, {"ends_at": late, "reason": "lama"}) == (400, "window_invalid")
    later = (clock.now() + timedelta(hours=1)).isoformat()
    planned = maintainer.post(path, {"begins_at": later, "ends_at": UNTIL, "reason": "ganti tiang"}, expect=201)
    assert codes(maintainer) == ["UJI-KAM"]
    assert maintainer.send("DELETE", f"maintenance-windows/{planned['id']}/").json() == {"is_ended": True}
    assert not MaintenanceWindow.objects.exists()
    held = maintainer.post(path, {"ends_at": UNTIL, "reason": "ganti tiang"}, expect=201)
    assert codes(maintainer) == []
    CameraHealth.objects.update(due_at=clock.now() + timedelta(hours=9))
    for is_ended in (True, False):
        assert maintainer.send("DELETE", f"maintenance-windows/{held['id']}/").json() == {"is_ended": is_ended}
    assert MaintenanceWindow.objects.get().ends_at <= clock.now()
    assert CameraHealth.objects.get().due_at <= clock.now()


def test_a_camera_is_tried_now_and_the_outcome_counts(maintainer: Console) -> None:
    with served({"good": PICTURE}) as base:
        good, bad = camera("BAIK", f"{base}/good"), camera("BURUK", f"{base}/none")
        told = maintainer.post(f"cameras/{good.pk}/trial/")
        assert (told["is_good"], told["fault_code"], told["condition"]) == (True, "", "up")
        assert told["duration_ms"] >= 0
        assert "BAIK" in told["said"]
        told = maintainer.post(f"cameras/{bad.pk}/trial/")
    assert (told["is_good"], told["fault_code"]) == (False, "http_status")
    assert told["troubles"][0]["first"] in told["said"]
    assert CameraHealth.objects.get(camera=bad).failures_in_row == 1
    assert Camera.objects.get(pk=bad.pk).last_fault_code == "http_status"
    assert actions("camera_tried") == 2


def test_the_view_of_now_becomes_the_usual_one(maintainer: Console) -> None:
    case = camera_fault(kind="picture", fault_code="turned,slow")
    path = f"cameras/{case.camera_id}/view/"
    assert maintainer.refused(path) == (409, "no_view")
    new, old = bytes([90]) * 2304, bytes([10]) * 2304
    rows = CameraHealth.objects.filter(camera=case.camera_id)
    rows.update(thumbnail=new, baseline_thumbnail=old, sharpness=0.8, sharpness_baseline=0.5, brightness=90.0)
    rows.update(flags=["turned", "dark"])
    assert maintainer.refused(path) == (409, "no_view")
    rows.update(flags=["turned", "slow"], due_at=clock.now() + timedelta(hours=1))
    assert maintainer.post(path) == {"sharpness": 0.8, "brightness": 90.0}
    row = rows.get()
    assert (bytes(row.baseline_thumbnail or b""), row.sharpness_baseline, row.flags) == (new, 0.8, ["slow"])
    assert row.due_at <= clock.now()
    assert AuditEntry.objects.get(action="camera_baseline_taken").data["was"]["sharpness"] == 0.5


def test_the_last_good_picture_is_seen_on_record_and_by_nobody_else(maintainer: Console) -> None:
    case = camera_fault()
    path = f"/api/v1/cameras/{case.camera_id}/last-good/"
    assert maintainer.client.get(path).status_code == 404
    kept = good_picture_keep(PICTURE, masks=[])
    CameraFaultCase.objects.filter(pk=case.pk).update(last_good_path=kept, last_good_at=clock.now())
    answer = maintainer.client.get(path)
    assert (answer.status_code, answer["Content-Type"], answer.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert "private" in answer["Cache-Control"]
    assert actions("camera_last_good_viewed") == 1
    taker = Client()
    taker.force_login(factories.user(Role.CALL_TAKER))
    assert taker.get(path).status_code == 403
    assert maintainer.client.get(f"/api/v1/cameras/{10**30}/last-good/").status_code == 404


def test_the_list_is_saved_as_csv_on_record(maintainer: Console) -> None:
    camera_fault("K-1")
    Camera.objects.update(name="=HYPERLINK(1)")
    answer = maintainer.client.get("/api/v1/camera-faults/?format=csv", headers={"accept": "*/*"})
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert [len(row) for row in rows] == [len(rows[0])] * 2
    assert rows[1][:2] == ["K-1", "'=HYPERLINK(1)"]
    assert actions("camera_faults_exported") == 1


def test_a_maintainers_system_reads_and_writes_by_token(maintainer: Console) -> None:
    case = camera_fault()
    headers = {"Authorization": f"Bearer {factories.token(maintainer.user, Permission.CAMERA_MAINTAIN)}"}
    client = Client(headers=headers)
    assert client.get("/api/v1/camera-faults/").json()["total"] == 1
    answer = client.patch(
        f"/api/v1/camera-faults/{case.pk}/", {"taken": True}, "application/json",
        headers=headers | {"Idempotency-Key": "satu"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert AuditEntry.objects.get(action="camera_fault_taken").source.startswith("token ")
