"""The pages beside the list: files in and out, masks, live preview, map, ONVIF, agreements."""

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import SYSTEM, audit_faults
from cameras.models import AccessAgreement, Camera, CameraGroup, CameraImport, MaintenanceWindow
from cameras.services.registry import cameras_change
from tests import factories
from tests.fakes.cameras import camera, served
from tests.recognition.engine.test_pipeline import street

pytestmark = pytest.mark.django_db
BASE = "/admin/cameras/camera/"
PICTURE = street()
HEAD = "code,name,owner,kind,url,lat,lon,password"
ROW = "JKT-1,Simpang,bpbd,http_jpeg,http://127.0.0.1:8000/a.jpg,-6.2,106.8,sandi-rahasia"
SQUARE = [[0.0, 0.0], [0.5, 0.0], [0.5, 0.5], [0.0, 0.5]]


@pytest.fixture(autouse=True)
def _chain(db: None) -> Iterator[None]:
    yield
    assert list(audit_faults()) == []


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(factories.user(Role.CAMERA_ADMINISTRATOR))
    factories.agency()
    return client


@pytest.fixture
def auditor() -> Client:
    client = Client()
    client.force_login(factories.user(Role.AUDITOR))
    return client


def upload(client: Client, *lines: str) -> Any:
    file = SimpleUploadedFile("kamera.csv", "\n".join(lines).encode(), "text/csv")
    return client.post(f"{BASE}import/", {"file": file}, follow=True)


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', page)
    assert found
    return found[1]


def agreement(**values: Any) -> AccessAgreement:
    defaults = {"number": "PKS-1", "owner": factories.agency(), "kind": "integrated", "document": "lemari 3"}
    return AccessAgreement.objects.create(**{**defaults, "valid_from": date(2026, 1, 1), **values})


def test_a_file_is_looked_through_and_then_taken_over(administrator: Client) -> None:
    page = upload(administrator, HEAD, ROW)
    shown = page.content.decode()
    assert "JKT-1" in shown
    assert "rahasia" not in shown
    assert not Camera.objects.exists()
    address = page.redirect_chain[-1][0]
    changes = administrator.get(f"{address}changes.csv").content.decode("utf-8-sig")
    assert "JKT-1,new,lat,,-6.2" in changes
    assert "rahasia" not in changes
    done = administrator.post(f"{address}apply/", {"token": token_in(shown)}, follow=True)
    assert "1 baru" in done.content.decode()
    assert Camera.objects.get().password_read() == "sandi-rahasia"
    assert administrator.get(address).status_code == 404
    assert "sandi-rahasia" not in str(list(AuditEntry.objects.values_list("data", flat=True)))
    again = upload(administrator, HEAD.replace(",password", ""), ROW.rpartition(",")[0]).content.decode()
    assert "Tidak ada yang berubah" in again


def test_faults_are_shown_with_line_and_column_and_nothing_can_be_taken_over(administrator: Client) -> None:
    page = upload(administrator, HEAD, ROW.replace("-6.2", '"-6,2"'), ROW.replace("JKT-1", "JKT-2"))
    shown = page.content.decode()
    assert "Tulis desimal dengan titik" in shown
    assert 'name="token"' not in shown
    errors = administrator.get(f"{page.redirect_chain[-1][0]}errors.csv").content.decode("utf-8-sig").splitlines()
    assert errors[1].startswith('2,JKT-1,lat,"\'-6,2",')
    row = CameraImport.objects.get()
    assert (row.state, row.fault_count, row.new_count) == ("faulty", 1, 1)


@pytest.mark.parametrize(
    ("data", "told"), [(b"", "kosong"), (b"nama\nA", "tidak dikenal"), ("code\né".encode("latin-1"), "UTF-8")]
)
def test_a_file_that_cannot_be_read_says_why_on_the_same_page(administrator: Client, data: bytes, told: str) -> None:
    answer = administrator.post(f"{BASE}import/", {"file": SimpleUploadedFile("a.csv", data)})
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert "Berkas" in administrator.post(f"{BASE}import/", {}).content.decode()


