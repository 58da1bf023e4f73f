"""Readings from outside, row by row: a faulty row is named with its fault, and takes no other with it."""

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

BATCH_MAX = 500
ROWS_MAX = 5000
NOTE_MAX = 200
CODE = re.compile(r"[-a-zA-Z0-9_]{1,30}")
OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
COLUMNS = ("gauge", "measured_at", "height_cm")
KNOWN = frozenset({*COLUMNS, "note"})
# Years in which a reading can lie at all; what else a clock tells is a fault of the row.
YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading; `index` is its place in the batch, or its line in the file."""

    index: int
    gauge: str
    measured_at: datetime
    height_cm: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that cannot be read: which, what about it, and in which field."""

    index: int
    gauge: str
    code: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class RowsRead:
    """What could be read, and what could not. `file_code` says why a whole file is refused."""

    rows: tuple[ReadingRow, ...] = ()
    faults: tuple[RowFault, ...] = ()
    file_code: str = ""


class _Wrong(Exception):
    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.code, self.field = code, field


def rows_read(items: Sequence[Any]) -> RowsRead:
    """Readings of a JSON batch."""
    return _read(enumerate(items), None)


def csv_read(text: str, *, offset: str = "") -> RowsRead:
    """Readings of a CSV file with a heading, comma or semicolon between the fields.

    `offset` (as +07:00) is that of times without their own; without it such times are refused.
    """
    zone = offset_read(offset) if offset else None
    if offset and zone is None:
        return RowsRead(file_code="offset_invalid")
    text = text.lstrip("\ufeff")
    if "\0" in text or not text.strip():
        return RowsRead(file_code="file_unreadable")
    heading = text.lstrip().splitlines()[0]
    separator = ";" if heading.count(";") > heading.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restkey="_more", strict=True)
    try:
        names = {(name or "").strip().lower() for name in reader.fieldnames or ()}
        if not set(COLUMNS) <= names:
            return RowsRead(file_code="columns_missing")
        lines: list[tuple[int, dict[str, Any]]] = []
        for line in reader:
            if len(lines) == ROWS_MAX:
                return RowsRead(file_code="file_too_long")
            lines.append((reader.line_num, _stripped(line)))
    except csv.Error:
        return RowsRead(file_code="file_unreadable")
    return _read(iter([(number, line) for number, line in lines if any(line.values())]), zone)


def offset_read(text: str) -> timezone | None:
    """An offset from UTC as +07:00; None for anything else."""
    found = OFFSET.fullmatch(text)
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        return None
    away = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(away if found[1] == "+" else -away)


def _stripped(line: Mapping[Any, Any]) -> dict[str, Any]:
    found = {str(name or "").strip().lower(): value for name, value in line.items()}
    return {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}


def _read(items: Iterator[tuple[int, Any]], zone: timezone | None) -> RowsRead:
    rows, faults = [], []
    for index, item in items:
        gauge = item.get("gauge") if isinstance(item, Mapping) else None
        name = gauge[:30] if isinstance(gauge, str) else ""
        try:
            rows.append(_row(index, item, zone))
        except _Wrong as wrong:
            faults.append(RowFault(index, name, wrong.code, wrong.field))
    return RowsRead(tuple(rows), tuple(faults))


def _row(index: int, item: Any, zone: timezone | None) -> ReadingRow:
    if not isinstance(item, Mapping):
        raise _Wrong("not_a_reading", "")
    unknown = sorted(str(name) for name in item if name not in KNOWN)
    if unknown:
        raise _Wrong("unknown_field", unknown[0][:60])
    gauge, note = item.get("gauge"), item.get("note") or ""
    if not isinstance(gauge, str) or not CODE.fullmatch(gauge):
        raise _Wrong("gauge_invalid", "gauge")
    if not isinstance(note, str) or len(note) > NOTE_MAX or "\0" in note:
        raise _Wrong("note_invalid", "note")
    return ReadingRow(
        index, gauge, _moment(item.get("measured_at"), zone), _height(item.get("height_cm")), note.strip()
    )


def _moment(value: Any, zone: timezone | None) -> datetime:
    if not isinstance(value, str):
        raise _Wrong("time_invalid", "measured_at")
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise _Wrong("time_invalid", "measured_at") from error
    if found.year not in YEARS:
        raise _Wrong("time_invalid", "measured_at")
    if found.tzinfo is None:
        if zone is None:
            raise _Wrong("time_without_offset", "measured_at")
        found = found.replace(tzinfo=zone)
    return found.replace(microsecond=0)


def _height(value: Any) -> float:
    if isinstance(value, str):
        # A comma before the decimals, as spreadsheets here write it.
        value = value.replace(",", ".") if value.count(",") == 1 and "." not in value else value
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise _Wrong("height_invalid", "height_cm")
    try:
        height = float(value)
    except (ValueError, OverflowError) as error:
        raise _Wrong("height_invalid", "height_cm") from error
    if not math.isfinite(height) or abs(height) > 1_000_000:
        raise _Wrong("height_invalid", "height_cm")
    return round(height, 1)
