"""A stretch of simulated time in a scratch database; what is found there; and that each check can find a fault."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from dispatch.models import Call, Escalation, Incident
from dispatch.rules.traffic import Burst
from siaga.simulation.bots import Habits
from siaga.simulation.checks import Check, checks_run
from siaga.simulation.scratch import scratch_database
from siaga.simulation.week import LATE_S, Week, WeekSettings, week_run

HOUR_S = 3600.0
BURSTS = (Burst(600, 9), Burst(1500, 3, type_code="medis"), Burst(2 * HOUR_S, 4, type_code="banjir"))
# Everybody neglects more than people do, so that a short time shows all there is to find.
HABITS = Habits(
    forgets_class=0.2, misses_duplicate=0.5, leaves_incident=0.3, leaves_closing=0.4, agency_silent=0.5,
    agency_rejects=0.2, crew_silent=0.2, reopens=0.4, supervisor_ignores=0.5, repeats_request=0.1,
)  # fmt: skip
SETTINGS = WeekSettings(
    duration_s=2.2 * HOUR_S, starts_after_s=17.5 * HOUR_S, operators=6, calls_a_day=350, bursts=BURSTS, habits=HABITS
)


@pytest.fixture(scope="module")
def week(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Week]:
    """Lived through once, for all tests here, in a database of its own."""
    fast = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), scratch_database(name="siaga_simulation_test"), fast:
        yield week_run(SETTINGS, print)


def found(week: Week) -> list[Check]:
    return checks_run(rung=week.rung, at=week.ends_at, late_s=LATE_S)


def test_all_holds_after_hours_of_calls_with_people_who_forget(week: Week) -> None:
    print(week.summary())
    for check in found(week):
        print(check.as_dict())
    assert 0