def test_a_stale_preview_is_refused_and_can_be_renewed_without_the_file(administrator: Client) -> None:
    camera("LAIN", "http://127.0.0.1:8000/x")
    page = upload(administrator, HEAD, ROW)
    address, token = page.redirect_chain[-1][0], token_in(page.content.decode())
    cameras_change(actor=SYSTEM, rows=Camera.objects.all(), state="maintenance")
    refused = administrator.post(f"{address}apply/", {"token": token}, follow=True).content.decode()
    assert "Periksa lagi" in refused
    assert Camera.objects.count() == 1
    renewed = administrator.post(f"{address}refresh/", follow=True)
    administrator.post(f"{renewed.redirect_chain[-1][0]}apply/", {"token": token_in(renewed.content.decode())})
    assert Camera.objects.count() == 2


def test_who_may_only_look_may_not_import_but_take_a_file(auditor: Client) -> None:
    camera("A", "http://127.0.0.1:8000/x")
    assert auditor.get(f"{BASE}import/").status_code == 403
    assert auditor.get(f"{BASE}onvif/").status_code == 403
    assert "A," in auditor.get(f"{BASE}export.csv").content.decode()
    assert auditor.get(f"{BASE}map/").status_code == 200


def test_the_filtered_list_is_exported_and_mapped(administrator: Client) -> None:
    for code in ("A", "B"):
        camera(code, "http://127.0.0.1:8000/x")
    Camera.objects.filter(code="B").update(state="planned")
    rows = administrator.get(f"{BASE}export.csv?state__exact=planned").content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows] == ["code", "B"]
    features = json.loads(administrator.get(f"{BASE}export.geojson").content)["features"]
    assert [feature["id"] for feature in features] == ["A", "B"]
    on_map = administrator.get(f"{BASE}map/cameras.json?state__exact=planned").json()["cameras"]
    assert [(row["code"], row["condition"]) for row in on_map] == [("B", "untried")]
    assert administrator.get(f"{BASE}export.xls").status_code == 404
    assert administrator.get(f"{BASE}export.csv?nonsense=1").status_code == 404
    assert AuditEntry.objects.filter(action="cameras_exported").count() == 2
    assert administrator.get(f"{BASE}template.csv").content.decode("utf-8-sig").startswith("code,name,owner")


def opening_of(page: str) -> str:
    found = re.search(r'data-opening="([^"]+)"', page)
    assert found
    return found[1]


