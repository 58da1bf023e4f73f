"""The chained record on a real database: each way of breaking it is found as exactly that."""

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry
from accounts.services.audit import SYSTEM, audit_faults, audit_write
from cameras.choices import RecordKind
from cameras.models import EvidenceHead, EvidenceRecord, EvidenceSeal, Snapshot
from cameras.rules.chain import EvidenceFault, FaultKind
from cameras.services.evidence import record_append, record_hash
from cameras.services.files import orphans_forget
from cameras.services.seals import evidence_seal, seal_holds
from cameras.services.verification import evidence_verify
from cameras.storage import picture_write
from common import clock
from common.ed25519 import SigningKey, signing_key_generate
from tests import factories
from tests.cameras.evidence import camera, kept, tamper

GRACE = timedelta(hours=2)
OTHER = b"\xff\xd8lain\xff\xd9"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def age(path: Path, by: timedelta = GRACE) -> None:
    moment = time.time() - by.total_seconds()
    os.utime(path, (moment, moment))


@pytest.mark.django_db
def test_a_chain_of_pictures_holds_and_says_what_each_is() -> None:
    pictures = [kept(number) for number in range(3)]
    assert evidence_seal() is not None
    result = evidence_verify()
    assert (result.holds, result.records, result.files, result.seals, result.head) == (True, 3, 3, 1, 3)
    record = EvidenceRecord.objects.get(snapshot_id=pictures[1].pk)
    assert (record.kind, record.body["sha256"], record.body["camera"]) == ("kept", pictures[1].sha256, "K-1")
    assert (record.body["camera_version"], record.body["byte_count"]) == (1, pictures[1].byte_count)
    assert {"requested_at", "first_byte_at", "received_at", "purpose", "is_original"} <= set(record.body)
    assert record.previous_hash == EvidenceRecord.objects.get(pk=record.sequence - 1).hash


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["cameras_evidencerecord", "cameras_evidenceseal"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET sequence = sequence + 10", "DELETE FROM {table}"])
def test_the_database_refuses_change_and_deletion(change: str, table: str) -> None:
    kept()
    evidence_seal()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table=table))


def forge(sequence: int) -> None:
    """Change a record and hash all after it anew, head too: only a signature tells."""
    tamper("UPDATE cameras_evidencerecord SET body = jsonb_set(body, '{camera}', '\"K-9\"') WHERE sequence = %(at)s",
           {"at": sequence})  # fmt: skip
    previous = EvidenceRecord.objects.get(pk=sequence).previous_hash
    for record in EvidenceRecord.objects.filter(sequence__gte=sequence).order_by("sequence"):
        record.previous_hash = previous
        previous = record_hash(record)
        tamper("UPDATE cameras_evidencerecord SET previous_hash = %(last)s, hash = %(hash)s WHERE sequence = %(at)s",
               {"last": record.previous_hash, "hash": previous, "at": record.sequence})  # fmt: skip
    EvidenceHead.objects.update(hash=previous)


def _row_gone(media: Path) -> None:
    row = Snapshot.objects.order_by("pk")[1]
    (media / row.path).unlink()
    row.delete()


