"""What became of a reading, in the reader's words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dispatch.choices.floods import ReadingMark

ROWS: Mapping[str, str] = {
    "taken": gettext_noop("taken"),
    "repeated": gettext_noop("known already"),
    "unknown_gauge": gettext_noop("refused: there is no such gauge"),
    "reading_differs": gettext_noop("refused: another value of this gauge for this moment is kept already"),
    "not_a_reading": gettext_noop("refused: this is no reading"),
    "unknown_field": gettext_noop("refused: an unknown field: %(field)s"),
    "gauge_invalid": gettext_noop("refused: no code of a gauge"),
    "note_invalid": gettext_noop("refused: the note is no text, or too long"),
    "time_invalid": gettext_noop("refused: measured_at is no time as 2026-11-25T14:10:00+07:00"),
    "time_without_offset": gettext_noop("refused: measured_at lacks its offset from UTC"),
    "height_invalid": gettext_noop("refused: height_cm is no number"),
}


def row_text(code: str, mark: str) -> str:
    """A sentence about one row; of a fault `mark` is the field."""
    text = _(ROWS[code])
    if code in {"taken", "repeated", "reading_differs"}:
        return f"{text}; {mark_text(mark)}" if mark else text
    return text % {"field": mark}


def mark_text(mark: str) -> str:
    """What is doubtful, in words."""
    return str(ReadingMark(mark).label) if mark else ""
