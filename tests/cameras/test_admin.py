"""The registry in the admin: what may not be saved, what is never shown, and a connection that is really tried."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from cameras.models import Camera
from tests import factories
from tests.fakes.cameras import camera, served
from tests.recognition.engine.test_pipeline import street

pytestmark = pytest.mark.django_db
BASE = "/admin/cameras/camera/"
PICTURE = street()


@pytest.fixture(autouse=True)
def _chain(db: None) -> Iterator[None]:
    yield
    assert list(audit_faults()) == []


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(factories.user(Role.CAMERA_ADMINISTRATOR))
    return client


def fields(**changes: str) -> dict[str, Any]:
    return {
        "code": "JKT-1", "name": "Simpang", "owner": str(factories.agency().pk), "state": "active", "kind": "http_jpeg",
        "url": "http://127.0.0.1:8000/still.jpg", "credential_user": "kamera", "new_password": "rahasia-sekali",
        "tls_sha256": "", "position": "-6.2099, 106.8502", "lat": "", "lon": "", "mount": "fixed", "height_m": "",
        "heading_deg": "", "hfov_deg": "", "range_m": "60", "notes": "", "village": "", **changes,
    }  # fmt: skip


def test_a_camera_is_added_with_a_pasted_position_and_a_sealed_password(administrator: Client) -> None:
    assert administrator.post(f"{BASE}add/", fields()).status_code == 302
    made = Camera.objects.get(code="JKT-1")
    assert (made.lat, made.lon, made.password_read()) == (-6.2099, 106.8502, "rahasia-sekali")
    assert b"rahasia-sekali" not in bytes(made.credential_sealed or b"")
    page = administrator.get(f"{BASE}{made.pk}/change/").content.decode()
    assert "rahasia-sekali" not in page
    entry = AuditEntry.objects.get(action="camera_created")
    assert "rahasia" not in str(entry.data)


def test_an_empty_password_stays_a_new_one_replaces_and_a_tick_removes(administrator: Client) -> None:
    administrator.post(f"{BASE}add/", fields())
    made = Camera.objects.get()
    for changes, expected in (
        ({"new_password": ""}, "rahasia-sekali"),
        ({"new_password": "yang-baru"}, "yang-baru"),
        ({"new_password": "", "password_removed": "on"}, ""),
    ):
        assert administrator.post(f"{BASE}{made.pk}/change/", fields(**changes)).status_code == 302
        made.refresh_from_db()
        assert made.password_read() == expected


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"url": "http://192.0.2.1/x"}, "jaringan dan porta"),
        ({"url": "http://2130706433:22/"}, "jaringan dan porta"),
        ({"url": "rtsp://127.0.0.1/x"}, "jaringan dan porta"),
        ({"url": "http://kamera:rahasia@127.0.0.1/x"}, "kolom sendiri"),
        ({"position": "Monas"}, "bukan posisi"),
        ({"position": "96.2, 106.8"}, "tidak ada di bumi"),
        ({"position": ""}, "memerlukan posisi"),
        ({"is_sensitive_site": "on", "face_matching_allowed": "on"}, "tempat sensitif"),
        ({"tls_sha256": "12:34"}, "64"),
        ({"new_password": "a", "password_removed": "on"}, "Kata sandi baru"),
        ({"range_m": "-3"}, "range_m"),
        ({"heading_deg": "400"}, "heading_deg"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_saved(
    administrator: Client, changes: dict[str, str], told: str
) -> None:
    answer = administrator.post(f"{BASE}add/", fields(**changes))
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert "Simpang" in answer.content.decode()
    assert not Camera.objects.exists()


def test_the_connection_is_tried_and_shown_or_the_fault_is_explained(administrator: Client) -> None:
    with served({"a.jpg": PICTURE}) as base:
        good, bad = camera("A", f"{base}/a.jpg"), camera("B", f"{base}/none.jpg")
        assert "paling lama enam detik" in administrator.get(f"{BASE}{good.pk}/trial/").content.decode()
        page = administrator.post(f"{BASE}{good.pk}/trial/").content.decode()
        assert "data:image/jpeg;base64," in page
        refused = administrator.post(f"{BASE}{bad.pk}/trial/").content.decode()
    assert "HTTP 404" in refused
    good.refresh_from_db()
    bad.refresh_from_db()
    assert good.last_ok_at is not None
    assert bad.last_fault_code == "http_status"
    assert AuditEntry.objects.filter(action="camera_tried").count() == 2
    assert [
        administrator.get(f"{BASE}?condition={name}").content.decode().count('name="_selected_action"')
        for name in ("ok", "fault", "silent", "untried")
    ] == [1, 1, 0, 0]


def test_many_cameras_are_set_to_maintenance_at_once(administrator: Client) -> None:
    rows = [camera(code, "http://127.0.0.1:8000/x") for code in "AB"]
    administrator.post(BASE, {"action": "make_maintenance", "_selected_action": [row.pk for row in rows]})
    assert set(Camera.objects.values_list("state", flat=True)) == {"maintenance"}
    assert AuditEntry.objects.filter(action="camera_changed").count() == 2


def test_who_may_only_look_cannot_try_or_change() -> None:
    row = camera("A", "http://127.0.0.1:8000/x")
    auditor = Client()
    auditor.force_login(factories.user(Role.AUDITOR))
    page = auditor.get(f"{BASE}{row.pk}/change/")
    assert page.status_code == 200
    assert "new_password" not in page.content.decode()
    assert auditor.post(f"{BASE}{row.pk}/trial/").status_code == 403
    assert auditor.post(f"{BASE}{row.pk}/change/", fields()).status_code == 403
