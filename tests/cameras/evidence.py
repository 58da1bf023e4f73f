"""Pictures with their records, for tests."""

import io
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection
from PIL import Image

from cameras.drivers.types import Grab
from cameras.models import Camera, Snapshot
from cameras.services.capture import snapshot_record
from common import clock
from tests import factories


def jpeg(seed: int = 0, size: tuple[int, int] = (64, 36)) -> bytes:
    """A small picture that differs by its seed."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (seed % 256, seed // 256 % 256, 90)).save(buffer, "JPEG")
    return buffer.getvalue()


def grab(data: bytes, at: datetime | None = None) -> Grab:
    """As if a camera had given these bytes."""
    at = at or clock.now()
    with Image.open(io.BytesIO(data)) as picture:
        width, height = picture.size
    return Grab(
        data=data, content_type="image/jpeg", width=width, height=height, sha256=sha256(data).hexdigest(),
        requested_at=at - timedelta(milliseconds=90), first_byte_at=at - timedelta(milliseconds=20), received_at=at,
        is_original=True,
    )  # fmt: skip


def camera(code: str = "K-1", **values: Any) -> Camera:
    """A camera, made once."""
    defaults = {
        "name": code, "owner": factories.agency(), "kind": "http_jpeg", "url": "http://127.0.0.1:8000/", "lat": -6.21,
        "lon": 106.85, **values,
    }  # fmt: skip
    return Camera.objects.get_or_create(code=code, defaults=defaults)[0]


def kept(
    seed: int = 0, *, incident_id: uuid.UUID | None = None, at: datetime | None = None, data: bytes | None = None,
    of: Camera | None = None,
) -> Snapshot:  # fmt: skip
    """A picture with row, record and bytes."""
    taken = grab(data or jpeg(seed), at)
    return snapshot_record(realm=factories.live_realm(), camera=of or camera(), grab=taken, incident_id=incident_id)


def tamper(sql: str, values: Mapping[str, str | int] | None = None) -> None:
    """As somebody with the database owner's rights would: past the triggers."""
    triggers = [
        ("cameras_evidencerecord", "evidence_append_only"),
        ("cameras_evidenceseal", "evidence_seal_append_only"),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # PostgreSQL alters no table with checks still to come
        for table, trigger in triggers:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        cursor.execute(sql, values or {})
        for table, trigger in triggers:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
