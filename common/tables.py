"""Cells of tables that people open in spreadsheets and send back: without loss, whatever the language is."""

import re
from datetime import datetime
from decimal import Decimal

# What a spreadsheet would take for a formula; quotes before it are ours or those of a text that has its own.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n|%]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n|%]")


def text_guard(text: str) -> str:
    """A text with a quote before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def text_unguard(cell: str) -> str:
    """The text that `text_guard` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def number_write(value: float | int | None) -> str:
    """With a point, without exponent, and exact: read again it is the same number."""
    if value is None:
        return ""
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")


def moment_write(value: datetime | None) -> str:
    """With its offset."""
    return value.isoformat() if value else ""
