"""Numbers that people read out: from sequences, so nobody waits for anybody; gaps are allowed."""

from typing import Literal

from django.db import connection


def number_next(*, of: Literal["call", "incident"]) -> int:
    """The next number of a call or an incident."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [f"dispatch_{of}_number"])
        number: int = cursor.fetchone()[0]
    return number
