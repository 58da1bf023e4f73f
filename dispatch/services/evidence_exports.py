"""An incident's pictures as a ZIP that proves itself: originals, the pieces of the chain that hold their records,
signed heads, a signed manifest, a script that checks all of it without us, and a page to read.

It is streamed: one picture at a time is in memory, nothing is put down on a disk, so no second copy of evidence lies
about that would need a retention of its own. What is taken out was written down before (dispatch.actions.evidence).
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

import cameras.proof
from accounts.models import User
from cameras.choices import RecordKind
from cameras.models import Snapshot
from cameras.proof.archive import ArchiveStream, in_chunks
from cameras.rules.chain import manifest_message, moment_text
from cameras.services.excerpts import lines_of, pieces_for, seal_facts
from cameras.services.seals import evidence_seal, public_keys
from cameras.storage import StorageUnreachable, picture_read
from common import clock
from dispatch.models import Incident
from dispatch.selectors.evidence import Access, access_of, records_of

PROOF = Path(cameras.proof.__file__).parent
FORMAT = "siaga-evidence-1"


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What is taken out, by whom, what for."""

    incident: Incident
    snapshots: Sequence[Snapshot]
    user: User
    purpose: str


def export_name(incident: Incident, at: datetime) -> str:
    """The name of the file."""
    return f"siaga-bukti-{incident.number}-{at:%Y%m%dT%H%M%SZ}.zip"


def export_chunks(order: ExportOrder) -> Iterator[bytes]:
    """The ZIP, piece by piece."""
    at = clock.now()
    evidence_seal()  # the record of this very export is under a signed head too
    archive = ArchiveStream(at)
    kept = {
        record.snapshot_id: record.sequence
        for record in records_of(realm=order.incident.realm, incident_id=order.incident.pk).filter(kind=RecordKind.KEPT)
    }
    pictures = []
    for number, snapshot in enumerate(order.snapshots, start=1):
        facts, data = _picture(snapshot, number, kept.get(snapshot.pk))
        pictures.append(facts)
        if data is not None:
            yield from in_chunks(archive.add(facts["file"], data, is_packed=False))
    access = access_of(order.snapshots)
    yield archive.add("access.json", _json([_access(row) for row in access]))
    records = records_of(realm=order.incident.realm, incident_id=order.incident.pk)
    sequences = set(records.values_list("pk", flat=True))
    pieces, seals = pieces_for(sequences)
    yield archive.add("seals.json", _json([seal_facts(seal) for seal in seals]))
    yield archive.add("chain.jsonl", "".join(f"{line}\n" for line in lines_of(pieces, told=sequences)).encode())
    for name in ("verify.py", "style.css"):
        yield archive.add(name, (PROOF / name).read_bytes())
    yield archive.add("public_key.pem", settings.EVIDENCE_KEY.public.pem.encode())
    yield archive.add("index.html", _index(order, at, pictures, access))
    manifest = _json(_manifest(order, at, pictures, archive.files) | {"records": sorted(sequences)})
    yield archive.add("manifest.json", manifest)
    yield archive.add("manifest.sig", f"{settings.EVIDENCE_KEY.sign(manifest_message(manifest)).hex()}\n".encode())
    yield archive.end()


def _picture(snapshot: Snapshot, number: int, record: int | None) -> tuple[dict[str, Any], bytes | None]:
    facts: dict[str, Any] = {
        "id": str(snapshot.pk),
        "record": record,
        "sha256": snapshot.sha256,
        "camera": snapshot.camera.code,
        "camera_name": snapshot.camera.name,
        "camera_version": snapshot.camera_version,
        "requested_at": moment_text(snapshot.requested_at),
        "first_byte_at": moment_text(snapshot.first_byte_at),
        "received_at": moment_text(snapshot.received_at),
        "is_original": snapshot.is_original,
        "deleted_at": moment_text(snapshot.deleted_at) if snapshot.deleted_at else None,
        "file": None,
        "is_changed": False,
    }
    if snapshot.deleted_at is not None:
        return facts, None
    try:
        data = picture_read(snapshot.path)
    except (FileNotFoundError, StorageUnreachable):
        return facts, None
    facts["is_changed"] = hashlib.sha256(data).hexdigest() != snapshot.sha256
    suffix = snapshot.path.rsplit(".", 1)[-1]
    code = re.sub(r"[^A-Za-z0-9._-]", "_", snapshot.camera.code)
    facts["file"] = f"pictures/{number:04d}-{code}-{snapshot.received_at:%Y%m%dT%H%M%SZ}.{suffix}"
    return facts, data


def _manifest(
    order: ExportOrder, at: datetime, pictures: list[dict[str, Any]], files: dict[str, dict[str, object]]
) -> dict[str, Any]:
    keys = {key_id: key.raw.hex() for key_id, key in public_keys().items()}
    return {
        "format": FORMAT,
        "made_at": moment_text(at),
        "made_by": order.user.username,
        "purpose": order.purpose,
        "incident": {
            "id": str(order.incident.pk),
            "number": order.incident.number,
            "type": order.incident.type.code,
            "opened_at": moment_text(order.incident.opened_at),
        },
        "key_id": settings.EVIDENCE_KEY.public.key_id,
        "public_keys": keys,
        "pictures": pictures,
        "files": dict(files),
    }


def _index(order: ExportOrder, at: datetime, pictures: list[dict[str, Any]], access: list[Access]) -> bytes:
    moments = ("received_at", "deleted_at")
    shown = [
        facts | {name: datetime.fromisoformat(facts[name]) for name in moments if facts[name]} for facts in pictures
    ]
    parts = {}
    for language in ("id", "en"):
        with translation.override(language):
            context = {
                "language": language,
                "incident": {
                    "number": order.incident.number,
                    "kind": getattr(order.incident.type, f"name_{language}"),
                    "place": order.incident.place_text or order.incident.place or "–",
                },
                "made_by": str(order.user),
                "made_at": at,
                "purpose": order.purpose,
                "key": settings.EVIDENCE_KEY.public.raw.hex(),
                "pictures": shown,
                "access": access,
            }
            parts[language] = mark_safe(render_to_string("evidence/_part.html", context))  # noqa: S308  # just rendered
    return render_to_string("evidence/index.html", {"incident": order.incident, "parts": parts}).encode()


def _access(row: Access) -> dict[str, Any]:
    return {
        "at": moment_text(row.at),
        "who": row.who,
        "action": row.action,
        "picture": row.snapshot_id,
        "purpose": row.purpose,
        "shown": row.shown,
        "by_way_of": row.source,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