RECORDS = "UPDATE cameras_evidencerecord SET "
Break = Callable[[Path], object]
BREAKS: dict[str, tuple[Break, list[tuple[FaultKind, str]]]] = {
    "body": (
        lambda _media: tamper(RECORDS + "body = jsonb_set(body, '{camera}', '\"K-9\"') WHERE sequence = 2"),
        [(FaultKind.CONTENT_CHANGED, "2")],
    ),
    "time": (
        lambda _media: tamper(RECORDS + "recorded_at = recorded_at - interval '1 microsecond' WHERE sequence = 1"),
        [(FaultKind.CONTENT_CHANGED, "1")],
    ),
    "incident": (
        lambda _media: tamper(RECORDS + "incident_id = gen_random_uuid() WHERE sequence = 3"),
        [(FaultKind.CONTENT_CHANGED, "3")],
    ),
    "gap": (
        lambda _media: tamper("DELETE FROM cameras_evidencerecord WHERE sequence = 2"),
        [(FaultKind.GAP, "2"), (FaultKind.WRONG_HEAD, "2"), (FaultKind.ROW_WITHOUT_RECORD, "picture 2")],
    ),
    "link": (
        lambda _media: tamper(
            RECORDS + "previous_hash = repeat('a', 64), hash = encode(sha256(convert_to(repeat('a', 64), 'UTF8')), "
            "'hex') WHERE sequence = 2"
        ),
        [(FaultKind.BROKEN_LINK, "2"), (FaultKind.CONTENT_CHANGED, "2"), (FaultKind.BROKEN_LINK, "3"),
         (FaultKind.WRONG_HEAD, "2")],
    ),
    "head": (
        lambda _media: tamper("UPDATE cameras_evidencehead SET hash = repeat('b', 64)"),
        [(FaultKind.WRONG_HEAD, "3")],
    ),
    "head-back": (
        lambda _media: tamper("UPDATE cameras_evidencehead SET sequence = 2"),
        [(FaultKind.WRONG_HEAD, "2")],
    ),
    "signature": (
        lambda _media: tamper(
            "UPDATE cameras_evidenceseal SET signature = set_byte(signature, 5, 7) WHERE sequence = 3"
        ),
        [(FaultKind.BAD_SIGNATURE, "3")],
    ),
    "signed-time": (
        lambda _media: tamper("UPDATE cameras_evidenceseal SET signed_at = signed_at - interval '1 day'"),
        [(FaultKind.BAD_SIGNATURE, "2"), (FaultKind.BAD_SIGNATURE, "3")],
    ),
    "forged": (lambda _media: forge(3), [(FaultKind.WRONG_HEAD, "3")]),
    "cut-off": (
        lambda _media: tamper(
            "DELETE FROM cameras_evidencerecord WHERE sequence = 3; UPDATE cameras_evidencehead SET sequence = 2, "
            "hash = (SELECT hash FROM cameras_evidencerecord WHERE sequence = 2)"
        ),
        [(FaultKind.WRONG_HEAD, "3"), (FaultKind.ROW_WITHOUT_RECORD, "picture 3")],
    ),
    "file-missing": (
        lambda media: (media / Snapshot.objects.order_by("pk")[1].path).unlink(),
        [(FaultKind.FILE_MISSING, "picture 2")],
    ),
    "file-changed": (
        lambda media: (media / Snapshot.objects.order_by("pk")[1].path).write_bytes(OTHER),
        [(FaultKind.FILE_CHANGED, "picture 2")],
    ),
    "file-and-row-changed": (
        lambda media: (
            Snapshot.objects.filter(path=_change(media)).update(sha256=sha256(OTHER).hexdigest())
        ),
        [(FaultKind.FILE_CHANGED, "picture 2")],
    ),
    "row-gone": (
        _row_gone,
        [(FaultKind.ROW_GONE, "picture 2")],
    ),
    "deleted-without-record": (
        lambda _media: Snapshot.objects.filter(pk=Snapshot.objects.order_by("pk")[1].pk).update(
            deleted_at=clock.now() - timedelta(minutes=1)
        ),
        [(FaultKind.DELETED_WITHOUT_RECORD, "picture 2")],
    ),
    "orphan": (
        lambda media: age(media / picture_write(b"yatim", suffix="jpg")), [(FaultKind.FILE_WITHOUT_ROW, "file")],
    ),
}  # fmt: skip


def _change(media: Path) -> str:
    path = Snapshot.objects.order_by("pk")[1].path
    (media / path).write_bytes(OTHER)
    return path


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(BREAKS))
def test_each_break_is_found_as_exactly_that(name: str, media: Path) -> None:
    pictures = {str(kept(number).pk): f"picture {number + 1}" for number in range(2)}
    evidence_seal()
    pictures[str(kept(2).pk)] = "picture 3"
    evidence_seal()
    assert evidence_verify().faults == []
    change, expected = BREAKS[name]
    change(media)
    found = [
        (fault.kind, "file" if fault.subject.endswith(".jpg") else pictures.get(fault.subject, fault.subject))
        for fault in evidence_verify().faults
    ]
    assert found == expected
    with pytest.raises(CommandError, match="does not hold"):
        call_command("evidence_verify", stderr=StringIO())


