"""Lines of CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.formats.table import FORMULA_STARTS, cell, lines

JAKARTA = timezone(timedelta(hours=7))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "true"), (False, "false"), (7, "7"), (-7, "-7"), (0.0, "0"), (-6.2102, "-6.2102"),
        (106.85030000001, "106.8503"), (1e-9, "0"), (1234567.5, "1234567.5"), ("biasa", "biasa"),
        (datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=JAKARTA), "2026-01-02T03:04:05+07:00"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
        ("=1+1", "'=1+1"), ("+62811", "'+62811"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"),
        ("\rx", "'\rx"), ("|cmd", "'|cmd"), ("a\0b", "ab"), ("\0=1", "'=1"),
    ],
)  # fmt: skip
def test_one_value(value: Any, text: str) -> None:
    assert cell(value) == text


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4), max_size=4))
def test_texts_read_back_and_none_begins_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(lines(rows).decode(), newline="")))
    assert len(read) == len(rows)
    for row, got in zip(rows, read, strict=True):
        for text, found in zip(row, got, strict=True):
            plain = text.replace("\0", "")
            assert found in {plain, f"'{plain}"}
            assert not found.startswith(FORMULA_STARTS)
