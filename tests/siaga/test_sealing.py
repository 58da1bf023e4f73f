"""A key is changed without losing anything, and the old one may go afterwards."""

import io
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from cameras.models import Camera, CameraImport
from common import clock
from common.crypto import SealBroken, Sealer, key_generate, key_id_of
from dispatch.models import PbxLink, WebhookSubscription
from recognition.models import WatchlistEntry, WatchlistPhoto
from siaga import sealing
from tests import factories
from tests.fakes.cameras import camera

pytestmark = pytest.mark.django_db
OLD, NEW = key_generate(), key_generate()


def sealed_rows() -> None:
    """Something in every sealed column, under the keys of the moment."""
    for number in range(5):
        row = camera(f"K-{number}", "http://127.0.0.1:8000/a")
        row.password_set(f"kamera-{number}")
        row.save()
    camera("TANPA", "http://127.0.0.1:8000/a")
    upload = CameraImport(made_at=clock.now(), file_name="a.csv", file_sha256="0" * 64, state="previewed")
    upload.content_set(b"code\n")
    upload.save()
    owner = factories.user(Role.WATCHLIST_OFFICER)
    link = factories.pbx()
    link.secret_set("yang-kedua")
    link.save()
    hook = factories.subscription("https://example.org/", owner)
    hook.secret_set("yang-kedua-dan-panjang")
    hook.save()
    entry = WatchlistEntry.objects.create(
        realm=factories.live_realm(), label="uji", kind="missing", legal_basis="a", authority="b", document_number="c",
        case_number="d", valid_from=clock.now(), expires_at=clock.now() + timedelta(days=1), created_by=owner,
    )  # fmt: skip
    photo = WatchlistPhoto(
        id=uuid.uuid4(), entry=entry, provenance="uji", content_type="image/jpeg", width=1, height=1, sha256="0" * 64,
        engine="sface", engine_version="1", added_by=owner,
    )  # fmt: skip
    photo.seal(photo=b"foto", vector=b"vektor")
    photo.save()


def read_all() -> list[Any]:
    """Everything in clear."""
    photo = WatchlistPhoto.objects.get()
    return [
        *(row.password_read() for row in Camera.objects.order_by("code")),
        CameraImport.objects.get().content_read(),
        photo.photo_read(),
        photo.vector_read(),
        PbxLink.objects.get(code="pbx-uji").secrets_read(),
        WebhookSubscription.objects.get().secrets_read(),
    ]


def rotate(**options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("seal_rotate", json=True, stdout=out, **options)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_no_sealed_column_is_forgotten() -> None:
    assert set(sealing.SEALED) == sealing.sealed_columns()


def test_after_the_rotation_the_old_key_can_go(settings: Settings) -> None:
    settings.SEAL_KEYS = [OLD]
    sealed_rows()
    clear = read_all()
    for label, column in sealing.SEALED:
        assert apps.get_model(label)._default_manager.filter(**{f"{column}__isnull": False}).exists(), (label, column)
    settings.SEAL_KEYS = [NEW, OLD]
    assert sum(one["renewed"] for one in rotate(dry_run=True)["columns"]) == 12
    told = rotate(batch=2)
    assert sum(one["renewed"] for one in told["columns"]) == 12
    assert told["old_keys_used"] == {}
    settings.SEAL_KEYS = [NEW]
    assert read_all() == clear
    again = rotate()
    assert sum(one["renewed"] for one in again["columns"]) == 0
    assert sum(one["current"] for one in again["columns"]) == 12
    assert AuditEntry.objects.filter(action="seals_rotated").count() == 1
    assert list(audit_faults()) == []


def test_what_was_begun_is_finished_by_the_next_run(settings: Settings) -> None:
    settings.SEAL_KEYS = [OLD]
    sealed_rows()
    clear = read_all()
    settings.SEAL_KEYS = [NEW, OLD]

    def stop(report: sealing.ColumnReport) -> None:
        if report.renewed >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(sealing.columns_rotate(batch=2, progress=stop))
    new_id = Sealer([NEW]).key_ids[0]
    renewed = [key_id_of(bytes(row.credential_sealed or b"")) for row in Camera.objects.order_by("pk")]
    assert renewed.count(new_id) == 2
    assert read_all() == clear
    rotate()
    settings.SEAL_KEYS = [NEW]
    assert read_all() == clear


def test_what_no_key_opens_is_named_and_left_alone(settings: Settings) -> None:
    settings.SEAL_KEYS = [key_generate()]
    lost = camera("HILANG", "http://127.0.0.1:8000/a")
    lost.password_set("hilang")
    lost.save()
    settings.SEAL_KEYS = [OLD]
    kept = camera("ADA", "http://127.0.0.1:8000/a")
    kept.password_set("ada")
    kept.save()
    settings.SEAL_KEYS = [NEW, OLD]
    before = bytes(lost.credential_sealed or b"")
    with pytest.raises(CommandError, match=f"1 rows cannot be read .*{lost.pk}"):
        call_command("seal_rotate", stdout=io.StringIO())
    lost.refresh_from_db()
    kept.refresh_from_db()
    assert bytes(lost.credential_sealed or b"") == before
    assert kept.password_read() == "ada"
    with pytest.raises(SealBroken):
        lost.password_read()


def test_the_report_names_old_keys_that_are_still_used(settings: Settings) -> None:
    settings.SEAL_KEYS = [OLD]
    row = camera("A", "http://127.0.0.1:8000/a")
    row.password_set("x")
    row.save()
    settings.SEAL_KEYS = [NEW, OLD]
    out = io.StringIO()
    call_command("seal_rotate", dry_run=True, stdout=out)
    assert f"key {Sealer([OLD]).key_ids[0].hex()} still seals 1 rows" in out.getvalue()
    out = io.StringIO()
    call_command("seal_rotate", stdout=out)
    assert "Nothing is sealed with an old key" in out.getvalue()