@pytest.mark.django_db
def test_the_command_tells_programs_and_leaves_an_entry(capsys: pytest.CaptureFixture[str], media: Path) -> None:
    first = kept(1, at=clock.now() - timedelta(days=3))
    kept(2)
    call_command("evidence_verify", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["holds"], told["records"], told["files"], told["faults"]) == (True, 2, 2, [])
    call_command("evidence_verify", "--json", "--since", f"{clock.now() - timedelta(days=1):%Y-%m-%d}")
    assert json.loads(capsys.readouterr().out)["files"] == 1
    (media / first.path).unlink()
    with pytest.raises(SystemExit) as ended:
        call_command("evidence_verify", "--json")
    assert ended.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert told["faults"] == [{"kind": "file_missing", "subject": str(first.pk), "detail": first.path}]
    entries = AuditEntry.objects.filter(action="evidence_verified").order_by("sequence")
    assert [entry.data["faults"] for entry in entries] == [{}, {}, {"file_missing": 1}]


@pytest.mark.django_db
def test_a_key_of_before_still_checks_and_a_strange_one_does_not(settings: Settings) -> None:
    kept(1)
    seal = evidence_seal()
    assert seal is not None
    before = settings.EVIDENCE_KEY.public
    settings.EVIDENCE_KEY = SigningKey.parse(signing_key_generate())
    kept(2)
    assert evidence_seal() != seal
    assert evidence_verify().faults == [EvidenceFault(FaultKind.BAD_SIGNATURE, "1", f"key {before.key_id}")]
    settings.EVIDENCE_OLD_KEYS = [before]
    assert evidence_verify().faults == []
    assert EvidenceSeal.objects.count() == 2
    assert all(seal_holds(row) for row in EvidenceSeal.objects.all())


@pytest.mark.django_db
def test_the_head_is_signed_once_however_often_it_is_asked() -> None:
    assert evidence_seal() is None
    kept(1)
    assert evidence_seal() == evidence_seal()
    assert EvidenceSeal.objects.count() == 1


@pytest.mark.django_db
def test_an_undone_picture_leaves_no_record_and_its_file_goes_after_the_grace(media: Path) -> None:
    with transaction.atomic():
        path = kept(1).path
        transaction.set_rollback(True)
    assert not EvidenceRecord.objects.exists()
    assert orphans_forget() == 0  # perhaps its row is still to come
    assert evidence_verify().holds
    age(media / path)
    other = kept(2)
    age(media / other.path)
    draft = media / other.path
    draft = draft.with_name(f".{draft.name}.draft")
    draft.write_bytes(b"setengah")
    age(draft)
    assert orphans_forget() == 2
    assert [file.name for file in media.rglob("*") if file.is_file()] == [Path(other.path).name]


@pytest.fixture
def _first_head(transactional_db: None) -> None:
    factories.live_realm()
    camera()


@pytest.mark.usefixtures("_first_head")
def test_many_writers_make_one_chain_with_the_audit_record_in_the_same_order() -> None:
    realm = factories.live_realm()

    def many(start: int) -> None:
        for number in range(start, start + 10):
            with transaction.atomic():
                record_append(realm=realm, kind=RecordKind.MARKED, body={"nomor": number})
                audit_write(actor=SYSTEM, action="tried", object_type="test", object_id=number)
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(many, range(0, 60, 10)))
    assert EvidenceHead.objects.get().sequence == 60
    assert evidence_verify().holds
    assert list(audit_faults()) == []
    order = [record.body["nomor"] for record in EvidenceRecord.objects.order_by("sequence")]
    entries = AuditEntry.objects.filter(action="tried").order_by("sequence")
    assert order == [int(entry.object_id) for entry in entries]


@pytest.mark.usefixtures("_first_head")
def test_outside_a_transaction_it_refuses() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record_append(realm=factories.live_realm(), kind=RecordKind.MARKED, body={})
