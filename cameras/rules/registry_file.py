"""Lines of a CSV file with their numbers, however its program writes them. Pure."""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass

from common.errors import ValidationError, gettext_noop

ROWS_MAX = 20_000
FILE_BYTES_MAX = 8 * 1024 * 1024
CELL_CHARS_MAX = 128 * 1024


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row with the line in which it begins; cells by column."""

    line: int
    cells: dict[str, str]
    is_ragged: bool = False


@dataclass(frozen=True, slots=True)
class FileRead:
    """The columns in their order, and the rows."""

    columns: tuple[str, ...]
    rows: tuple[FileRow, ...]


def file_read(data: bytes, *, known: Collection[str], key: str) -> FileRead:
    """Rows of UTF-8 with or without BOM, comma or semicolon; raises ValidationError for what spoils the whole file."""
    if len(data) > FILE_BYTES_MAX:
        raise ValidationError(
            "file_too_large", gettext_noop("The file is larger than %(limit)d MiB."),
            {"limit": FILE_BYTES_MAX // 1024 // 1024},
        )  # fmt: skip
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValidationError(
            "not_utf8", gettext_noop("The file is not UTF-8 (line %(line)d). Save it as CSV UTF-8."), {"line": line}
        ) from error
    if "\0" in text or not text.strip():
        raise ValidationError("file_empty", gettext_noop("The file is empty, or no text."))
    return _parsed(text, known, key)


def delimiter_of(heading: str) -> str:
    """Comma, or semicolon as programs write it where the comma is the decimal sign."""
    return ";" if heading.count(";") > heading.count(",") else ","


def _parsed(text: str, known: Collection[str], key: str) -> FileRead:
    csv.field_size_limit(CELL_CHARS_MAX)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter_of(text.lstrip().split("\n", 1)[0]), strict=True
    )
    rows: list[FileRow] = []
    columns: tuple[str, ...] = ()
    last_line = 0
    try:
        for cells in reader:
            line, last_line = last_line + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _heading(cells, known, key)
                continue
            rows.append(_row(line, columns, cells))
            if len(rows) > ROWS_MAX:
                raise ValidationError(
                    "too_many_rows", gettext_noop("The file has more than %(limit)d rows."), {"limit": ROWS_MAX}
                )
    except csv.Error as error:
        raise ValidationError(
            "csv_broken", gettext_noop("Line %(line)d is no CSV: a quote is open or stands in the wrong place."),
            {"line": reader.line_num},
        ) from error  # fmt: skip
    return FileRead(columns, tuple(rows))


def _heading(cells: list[str], known: Collection[str], key: str) -> tuple[str, ...]:
    names = tuple(cell.strip().lower() for cell in cells)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValidationError(
            "columns_unknown", gettext_noop("Columns that are not known: %(names)s."),
            {"names": ", ".join(name[:40] or "—" for name in unknown[:10])},
        )  # fmt: skip
    if key not in names:
        raise ValidationError("column_missing", gettext_noop("The column %(name)s is missing."), {"name": key})
    if len(set(names)) < len(names):
        raise ValidationError("columns_doubled", gettext_noop("A column stands twice."))
    return names


def _row(line: int, columns: tuple[str, ...], cells: list[str]) -> FileRow:
    is_ragged = len(cells) < len(columns) or any(cell.strip() for cell in cells[len(columns) :])
    return FileRow(line, dict(zip(columns, cells, strict=False)), is_ragged)
