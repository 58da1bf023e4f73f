"""Celery's schedule on a virtual clock: every job at its own moments, unless it provably has nothing to do then.

A job whose answer can be told beforehand names the tables that it reads and a moment before which it changes nothing
as long as nobody writes to them. Everything else runs at every beat, so a job that is new to the schedule is right,
only slower. `tests/siaga/simulation/test_beats.py` holds that a run with skipping and one without end in the same rows.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.module_loading import import_string

from siaga.celery import app
from siaga.simulation.foresight import MICROSECOND, QUIET, Quiet

__all__ = ["MICROSECOND", "QUIET", "Beat", "Quiet", "beats_of_schedule"]


class Beat:
    """One job: `turn` runs it or finds that it need not run; `next_at` is when to look again."""

    def __init__(
        self, name: str, run: Callable[[], object], *, period_s: float, starts_at: datetime,
        reads: frozenset[str] = frozenset(), quiet: Quiet | None = None,
    ) -> None:  # fmt: skip
        self.name, self.reads = name, reads
        self._run, self._quiet = run, quiet
        self._starts_at, self._period = starts_at, timedelta(seconds=period_s)
        self.next_at = starts_at + self._period

    def turn(self, at: datetime) -> bool:
        """It is this job's moment; whether it ran."""
        quiet_until = self._quiet(at) if self._quiet else at
        self.next_at = at + self._period
        if quiet_until is None:
            self.next_at = datetime.max.replace(tzinfo=at.tzinfo)
        elif quiet_until > at:
            self.next_at = max(self.next_at, self.moment_from(quiet_until))
        if quiet_until is None or quiet_until > at:
            return False
        self._run()
        return True

    def moment_from(self, at: datetime) -> datetime:
        """The first of this job's moments that is not before `at`."""
        return self._starts_at + self._period * math.ceil((at - self._starts_at) / self._period)

    def disturb(self, at: datetime) -> None:
        """What it reads was written at `at`, before its turn at that moment."""
        self.next_at = min(self.next_at, self.moment_from(at))


def beats_of_schedule(starts_at: datetime, *, is_exhaustive: bool = False) -> list[Beat]:
    """Every job of the site's schedule; with `is_exhaustive` none is ever skipped."""
    beats = []
    for name, entry in app.conf.beat_schedule.items():
        reads, quiet = (frozenset[str](), None) if is_exhaustive else QUIET.get(entry["task"], (frozenset(), None))
        period_s = float(entry["schedule"])
        run = import_string(entry["task"])
        beats.append(Beat(name, run, period_s=period_s, starts_at=starts_at, reads=reads, quiet=quiet))
    return beats
