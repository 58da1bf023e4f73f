"""Jobs of the schedule on a virtual clock: at their moments, and skipped only where that changes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from dispatch.rules.traffic import Burst
from siaga.celery import app
from siaga.simulation.beats import MICROSECOND, QUIET, Beat, beats_of_schedule
from siaga.simulation.checks.found import rows
from siaga.simulation.scratch import scratch_database
from siaga.simulation.week import WeekSettings, week_run

START = datetime(2024, 6, 30, 17, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_job_without_foresight_runs_at_each_of_its_moments() -> None:
    ran: list[datetime] = []
    beat = Beat("job", lambda: ran.append(beat.next_at), period_s=5.0, starts_at=START)
    assert beat.next_at == after(5)
    for moment in (5, 10, 15):
        assert beat.turn(after(moment))
        assert beat.next_at == after(moment + 5)
    assert len(ran) == 3


def test_a_job_sleeps_until_it_has_something_to_do_or_is_disturbed() -> None:
    ran: list[str] = []
    quiet_until: datetime | None = after(61)
    beat = Beat("job", lambda: ran.append("ran"), period_s=5.0, starts_at=START, quiet=lambda _at: quiet_until)
    assert not beat.turn(after(5))
    assert beat.next_at == after(65)  # its first moment that is not before
    beat.disturb(after(20))
    assert beat.next_at == after(20)
    beat.disturb(after(20) + MICROSECOND)
    assert beat.next_at == after(20)  # the sooner one stays
    quiet_until = None
    assert not beat.turn(after(20))
    assert beat.next_at.year == 9999
    beat.disturb(after(33.3))
    assert beat.next_at == after(35)
    quiet_until = after(35)
    assert beat.turn(after(35))
    assert ran == ["ran"]


def test_every_job_of_the_schedule_has_its_turn_and_foresight_is_for_jobs_that_exist() -> None:
    schedule = {name: entry["schedule"] for name, entry in app.conf.beat_schedule.items()}
    found = beats_of_schedule(START)
    assert {beat.name: (beat.next_at - START).total_seconds() for beat in found} == schedule
    assert set(QUIET) <= {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert all(not beat.reads for beat in beats_of_schedule(START, is_exhaustive=True))


TOLD = (
    "SELECT pbx_call, state, call_class, arrived_at, answered_at, ended_at, callback_due_at FROM dispatch_call"
    " ORDER BY pbx_call",
    "SELECT c.pbx_call, t.old, t.new, t.occurred_at, t.source FROM dispatch_calltransition t"
    " JOIN dispatch_call c ON c.id = t.call_id ORDER BY c.pbx_call, t.id",
    "SELECT number, state, priority, next_step, due_at, escalation FROM dispatch_incident ORDER BY number",
    "SELECT level, due_at, escalated_at FROM dispatch_escalation ORDER BY escalated_at, due_at, level",
    "SELECT sequence, kind, occurred_at FROM realtime_event ORDER BY sequence",
)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_run_that_skips_jobs_ends_in_the_same_rows_as_one_that_skips_none(
    template: str, django_db_blocker: DjangoDbBlocker
) -> None:
    def lived(*, is_exhaustive: bool) -> tuple[int, list[list[Any]]]:
        settings = WeekSettings(
            duration_s=420, starts_after_s=18 * 3600, operators=3, bursts=(Burst(60, 4),), is_exhaustive=is_exhaustive
        )
        with scratch_database(name="siaga_simulation_test", template=template):
            week = week_run(settings, print)
            return week.beats_run, [list(rows(sql)) for sql in TOLD]

    fast = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), fast:
        some, told = lived(is_exhaustive=False)
        all_of_them, expected = lived(is_exhaustive=True)
    assert some < all_of_them / 2
    assert all(expected)
    assert told == expected
