"""The archive of an incident proves itself without us; whatever is changed in it is told."""

import ast
import io
import json
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

import cameras.proof
from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from cameras.models import EvidenceRecord
from cameras.proof.verify import ed25519_holds
from cameras.services.seals import evidence_seal
from cameras.services.verification import evidence_verify
from dispatch.services.retention import pictures_forget
from tests import factories
from tests.cameras.evidence import jpeg, kept
from tests.dispatch.console import Console
from tests.dispatch.evidence import DAY, PURPOSE, archive, opened, seen

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


def unpacked(data: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        file.extractall(folder)
    return folder


def verified(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.fixture
def taken(desk: Console, chief: Console, tmp_path: Path) -> Path:
    """An archive of four pictures of which one was deleted, with strange records between them."""
    incident, strange = opened(desk), opened(desk)
    seen(incident, 1, age=DAY * 2)
    pictures_forget()
    evidence_seal()
    for number in range(2, 5):
        seen(incident, number)
        kept(number + 100, incident_id=strange.pk)
        evidence_seal()
    kept(200, incident_id=strange.pk)
    return unpacked(archive(chief, incident), tmp_path / "keluar")


def test_the_archive_proves_itself_without_us(taken: Path, settings: Settings) -> None:
    code, said = verified(taken)
    assert code == 0, said
    assert "BENAR / VERIFIED: 3 gambar" in said
    key = settings.EVIDENCE_KEY.public
    assert verified(taken, "--key", key.key_id)[0] == 0
    assert verified(taken, "--key", key.raw.hex())[0] == 0
    code, said = verified(taken, "--key", "0" * 64)
    assert code == 1
    assert "not the one that was expected" in said
    manifest = json.loads((taken / "manifest.json").read_text())
    assert [bool(picture["deleted_at"]) for picture in manifest["pictures"]] == [True, False, False, False]
    assert manifest["purpose"] == PURPOSE
    lines = [json.loads(line) for line in (taken / "chain.jsonl").read_text().splitlines()]
    told = [line["content"]["kind"] for line in lines if "content" in line]
    assert told == ["kept", "deleted", "kept", "kept", "kept", "exported"]
    strange = [line for line in lines if "content" not in line]
    assert strange
    assert all(set(line) == {"sequence", "previous_hash", "hash", "content_hash"} for line in strange)
    page = (taken / "index.html").read_text()
    assert all(words in page for words in ("Bukti kejadian", "Evidence of incident", PURPOSE))
    assert "<script" not in page
    assert (taken / "public_key.pem").read_text() == key.pem


def flip(path: Path, at: int = -30) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


def chain_change(taken: Path) -> None:
    """Change a record, and make manifest entry and all hashes after it fit again: all but the signatures."""
    path = taken / "chain.jsonl"
    path.write_text(path.read_text().replace('"K-3"', '"K-9"'))


FLIPS: dict[str, tuple[Callable[[Path], object], str]] = {
    "picture": (lambda taken: flip(min(taken.glob("pictures/*.jpg"))), "file pictures/0002-K-2-"),
    "manifest": (lambda taken: flip(taken / "manifest.json", 60), "manifest's signature does not fit"),
    "manifest-broken": (lambda taken: (taken / "manifest.json").write_text("{"), "manifest.json is broken"),
    "record": (chain_change, "file chain.jsonl was changed"),
    "signature": (
        lambda taken: (taken / "manifest.sig").write_text("ab" + (taken / "manifest.sig").read_text()[2:]),
        "manifest's signature does not fit",
    ),
    "signature-letters": (
        lambda taken: (taken / "manifest.sig").write_text("zz"), "the signature or the key cannot be read"
    ),
    "seals": (lambda taken: flip(taken / "seals.json"), "file seals.json was changed"),
    "page": (lambda taken: flip(taken / "index.html"), "file index.html was changed"),
    "gone": (lambda taken: next(taken.glob("pictures/*.jpg")).unlink(), "is missing or cannot be read"),
    "more": (lambda taken: (taken / "pictures" / "lagi.jpg").write_bytes(b""), "lagi.jpg is no part of the package"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FLIPS))
def test_each_flipped_byte_is_told(taken: Path, name: str) -> None:
    change, words = FLIPS[name]
    change(taken)
    code, said = verified(taken)
    assert code == 1, said
    assert "GAGAL / FAILED" in said
    assert words in said


def resigned(taken: Path, settings: Settings) -> None:
    """As somebody with our key but without the chain: manifest and signature fit the changed files."""
    from hashlib import sha256

    from cameras.rules.chain import manifest_message

    manifest = json.loads((taken / "manifest.json").read_text())
    for name in manifest["files"]:
        data = (taken / name).read_bytes()
        manifest["files"][name] = {"sha256": sha256(data).hexdigest(), "bytes": len(data)}
    raw = json.dumps(manifest).encode()
    (taken / "manifest.json").write_bytes(raw)
    (taken / "manifest.sig").write_text(settings.EVIDENCE_KEY.sign(manifest_message(raw)).hex())


def without(taken: Path, number: int) -> None:
    lines = (taken / "chain.jsonl").read_text().splitlines()
    (taken / "chain.jsonl").write_text("".join(f"{line}\n" for index, line in enumerate(lines) if index != number))


def _last_out(taken: Path) -> None:
    without(taken, len((taken / "chain.jsonl").read_text().splitlines()) - 1)


UNDER_THE_MANIFEST: dict[str, tuple[Callable[[Path], object], str]] = {
    "content": (chain_change, "was changed"),
    "record-left-out": (lambda taken: without(taken, 3), "does not lead to a signed head"),
    "piece-left-out": (_last_out, "is missing"),
    "seal": (lambda taken: seal_change(taken, "signature"), "the seal of record"),
    "seal-hash": (lambda taken: seal_change(taken, "hash"), "the seal of record"),
    "picture": (
        lambda taken: next(taken.glob("pictures/*.jpg")).write_bytes(jpeg(77)), "had changed before it was exported"
    ),
}  # fmt: skip


def seal_change(taken: Path, field: str) -> None:
    seals: list[dict[str, Any]] = json.loads((taken / "seals.json").read_text())
    seals[0][field] = seals[1][field]
    (taken / "seals.json").write_text(json.dumps(seals))


@pytest.mark.parametrize("name", list(UNDER_THE_MANIFEST))
def test_the_chain_holds_what_the_manifest_alone_would_not(taken: Path, name: str, settings: Settings) -> None:
    change, words = UNDER_THE_MANIFEST[name]
    change(taken)
    resigned(taken, settings)
    code, said = verified(taken)
    assert code == 1, said
    assert words in said


def test_what_is_taken_out_needs_a_purpose_and_is_on_record(desk: Console, chief: Console) -> None:
    incident = opened(desk)
    snapshot = seen(incident, 1)
    address = f"/api/v1/incidents/{incident.pk}/evidence/export/"
    assert chief.client.get(address).status_code == 400
    assert chief.client.get(f"/api/v1/incidents/{uuid.uuid4()}/evidence/export/?purpose={PURPOSE}").status_code == 404
    assert desk.client.get(f"{address}?purpose={PURPOSE}").status_code == 403
    assert not EvidenceRecord.objects.filter(kind="exported").exists()
    archive(chief, incident)
    record = EvidenceRecord.objects.get(kind="exported")
    assert (record.body["purpose"], record.body["snapshots"]) == (PURPOSE, [str(snapshot.pk)])
    entry = AuditEntry.objects.get(action="evidence_exported")
    assert (entry.purpose, entry.actor) == (PURPOSE, chief.user)


def test_an_incident_without_pictures_gives_an_archive_too(desk: Console, chief: Console, tmp_path: Path) -> None:
    code, said = verified(unpacked(archive(chief, opened(desk)), tmp_path / "kosong"))
    assert code == 0, said
    assert "0 gambar" in said


def test_the_script_is_for_old_pythons_and_signs_as_the_library_does(settings: Settings) -> None:
    source = (Path(cameras.proof.__file__).parent / "verify.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {
        (node.names[0].name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported <= {"__future__", "hashlib", "json", "pathlib", "sys", "typing"}
    key = settings.EVIDENCE_KEY
    for number in range(8):
        message = f"pesan {number}".encode()
        signature = key.sign(message)
        assert ed25519_holds(key.public.raw, signature, message)
        assert not ed25519_holds(key.public.raw, signature, message + b".")
        for at in (0, 31, 32, 63):
            changed = bytearray(signature)
            changed[at] ^= 1 << number
            assert not ed25519_holds(key.public.raw, bytes(changed), message)
    assert not ed25519_holds(b"\xff" * 32, key.sign(b""), b"")
    assert not ed25519_holds(key.public.raw, b"", b"")
