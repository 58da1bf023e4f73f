"""Celery's schedule on a virtual clock: every job at its own moments, unless it provably has nothing to do then.

A job whose answer can be told beforehand names the tables that it reads and a moment before which it changes nothing
as long as nobody writes to them. Everything else runs at every beat, so a job that is new to the schedule is right,
only slower. `tests/siaga/simulation/test_beats.py` holds that a run with skipping and one without end in the same rows.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, Min, Q
from django.utils.module_loading import import_string

from dispatch.choices import FINISHED_CAMERA_STATES, CallState, PresenceState
from dispatch.models import Call, Incident, IncidentCamera, Presence, QueueAlarm, Storm
from dispatch.models.incidents import IS_OPEN
from dispatch.selectors.due import calls_due, incidents_due, parts_due
from dispatch.services.callbacks import SETTLE
from dispatch.services.follow import rules_read
from dispatch.services.offers import SEEN_WITHIN
from recognition.choices import OPEN_MATCH_STATES, EntryState
from recognition.models import CandidateMatch, WatchlistEntry
from siaga.celery import app

Quiet = Callable[[datetime], datetime | None]
MICROSECOND = timedelta(microseconds=1)


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


def _offers(at: datetime) -> datetime | None:
    # While a call waits or the alarm is on, each beat counts. Otherwise only a desk that falls silent does; one that
    # signs in meanwhile cannot do so before SEEN_WITHIN from now, so presences need not be watched.
    waiting = Call.objects.filter(state__in=[CallState.QUEUED, CallState.OFFERED])
    if waiting.exists() or QueueAlarm.objects.filter(ended_at=None).exists():
        return at
    seen_at = Presence.objects.exclude(state=PresenceState.AWAY).aggregate(at=Min("seen_at"))["at"]
    return min(seen_at or at, at) + SEEN_WITHIN + MICROSECOND


def _callbacks(at: datetime) -> datetime | None:
    left = Call.objects.filter(state__in=[CallState.ABANDONED, CallState.DROPPED])
    ended_at: datetime | None = left.aggregate(at=Min("ended_at"))["at"]
    return ended_at + SETTLE if ended_at else None


def _overdue(_at: datetime) -> datetime | None:
    due = [*incidents_due(rules_read()), *calls_due(), *parts_due()]
    return min((item.next_at for item in due), default=None)


def _storms(at: datetime) -> datetime | None:
    return at if Storm.objects.filter(ended_at=None).exists() else None


def _response(at: datetime) -> datetime | None:
    wanted = Q(rounds_wanted__gt=F("rounds_assigned"), lat__isnull=False)
    rows = IncidentCamera.objects.exclude(state__in=FINISHED_CAMERA_STATES)
    return at if Incident.objects.filter(IS_OPEN & wanted).exists() or rows.exists() else None


def _matches(at: datetime) -> datetime | None:
    return at if CandidateMatch.objects.filter(state__in=OPEN_MATCH_STATES).exists() else None


def _entries(at: datetime) -> datetime | None:
    return at if WatchlistEntry.objects.filter(state=EntryState.ACTIVE).exists() else None


_CALLS = frozenset({"dispatch_call"})
_INCIDENTS = frozenset({"dispatch_incident"})
QUIET: dict[str, tuple[frozenset[str], Quiet]] = {
    "dispatch.tasks.calls_offer_all": (_CALLS | {"dispatch_calloffer", "dispatch_queuealarm"}, _offers),
    "dispatch.tasks.callbacks_arrange": (_CALLS, _callbacks),
    "dispatch.tasks.overdue_escalate": (
        _CALLS | _INCIDENTS | {"dispatch_agencypart", "dispatch_followrule"}, _overdue,
    ),
    "dispatch.tasks.storms_end": (frozenset({"dispatch_storm"}), _storms),
    "dispatch.tasks.response_resume": (_INCIDENTS | {"dispatch_incidentcamera"}, _response),
    "dispatch.tasks.matches_expire": (frozenset({"recognition_candidatematch"}), _matches),
    "recognition.tasks.entries_expire": (frozenset({"recognition_watchlistentry"}), _entries),
}  # fmt: skip
