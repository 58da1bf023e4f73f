"""The watchlist over HTTP: two persons, a lawful basis, a photo that can be used; nothing wrong is kept."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from common import clock
from recognition.actions import entries_expire
from recognition.models import WatchlistEntry, WatchlistPhoto
from tests import factories
from tests.dispatch.api.test_views import MISSING
from tests.dispatch.console import Console
from tests.recognition.engine.test_pipeline import photo, street

pytestmark = pytest.mark.django_db
ONE = photo("subject-a-1")


@pytest.fixture(autouse=True)
def _house(db: None) -> Iterator[None]:
    factories.live_realm()
    yield
    assert list(audit_faults()) == []


@pytest.fixture
def officer() -> Console:
    return Console(factories.user(Role.WATCHLIST_OFFICER))


def body(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "label": "Subjek A", "kind": "missing", "legal_basis": "UU 27/2022", "authority": "Polres Jakarta Selatan",
        "document_number": "LP/112/2026", "case_number": "K-112",
        "expires_at": (clock.now() + timedelta(days=7)).isoformat(),
    }  # fmt: skip
    return {name: value for name, value in {**values, **changes}.items() if value is not ...}


def entry_made(officer: Console, **changes: Any) -> str:
    answer = officer.send("POST", "watchlist/", body(**changes))
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def photo_sent(officer: Console, entry: str, data: bytes, provenance: str = "keluarga", key: str | None = None) -> Any:
    return officer.client.post(
        f"/api/v1/watchlist/{entry}/photos/",
        {"photo": SimpleUploadedFile("foto.jpg", data, "image/jpeg"), "provenance": provenance},
        headers={"Idempotency-Key": key or str(uuid.uuid4())},
    )


def test_from_a_draft_to_an_approved_entry_and_its_end(officer: Console) -> None:
    entry, second = entry_made(officer), Console(factories.user(Role.SUPERVISOR))
    key = str(uuid.uuid4())
    first = photo_sent(officer, entry, ONE, key=key)
    assert first.status_code == 201, first.content
    assert first.json()["quality"]["face_px"] > 60
    again = photo_sent(officer, entry, ONE, key=key)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    approved = second.send("POST", f"watchlist/{entry}/approval/").json()
    assert (approved["state"], approved["approved_by"]) == ("active", str(second_name(second)))
    listed = officer.client.get("/api/v1/watchlist/?state=active").json()["entries"]
    assert [one["id"] for one in listed] == [entry]
    assert officer.client.get("/api/v1/watchlist/?state=draft").json() == {"entries": []}
    ended = officer.send("POST", f"watchlist/{entry}/withdrawal/", {"reason": "ditemukan"})
    assert (ended.json()["state"], ended.json()["photos"]) == ("withdrawn", [])
    assert not WatchlistPhoto.objects.exists()
    assert officer.send("POST", f"watchlist/{entry}/withdrawal/", {"reason": "lagi"}).status_code == 409
    actions = list(AuditEntry.objects.filter(object_id=entry).order_by("sequence").values_list("action", flat=True))
    assert actions == ["entry_created", "photo_added", "entry_approved", "entry_withdrawn"]


def test_what_has_run_out_ends_by_itself_and_its_photos_are_erased(officer: Console) -> None:
    first, second, fresh = entry_made(officer), entry_made(officer), entry_made(officer)
    for entry in (first, second, fresh):
        photo_sent(officer, entry, ONE)
    Console(factories.user(Role.SUPERVISOR)).send("POST", f"watchlist/{first}/approval/")
    past = clock.now() - timedelta(seconds=1)
    WatchlistEntry.objects.exclude(pk=fresh).update(valid_from=past - timedelta(hours=1), expires_at=past)
    assert entries_expire() == 2
    assert entries_expire() == 0
    assert dict(WatchlistEntry.objects.values_list("pk", "state")) == {
        uuid.UUID(first): "expired", uuid.UUID(second): "expired", uuid.UUID(fresh): "draft",
    }  # fmt: skip
    assert [photo.entry_id for photo in WatchlistPhoto.objects.all()] == [uuid.UUID(fresh)]
    told = AuditEntry.objects.filter(action="entry_expired")
    assert [(entry.actor, entry.data) for entry in told] == [(None, {"photos_erased": 1})] * 2


def second_name(console: Console) -> Any:
    from accounts.models import User

    return User.objects.get(pk=console.client.session["_auth_user_id"])


def test_who_made_it_cannot_approve_it_and_without_a_photo_nobody_can(officer: Console) -> None:
    entry, second = entry_made(officer), Console(factories.user(Role.WATCHLIST_OFFICER))
    no_photo = second.send("POST", f"watchlist/{entry}/approval/")
    assert (no_photo.status_code, no_photo.json()["error"]["code"]) == (409, "entry_without_photo")
    photo_sent(officer, entry, ONE)
    own = officer.send("POST", f"watchlist/{entry}/approval/")
    assert (own.status_code, own.json()["error"]["code"]) == (409, "same_person")
    assert WatchlistEntry.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (street(), "enrolment_no_face"),
        (street(("subject-a-3", 120), ("subject-b-1", 120)), "enrolment_several_faces"),
        (street(("subject-a-3", 40)), "enrolment_too_small"),
        (b"GIF89a this is no picture that we take", "picture_not_a_picture"),
        (b"", "picture_empty"),
        (ONE[: len(ONE) // 2], "picture_truncated"),
        (ONE + b"\0" * (9 * 1024 * 1024), "picture_too_large"),
    ],
)
def test_a_photo_that_cannot_be_used_says_why_and_the_draft_stays(officer: Console, data: bytes, code: str) -> None:
    entry = entry_made(officer)
    answer = photo_sent(officer, entry, data)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert not WatchlistPhoto.objects.exists()
    assert WatchlistEntry.objects.get().state == "draft"
    assert photo_sent(officer, entry, ONE).status_code == 201


def test_the_reason_is_told_in_the_language_of_the_user(officer: Console) -> None:
    entry = entry_made(officer)
    with translation.override(None):
        told = photo_sent(officer, entry, street()).json()["error"]["message"]
    assert told == "Tidak ada wajah yang ditemukan dalam foto ini."


def test_the_same_photo_twice_and_a_photo_after_the_approval(officer: Console) -> None:
    entry, second = entry_made(officer), Console(factories.user(Role.SUPERVISOR))
    photo_sent(officer, entry, ONE)
    doubled = photo_sent(officer, entry, ONE)
    assert (doubled.status_code, doubled.json()["error"]["code"]) == (409, "photo_doubled")
    second.send("POST", f"watchlist/{entry}/approval/")
    late = photo_sent(officer, entry, photo("subject-a-2"))
    assert (late.status_code, late.json()["error"]["code"]) == (409, "entry_not_draft")
    assert WatchlistPhoto.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"legal_basis": ...}, "legal_basis"),
        ({"authority": ""}, "authority"),
        ({"document_number": "   "}, "document_number"),
        ({"case_number": None}, "case_number"),
        ({"kind": "suspicious"}, "kind"),
        ({"expires_at": ...}, "expires_at"),
        ({"expires_at": "besok"}, "expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": (clock.now() + timedelta(days=31)).isoformat()}, "expires_at"),
        ({"expires_at": (clock.now() + timedelta(hours=80)).isoformat(), "incident_id": MISSING}, "expires_at"),
        ({"kind": "wanted", "is_minor": True}, "is_minor"),
        ({"lable": "x"}, "lable"),
    ],
)
def test_an_entry_that_may_not_be_is_refused_with_the_field(
    officer: Console, changes: dict[str, Any], field: str
) -> None:
    answer = officer.send("POST", "watchlist/", body(**changes))
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["error"]["data"]["fields"]) == [field]
    assert not WatchlistEntry.objects.exists()


def test_a_withdrawal_needs_a_reason(officer: Console) -> None:
    entry = entry_made(officer)
    assert officer.send("POST", f"watchlist/{entry}/withdrawal/", {"reason": " "}).status_code == 400
    assert WatchlistEntry.objects.get().state == "draft"


def test_a_photo_is_seen_by_those_who_may_and_it_is_written_down(officer: Console) -> None:
    entry = entry_made(officer)
    row = photo_sent(officer, entry, ONE).json()["id"]
    seen = officer.client.get(f"/api/v1/watchlist/{entry}/photos/{row}/")
    assert (seen.content, seen.headers["Content-Type"]) == (ONE, "image/jpeg")
    assert "no-store" in seen.headers["Cache-Control"] or "private" in seen.headers["Cache-Control"]
    assert AuditEntry.objects.filter(action="photo_viewed", object_id=row).count() == 1
    other = Console(factories.user(Role.CALL_TAKER))
    assert other.client.get(f"/api/v1/watchlist/{entry}/photos/{row}/").status_code == 403
    assert officer.client.get(f"/api/v1/watchlist/{MISSING}/photos/{row}/").status_code == 404


def test_what_is_no_form_is_refused_without_a_fault(officer: Console) -> None:
    entry = entry_made(officer)
    assert officer.send("POST", f"watchlist/{entry}/photos/", {"photo": "x"}).status_code == 415
    missing = officer.client.post(
        f"/api/v1/watchlist/{entry}/photos/", {"provenance": "x"}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    assert (missing.status_code, list(missing.json()["error"]["data"]["fields"])) == (400, ["photo"])