def test_the_live_preview_is_on_record_once_and_shows_nothing_under_a_mask(administrator: Client) -> None:
    with served({"a.jpg": PICTURE}) as base:
        row = camera("A", f"{base}/a.jpg")
        Camera.objects.filter(pk=row.pk).update(privacy_masks=[SQUARE])
        opening = opening_of(administrator.get(f"{BASE}{row.pk}/live/").content.decode())
        picture = administrator.get(f"{BASE}{row.pk}/live/picture/", {"opening": opening})
        administrator.get(f"{BASE}{row.pk}/live/picture/", {"opening": opening})
        stranger = administrator.get(f"{BASE}{row.pk}/live/picture/", {"opening": "x"}).json()
        masks = opening_of(administrator.get(f"{BASE}{row.pk}/masks/").content.decode())
        crossed = administrator.get(f"{BASE}{row.pk}/live/picture/", {"opening": masks}).json()
    shown = Image.open(io.BytesIO(picture.content))
    width, height = shown.size
    corner = np.asarray(shown.crop((8, 8, width // 2 - 8, height // 2 - 8)).convert("L"))
    assert int(corner.max()) - int(corner.min()) < 12  # one colour, up to what JPEG makes of it
    assert int(np.asarray(shown.convert("L")).max()) > 60  # and the rest is there
    assert stranger["is_over"]
    assert crossed["is_over"]
    entries = AuditEntry.objects.filter(action="camera_live_opened")
    assert [entry.purpose for entry in entries] == ["live view"]


def test_a_fault_of_the_live_preview_is_told_in_words(administrator: Client) -> None:
    with served({}) as base:
        row = camera("A", f"{base}/a.jpg")
        opening = opening_of(administrator.get(f"{BASE}{row.pk}/live/").content.decode())
        told = administrator.get(f"{BASE}{row.pk}/live/picture/", {"opening": opening}).json()
    assert told == {"fault": "Kamera menjawab dengan galat. (HTTP 404)", "is_over": False}


def test_without_the_right_to_live_view_or_an_agreement_for_it_there_is_none(
    administrator: Client, auditor: Client
) -> None:
    row = camera("A", "http://127.0.0.1:8000/x")
    assert auditor.get(f"{BASE}{row.pk}/live/").status_code == 403
    Camera.objects.filter(pk=row.pk).update(agreement=agreement(purposes=["incident", "health"]))
    page = administrator.get(f"{BASE}{row.pk}/live/").content.decode()
    assert "tidak mengizinkan gambar untuk tujuan ini" in page
    assert "data-opening" not in page
    assert not AuditEntry.objects.filter(action="camera_live_opened").exists()


def test_masks_are_kept_and_raise_the_version(administrator: Client) -> None:
    row = camera("A", "http://127.0.0.1:8000/x")
    page = administrator.post(
        f"{BASE}{row.pk}/masks/", {"masks": json.dumps([SQUARE]), "seen_version": "1"}, follow=True
    )
    assert "1 masker disimpan" in page.content.decode()
    row.refresh_from_db()
    assert (row.privacy_masks, row.version) == ([SQUARE], 2)
    entry = AuditEntry.objects.get(action="camera_changed")
    assert entry.data["fields"] == ["privacy_masks"]


@pytest.mark.parametrize(
    ("masks", "version", "told"),
    [
        ("[[[0,0],[1,1]]]", "1", "3 sampai"),
        ("[[[0,0],[1,1],[1,0],[0,0.9]]]", "1", "menyilang"),
        ("[", "1", "tidak tiba dengan utuh"),
        ("[]", "7", "sudah mengubah kamera ini"),
    ],
)
def test_masks_that_cannot_be_taken_are_given_back(administrator: Client, masks: str, version: str, told: str) -> None:
    row = camera("A", "http://127.0.0.1:8000/x")
    page = administrator.post(f"{BASE}{row.pk}/masks/", {"masks": masks, "seen_version": version}).content.decode()
    assert told in page
    if masks.endswith("]"):
        assert json.dumps(json.loads(masks)) in page
    row.refresh_from_db()
    assert (row.privacy_masks, row.version) == ([], 1)


def form_of(row: Camera, **changes: str) -> dict[str, Any]:
    return {
        "code": row.code, "name": row.name, "owner": str(row.owner_id), "state": row.state, "kind": row.kind,
        "url": row.url, "lat": str(row.lat), "lon": str(row.lon), "mount": row.mount, "range_m": "60",
        "face_matching_allowed": "on" if row.face_matching_allowed else "", "seen_version": str(row.version), **changes,
    }  # fmt: skip


def test_a_change_of_the_form_raises_the_version_and_tells_old_and_new(administrator: Client) -> None:
    row = camera("A", "http://127.0.0.1:8000/x")
    group = CameraGroup.objects.create(name="Selatan")
    changes = {"name": "Baru", "groups": str(group.pk), "owner_contact": "0811", "new_password": "sandi-rahasia"}
    assert administrator.post(f"{BASE}{row.pk}/change/", form_of(row, **changes)).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.version, list(row.groups.all())) == ("Baru", 2, [group])
    entry = AuditEntry.objects.get(action="camera_changed")
    assert entry.data["changes"] == {
        "name": ["Kamera A", "Baru"], "groups": ["", "Selatan"], "owner_contact": "changed", "password": "changed",
    }  # fmt: skip
    same = administrator.post(f"{BASE}{row.pk}/change/", form_of(row, groups=str(group.pk), owner_contact="0811"))
    assert same.status_code == 302
    row.refresh_from_db()
    assert row.version == 2


def test_who_saves_what_somebody_else_has_changed_is_told(administrator: Client) -> None:
    row = camera("A", "http://127.0.0.1:8000/x")
    cameras_change(actor=SYSTEM, rows=Camera.objects.all(), name="Yang lain")
    page = administrator.post(f"{BASE}{row.pk}/change/", form_of(row, notes="catatan saya"))
    assert "sudah mengubah kamera ini" in page.content.decode()
    assert "catatan saya" in page.content.decode()
    row.refresh_from_db()
    assert row.name == "Yang lain"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"privacy_masks": "[[[0,0],[1,1]]]"}, "3 sampai"),
        ({"privacy_masks": "[NaN]"}, "3 sampai"),
        ({"ptz_presets": '[{"name":"a"}]', "mount": "ptz"}, "tanpa yang lain"),
        ({"stream_url": "http://127.0.0.1:8000/"}, "jaringan dan porta"),
        ({"onvif_url": "http://192.0.2.1/"}, "jaringan dan porta"),
        ({"url": "http://127.0.0.1:8000/?user=a&pwd=b"}, "kolom sendiri"),
        ({"tilt_deg": "100"}, "tilt_deg"),
    ],
)
def test_every_field_is_checked(administrator: Client, changes: dict[str, str], told: str) -> None:
    row = camera("A", "http://127.0.0.1:8000/x")
    page = administrator.post(f"{BASE}{row.pk}/change/", form_of(row, **changes))
    assert page.status_code == 200
    assert told in page.content.decode()


