"""The watchlist in the admin: the same rules, said in the form, and every step in the audit record."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEntry, User
from accounts.services.audit import audit_faults
from recognition.models import WatchlistEntry
from tests import factories
from tests.recognition.engine.test_pipeline import photo, street

pytestmark = pytest.mark.django_db
BASE = "/admin/recognition/watchlistentry/"


@pytest.fixture(autouse=True)
def _house(db: None) -> Iterator[None]:
    factories.live_realm()
    yield
    assert list(audit_faults()) == []


def signed_in(role: Role) -> tuple[Client, User]:
    client, user = Client(), factories.user(role)
    client.force_login(user)
    return client, user


def fields(**changes: str) -> dict[str, str]:
    now = timezone.localtime()
    ends = now + timedelta(days=2)
    return {
        "label": "Subjek A", "kind": "missing", "legal_basis": "UU 27/2022", "authority": "Polres",
        "document_number": "LP/1", "case_number": "K-1", "incident_id": "",
        "valid_from_0": f"{now:%Y-%m-%d}", "valid_from_1": f"{now:%H:%M:%S}",
        "expires_at_0": f"{ends:%Y-%m-%d}", "expires_at_1": f"{ends:%H:%M:%S}", **changes,
    }  # fmt: skip


def upload(data: bytes) -> dict[str, Any]:
    return {"photo": SimpleUploadedFile("foto.jpg", data, "image/jpeg"), "provenance": "keluarga, 24 November"}


def test_a_whole_life_in_the_admin() -> None:
    officer, user = signed_in(Role.WATCHLIST_OFFICER)
    answer = officer.post(f"{BASE}add/", fields())
    entry = WatchlistEntry.objects.get()
    assert answer.headers["Location"] == f"{BASE}{entry.pk}/photo/"
    assert (entry.created_by, entry.state) == (user, "draft")
    refused = officer.post(f"{BASE}{entry.pk}/photo/", upload(street()))
    assert "Tidak ada wajah" in refused.content.decode()
    assert "keluarga, 24 November" in refused.content.decode()
    officer.post(f"{BASE}{entry.pk}/photo/", upload(photo("subject-a-1")))
    row = entry.photos.get()
    page = officer.get(f"{BASE}{entry.pk}/change/").content.decode()
    assert "orang kedua" in page
    assert f"{BASE}{entry.pk}/approve/" not in page
    officer.post(f"{BASE}{entry.pk}/approve/")
    entry.refresh_from_db()
    assert entry.state == "draft"

    supervisor, second = signed_in(Role.SUPERVISOR)
    assert f"{BASE}{entry.pk}/approve/" in supervisor.get(f"{BASE}{entry.pk}/change/").content.decode()
    assert supervisor.get(f"{BASE}{entry.pk}/photos/{row.pk}/").content == photo("subject-a-1")
    supervisor.post(f"{BASE}{entry.pk}/approve/")
    entry.refresh_from_db()
    assert (entry.state, entry.approved_by) == ("active", second)
    assert officer.post(f"{BASE}{entry.pk}/change/", fields(label="lain")).status_code == 403
    officer.post(f"{BASE}{entry.pk}/withdraw/", {"reason": ""})
    entry.refresh_from_db()
    assert entry.state == "active"
    officer.post(f"{BASE}{entry.pk}/withdraw/", {"reason": "ditemukan"})
    entry.refresh_from_db()
    assert entry.state == "withdrawn"
    assert list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True)) == [
        "entry_created", "photo_added", "photo_viewed", "entry_approved", "entry_withdrawn",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"legal_basis": "  "}, "Bidang ini harus diisi"),
        ({"expires_at_0": "2020-01-01"}, "Akhir harus"),
        ({"expires_at_0": "2099-01-01"}, "paling lama"),
        ({"kind": "wanted", "is_minor": "on"}, "Anak di bawah umur"),
    ],
)
def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(changes: dict[str, str], told: str) -> None:
    officer, _user = signed_in(Role.WATCHLIST_OFFICER)
    page = officer.post(f"{BASE}add/", fields(**changes)).content.decode()
    assert told in page
    assert "Subjek A" in page
    assert not WatchlistEntry.objects.exists()


@pytest.mark.parametrize("role", [Role.CALL_TAKER, Role.DISPATCHER, Role.CAMERA_ADMINISTRATOR, Role.ADMINISTRATOR])
def test_others_see_no_watchlist(role: Role) -> None:
    officer, _user = signed_in(Role.WATCHLIST_OFFICER)
    officer.post(f"{BASE}add/", fields())
    entry = WatchlistEntry.objects.get()
    other, _other = signed_in(role)
    for address in ("", "add/", f"{entry.pk}/change/", f"{entry.pk}/photo/"):
        assert other.get(BASE + address).status_code in {302, 403}
    other.post(f"{BASE}{entry.pk}/withdraw/", {"reason": "x"})
    entry.refresh_from_db()
    assert entry.state == "draft"


@pytest.mark.parametrize("model", ["candidatematch", "review", "faceanalysis"])
def test_records_are_only_read(model: str) -> None:
    supervisor, _user = signed_in(Role.SUPERVISOR)
    assert supervisor.get(f"/admin/recognition/{model}/").status_code == 200
    assert supervisor.get(f"/admin/recognition/{model}/add/").status_code == 403
