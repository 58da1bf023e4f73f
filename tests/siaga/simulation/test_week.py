"""A stretch of simulated time in a scratch database: what is found there, and that each check can find a fault."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from dispatch.models import Call, Escalation, Incident
from dispatch.rules.traffic import Burst
from dispatch.selectors.undone import undone_read
from realtime.models import Realm
from siaga.simulation.bots import Habits
from siaga.simulation.checks import Check, checks_run, faults_now
from siaga.simulation.scratch import ScratchFailed, scratch_database
from siaga.simulation.week import LATE_S, Week, WeekSettings, week_run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
HOUR_S = 3600.0
BURSTS = (Burst(600, 9), Burst(1500, 3, type_code="medis"), Burst(1.6 * HOUR_S, 4, type_code="banjir"))
# Everybody neglects more than people do, so that a short time shows all there is to find.
HABITS = Habits(
    forgets_class=0.2, misses_duplicate=0.5, leaves_incident=0.3, leaves_closing=0.4, agency_silent=0.5,
    agency_rejects=0.2, crew_silent=0.2, reopens=0.4, supervisor_ignores=0.5, repeats_request=0.1,
)  # fmt: skip
SETTINGS = WeekSettings(
    duration_s=2 * HOUR_S, starts_after_s=17.5 * HOUR_S, operators=6, calls_a_day=250, bursts=BURSTS, habits=HABITS
)


@pytest.fixture(scope="module")
def week(template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Week]:
    """Lived through once, for all tests here, in a database of its own."""
    fast = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), scratch_database(name="siaga_simulation_test", template=template), fast:
        yield week_run(SETTINGS, print)


def checked(week: Week, *, rung: Sequence[str] | None = None) -> list[Check]:
    return checks_run(rung=week.rung if rung is None else rung, at=week.ends_at, late_s=LATE_S)


def test_all_holds_after_hours_of_calls_and_people_who_forget(week: Week) -> None:
    assert [(check.name, check.faults) for check in checked(week) if not check.is_good] == []
    assert week.samples == []
    assert week.tally.broken == {}
    assert {check.name for check in checked(week) if check.looked_at == 0} <= {"what is overdue now shows its level"}


def test_the_time_was_lived_through_with_all_that_belongs_to_it(week: Week) -> None:
    summary = week.summary()
    assert summary["virtual_s"] == 2 * HOUR_S
    assert summary["calls"] == len(week.rung) == Call.objects.count() > 20
    assert Incident.objects.count() >= 3
    assert set(Escalation.objects.values_list("level", flat=True)) >= {"desk", "supervisor"}
    done = week.tally.done
    for act in ("answer", "open incident", "send unit", "unit on_scene", "agency accepts", "report of undone work"):
        assert done[act] > 0, act
    assert done["line ringing"] >= len(week.rung)
    newest = Call.objects.latest("arrived_at")
    assert week.starts_at < newest.arrived_at <= week.ends_at


CALLS = "every call stored once and accounted for"
LOOSE = "every open incident has owner, next step and deadline"
RULES = "next steps and deadlines follow the rules"
INCIDENTS, CALLS_DUE, PARTS = (
    f"{name}s: overdue is escalated in time, nothing without cause" for name in ("incident", "call", "part")
)
NOW = "what is overdue now shows its level"
REPORT = "the report of undone work agrees with the rows"
STEPS = "steps of {}s are legal and say who and when"
PARTS_TOLD = "agencies' parts are told of as they stepped"
UNITS = "no unit is on two incidents"
GAP = "the stream has no gap"
LAST = "the last event of each open call and incident shows it as it is"
AUDIT = "the audit record is whole"
ONE_OPEN = "(SELECT id FROM dispatch_incident WHERE state NOT IN ('closed', 'cancelled', 'merged') ORDER BY id LIMIT 1)"
UNHELD = "ALTER TABLE dispatch_incident DROP CONSTRAINT incident_open_has_next_step"
# What is done to the rows, behind the site's back, and which check must see it.
BROKEN: Sequence[tuple[str, Sequence[str]]] = (
    (CALLS, ["UPDATE dispatch_call SET pbx_call = 'other' WHERE id = (SELECT min(id::text)::uuid FROM dispatch_call)"]),
    (LOOSE, [UNHELD, f"UPDATE dispatch_incident SET due_at = NULL WHERE id = {ONE_OPEN}"]),
    (LOOSE, [UNHELD, f"UPDATE dispatch_incident SET next_step = '' WHERE id = {ONE_OPEN}"]),
    (
        LOOSE,
        [
            UNHELD,
            "ALTER TABLE dispatch_incident ALTER COLUMN owner_id DROP NOT NULL",
            f"UPDATE dispatch_incident SET owner_id = NULL WHERE id = {ONE_OPEN}",
        ],
    ),
    (RULES, ["UPDATE dispatch_followrule SET due_s = due_s + 1"]),
    (INCIDENTS, ["DELETE FROM dispatch_escalation WHERE level = 'supervisor' AND incident_id IS NOT NULL"]),
    (CALLS_DUE, ["DELETE FROM dispatch_escalation WHERE call_id IS NOT NULL"]),
    (PARTS, ["DELETE FROM dispatch_escalation WHERE part_id IS NOT NULL"]),
    (INCIDENTS, ["UPDATE dispatch_escalation SET escalated_at = escalated_at + interval '30 s' WHERE level = 'desk'"]),
    (INCIDENTS, ["UPDATE dispatch_escalation SET due_at = due_at - interval '1 s' WHERE incident_id IS NOT NULL"]),
    (NOW, [f"UPDATE dispatch_incident SET due_at = due_at - interval '1 day', escalation = '' WHERE id = {ONE_OPEN}"]),
    (STEPS.format("call"), ["UPDATE dispatch_calltransition SET source = '' WHERE new = 'answered'"]),
    (STEPS.format("call"), ["UPDATE dispatch_calltransition SET new = 'closed' WHERE new = 'offered'"]),
    (STEPS.format("incident"), ["DELETE FROM dispatch_incidenttransition WHERE new = 'assigned'"]),
    (
        STEPS.format("assignment"),
        ["UPDATE dispatch_assignmenttransition SET occurred_at = occurred_at - interval '1 day' WHERE new = 'enroute'"],
    ),
    (STEPS.format("part"), ["UPDATE dispatch_agencyparttransition SET old = 'done' WHERE new = 'accepted'"]),
    (
        PARTS_TOLD,
        [
            "UPDATE realtime_event SET payload = jsonb_set(payload::jsonb, '{state}', '\"done\"') WHERE id ="
            " (SELECT min(id) FROM realtime_event WHERE kind = 'part.changed')"
        ],
    ),
    (
        UNITS,
        [
            "DROP INDEX assignment_one_live_for_a_unit",
            "ALTER TABLE dispatch_assignment DROP CONSTRAINT assignment_ended_says_when",
            "UPDATE dispatch_assignment SET ended_at = NULL, unit_id = (SELECT min(unit_id) FROM dispatch_assignment)",
        ],
    ),
    (GAP, ["DELETE FROM realtime_event WHERE sequence = 100"]),
    (LAST, [f"UPDATE dispatch_incident SET summary = 'lain' WHERE id = {ONE_OPEN}"]),
    (AUDIT, ["UPDATE accounts_auditentry SET action = 'other' WHERE sequence = 50"]),
)  # fmt: skip


@pytest.mark.parametrize(("name", "statements"), BROKEN)
def test_a_check_sees_what_was_broken(week: Week, name: str, statements: Sequence[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role TO replica")  # no trigger holds it back
        for statement in statements:
            cursor.execute(statement)
        assert cursor.rowcount > 0
        faulty = {check.name for check in checked(week) if not check.is_good}
        transaction.set_rollback(True)
    assert name in faulty


def test_a_call_that_was_lost_and_a_report_that_leaves_something_out_are_seen(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = [check for check in checked(week, rung=[*week.rung, "lost"]) if not check.is_good]
    assert [(check.name, check.faults) for check in lost] == [(CALLS, ["lost: rang, is stored 0 times"])]

    def short(*, realm: Realm, at: datetime) -> dict[str, Any]:
        told = undone_read(realm=realm, at=at)
        return told | {"incidents_open": told["incidents_open"][1:]}

    monkeypatch.setattr("siaga.simulation.checks.report.undone_read", short)
    assert [check.name for check in checked(week) if not check.is_good] == [REPORT]
    assert faults_now(at=week.ends_at, late_s=LATE_S) != []


def test_a_check_without_anything_to_look_at_has_failed_where_something_must_be_there(week: Week) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role TO replica")
        cursor.execute("DELETE FROM dispatch_assignment")
        found = checks_run(rung=week.rung, at=week.ends_at, late_s=LATE_S, expects_all=True)
        transaction.set_rollback(True)
    assert {check.name: check.faults for check in found}[UNITS] == ["there was nothing to look at"]


def test_an_hour_later_without_the_clock_is_seen_as_overdue(week: Week) -> None:
    later = week.ends_at + timedelta(hours=3)
    assert any(fault.startswith(NOW) for fault in faults_now(at=later, late_s=LATE_S))


def test_two_runs_at_once_and_the_sites_own_database_are_refused(week: Week) -> None:
    with pytest.raises(ScratchFailed, match="another simulation"), scratch_database(name="siaga_simulation_other"):
        pass
    with pytest.raises(ScratchFailed, match="own database"), scratch_database(name="siaga_simulation_test"):
        pass
