"""What processes of this machine have computed so far, from the kernel's own book."""

import os
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

TICKS_1_S = os.sysconf("SC_CLK_TCK")


def computed_s(pids: Iterable[int]) -> float:
    """CPU seconds of these processes and of all below them, those that have ended included."""
    children: dict[int, list[int]] = {}
    own: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (found := _stat(int(entry.name))) is not None:
            parent, ticks = found
            own[int(entry.name)] = ticks / TICKS_1_S
            children.setdefault(parent, []).append(int(entry.name))
    total, waiting = 0.0, list(pids)
    while waiting:
        pid = waiting.pop()
        total += own.get(pid, 0.0)
        waiting += children.get(pid, [])
    return total


def postgres_pid() -> int | None:
    """PostgreSQL's first process, if it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        folder = cursor.fetchone()[0]
    try:
        return int((Path(folder) / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _stat(pid: int) -> tuple[int, int] | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()
    except OSError:
        return None  # it ended meanwhile
    # The parent; then time in user and kernel mode, of itself and of the children that it has waited for.
    return int(fields[1]), sum(int(field) for field in fields[11:15])
