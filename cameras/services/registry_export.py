"""The registry as CSV and GeoJSON: never a credential, decimals with a point whatever the language."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from cameras.models import Camera
from cameras.presenters import camera_face_range_m
from cameras.services.registry_columns import COLUMNS, EXPORTED, SHARED, Column, values_of
from cameras.services.registry_plan import PlannedRow, RowFault
from common.tables import text_guard

BATCH = 500
BOM = "\ufeff"
TEMPLATE_ROW = {
    "code": "JKT-00001", "name": "Simpang Manggarai", "owner": "bpbd", "tags": "simpang|banjir", "kind": "http_jpeg",
    "url": "http://10.0.0.5/snapshot.jpg", "credential_user": "kamera", "state": "planned", "mount": "fixed",
    "lat": "-6.2099", "lon": "106.8502", "height_m": "6", "heading_deg": "120", "hfov_deg": "90", "range_m": "60",
    "face_matching_allowed": "false", "is_sensitive_site": "false",
}  # fmt: skip


def csv_chunks(cameras: QuerySet[Camera], *, is_shared: bool = False) -> Iterator[bytes]:
    """A heading and a line for each camera; `is_shared` leaves out how they are reached."""
    columns = SHARED if is_shared else EXPORTED
    yield (BOM + _lines([[column.name for column in columns]])).encode()
    for batch in _batches(cameras):
        yield _lines([[column.write(values[column.name]) for column in columns] for _, values in batch]).encode()


def geojson_chunks(cameras: QuerySet[Camera], *, is_shared: bool = False) -> Iterator[bytes]:
    """RFC 7946: a point for each camera, with its view as properties."""
    columns = [column for column in (SHARED if is_shared else EXPORTED) if column.name not in {"lat", "lon"}]
    yield b'{"type":"FeatureCollection","features":['
    is_first = True
    for batch in _batches(cameras):
        features = [json.dumps(_feature(camera, values, columns), ensure_ascii=False) for camera, values in batch]
        yield ("" if is_first or not features else ",").encode() + ",".join(features).encode()
        is_first = is_first and not features
    yield b"]}"


def template_csv() -> bytes:
    """A file to begin with: all columns and one camera as an example."""
    names = [column.name for column in COLUMNS]
    return (BOM + _lines([names, [TEMPLATE_ROW.get(name, "") for name in names]])).encode()


def faults_csv(faults: Iterable[RowFault], reason_of: Any) -> bytes:
    """Line, code, column, value and reason of every fault; `reason_of` words a fault for its reader."""
    rows = [
        [str(fault.line), text_guard(fault.code), fault.column, text_guard(fault.value), reason_of(fault.fault)]
        for fault in faults
    ]
    return (BOM + _lines([["line", "code", "column", "value", "reason"], *rows])).encode()


def changes_csv(rows: Iterable[PlannedRow]) -> bytes:
    """Every difference of a plan; secret values stay out."""
    lines = [
        [str(row.line), text_guard(row.code), row.kind, change.column, change.old, change.new]
        for row in rows
        for change in row.changes
    ]
    return (BOM + _lines([["line", "code", "kind", "column", "old", "new"], *lines])).encode()


def _feature(camera: Camera, values: dict[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    properties = {column.name: _json_value(values[column.name]) for column in columns}
    return {
        "type": "Feature",
        "id": camera.code,
        "geometry": {"type": "Point", "coordinates": [camera.lon, camera.lat]},
        "properties": properties | {"face_range_m": camera_face_range_m(camera)},
    }


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _batches(cameras: QuerySet[Camera]) -> Iterator[list[tuple[Camera, dict[str, Any]]]]:
    batch: list[tuple[Camera, dict[str, Any]]] = []
    for camera in cameras.iterator(chunk_size=BATCH):
        batch.append((camera, values_of(camera)))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _lines(rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