def test_faces_are_not_matched_against_an_agreement(administrator: Client) -> None:
    row = camera("A", "http://127.0.0.1:8000/x")
    without = agreement()
    page = administrator.post(f"{BASE}{row.pk}/change/", form_of(row, agreement=str(without.pk)))
    assert "tidak mengizinkan pencocokan wajah" in page.content.decode()
    administrator.post(BASE, {"action": "stop_matching", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert not row.face_matching_allowed
    assert administrator.post(f"{BASE}{row.pk}/change/", form_of(row, agreement=str(without.pk))).status_code == 302


def test_an_agreement_has_purposes_ticked_and_is_not_narrowed_under_its_cameras(administrator: Client) -> None:
    base = "/admin/cameras/accessagreement/"
    values: dict[str, Any] = {
        "number": "PKS-9", "owner": str(factories.agency().pk), "kind": "owned", "document": "a",
        "valid_from": "2026-01-01", "purposes": ["incident", "live_view"], "hours_from": "08:00",
        "hours_until": "17:00", "face_matching_allowed": "on",
    }  # fmt: skip
    assert administrator.post(f"{base}add/", values).status_code == 302
    made = AccessAgreement.objects.get()
    assert made.purposes == ["incident", "live_view"]
    assert "1" in administrator.get(base).content.decode()
    row = camera("A", "http://127.0.0.1:8000/x")
    Camera.objects.filter(pk=row.pk).update(agreement=made)
    for changes, told in (
        ({"purposes": []}, "purposes"),
        ({"hours_until": ""}, "kedua jam"),
        ({"valid_until": "2025-01-01"}, "sebelum mulai"),
        ({"face_matching_allowed": ""}, "masih mencocokkan wajah (A)"),
    ):
        page = administrator.post(f"{base}{made.pk}/change/", {**values, **changes})
        assert page.status_code == 200, changes
        assert told in page.content.decode()
    assert AuditEntry.objects.filter(action="camera_agreement_created").count() == 1


def test_a_time_of_maintenance_is_for_a_camera_or_a_group(administrator: Client) -> None:
    base = "/admin/cameras/maintenancewindow/"
    row = camera("A", "http://127.0.0.1:8000/x")
    values = {
        "begins_at_0": "2026-01-01", "begins_at_1": "08:00", "ends_at_0": "2026-01-01", "ends_at_1": "09:00",
        "reason": "bersih-bersih",
    }  # fmt: skip
    assert "kamera atau kelompok" in administrator.post(f"{base}add/", values).content.decode()
    late = {**values, "camera": str(row.pk), "ends_at_1": "07:00"}
    assert "sebelum mulai" in administrator.post(f"{base}add/", late).content.decode()
    assert administrator.post(f"{base}add/", {**values, "camera": str(row.pk)}).status_code == 302
    made = MaintenanceWindow.objects.get()
    assert administrator.post(f"{base}{made.pk}/delete/", {"post": "yes"}).status_code == 302
    assert AuditEntry.objects.filter(action="maintenance_window_deleted").count() == 1


def test_the_list_of_imports_opens_without_their_content(administrator: Client) -> None:
    upload(administrator, HEAD, ROW)
    row = CameraImport.objects.get()
    page = administrator.get(f"/admin/cameras/cameraimport/{row.pk}/change/").content.decode()
    assert "kamera.csv" in administrator.get("/admin/cameras/cameraimport/").content.decode()
    assert not any(word in page for word in ("rahasia", "sealed", "digest"))
