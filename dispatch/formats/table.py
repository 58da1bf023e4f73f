"""Lines of CSV (RFC 4180) that mean the same everywhere: moments with their offset, numbers with a point, and no text
that a spreadsheet would take for a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def cell(value: Any) -> str:
    """One value as text; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".") if value else "0"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\0", "")
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows as UTF-8, each ended by CRLF."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return buffer.getvalue().encode()
