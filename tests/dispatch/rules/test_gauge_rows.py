"""Readings from outside: each faulty row is named, and takes no other with it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.gauge_rows import ROWS_MAX, ReadingRow, RowFault, csv_read, offset_read, rows_read

WIB = timezone(timedelta(hours=7))
HEAD = "gauge,measured_at,height_cm\n"
GOOD = {"gauge": "hulu", "measured_at": "2026-01-10T14:10:00+07:00", "height_cm": 151.5}


def test_a_batch_keeps_its_places() -> None:
    read = rows_read([GOOD, 7, {**GOOD, "gauge": "hilir", "note": " dibaca ulang "}])
    moment = datetime(2026, 1, 10, 7, 10, tzinfo=UTC)
    assert read.rows == (
        ReadingRow(0, "hulu", moment, 151.5), ReadingRow(2, "hilir", moment, 151.5, "dibaca ulang"),
    )  # fmt: skip
    assert read.faults == (RowFault(1, "", "not_a_reading"),)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"gauge": None}, "gauge_invalid", "gauge"),
        ({"gauge": "dua kata"}, "gauge_invalid", "gauge"),
        ({"measured_at": "kemarin"}, "time_invalid", "measured_at"),
        ({"measured_at": 5}, "time_invalid", "measured_at"),
        ({"measured_at": "0001-01-01T00:00:00+07:00"}, "time_invalid", "measured_at"),
        ({"measured_at": "2026-01-10T14:10:00"}, "time_without_offset", "measured_at"),
        ({"height_cm": "tinggi"}, "height_invalid", "height_cm"),
        ({"height_cm": True}, "height_invalid", "height_cm"),
        ({"height_cm": float("nan")}, "height_invalid", "height_cm"),
        ({"height_cm": 10**400}, "height_invalid", "height_cm"),
        ({"note": 5}, "note_invalid", "note"),
        ({"note": "x" * 201}, "note_invalid", "note"),
        ({"tinggi": 5}, "unknown_field", "tinggi"),
    ],
)
def test_each_fault_has_its_code_and_field(change: dict[str, Any], code: str, field: str) -> None:
    (fault,) = rows_read([{**GOOD, **change}]).faults
    assert (fault.code, fault.field) == (code, field)


def test_a_file_as_spreadsheets_here_write_it() -> None:
    text = (
        "\ufeffGauge;Measured_at;Height_cm;Note\r\nhulu;2026-01-10 14:10;151,5;hujan\r\n\r\n"
        "hilir;2026-01-10 14:10;;\r\n"
    )
    read = csv_read(text, offset="+07:00")
    assert read.rows == (ReadingRow(2, "hulu", datetime(2026, 1, 10, 14, 10, tzinfo=WIB), 151.5, "hujan"),)
    assert read.faults == (RowFault(4, "hilir", "height_invalid", "height_cm"),)


def test_times_without_an_offset_are_not_guessed() -> None:
    assert [fault.code for fault in csv_read(f"{HEAD}hulu,2026-01-10 14:10,5\n").faults] == ["time_without_offset"]


def test_a_row_with_more_fields_than_the_heading_is_refused() -> None:
    assert [fault.code for fault in csv_read(f"{HEAD}hulu,2026-01-10T14:10+07:00,5,6\n").faults] == ["unknown_field"]
    assert [fault.code for fault in csv_read(f"{HEAD}hulu\n").faults] == ["time_invalid"]


@pytest.mark.parametrize(
    ("text", "offset", "code"),
    [
        ("", "", "file_unreadable"),
        ("\0", "", "file_unreadable"),
        ("a,b,c\n1,2,3\n", "", "columns_missing"),
        (HEAD, "WIB", "offset_invalid"),
        (HEAD, "+15:00", "offset_invalid"),
        (HEAD + "hulu,2026-01-10T14:10+07:00,5\n" * (ROWS_MAX + 1), "", "file_too_long"),
        (HEAD + '"hulu,5\n', "", "file_unreadable"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(text: str, offset: str, code: str) -> None:
    read = csv_read(text, offset=offset)
    assert (read.file_code, read.rows, read.faults) == (code, (), ())


def test_offsets() -> None:
    assert offset_read("+07:00") == WIB
    assert offset_read("-03:30") == timezone(-timedelta(hours=3, minutes=30))
    assert [offset_read(text) for text in ("", "7", "+7:00", "+07:60", "٠٧:٠٠")] == [None] * 5


@given(st.text(max_size=200))
def test_no_text_at_all_makes_it_stumble(text: str) -> None:
    read = csv_read(HEAD + text)
    assert all(fault.index >= 1 for fault in read.faults)
    assert all(row.gauge for row in read.rows)
