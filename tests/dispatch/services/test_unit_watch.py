"""What the clock does with units: late steps, alarms that climb, lost positions, units that are home again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.choices import Role
from accounts.services.audit import audit_faults
from common import clock
from dispatch.choices import PositionSource
from dispatch.models import Assignment, TimelineEntry, Unit, UnitAlarm, UnitStatusChange
from dispatch.services.positions import positions_take
from dispatch.services.unit_watch import units_watch
from dispatch.tasks import unit_tracks_forget
from dispatch.tasks import units_watch as units_watch_task
from siaga.celery import app
from tests import factories
from tests.dispatch.api.test_units import applied, incident, sent, status, step
from tests.dispatch.console import Console

pytestmark = pytest.mark.django_db


class Clock:
    """Time that a test says."""

    def __init__(self) -> None:
        self.at = clock.now()

    def now(self) -> datetime:
        return self.at

    def go(self, seconds: float) -> int:
        """Let time pass, then look."""
        self.at += timedelta(seconds=seconds)
        return units_watch()


@pytest.fixture
def time_told(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(clock, "now", told.now)
    return told


@pytest.fixture
def desk(db: None) -> Iterator[Console]:
    factories.live_realm()
    factories.disposition()
    yield Console(factories.user(Role.DISPATCHER))
    connection.check_constraints()
    assert list(audit_faults()) == []


def alarms(**wanted: Any) -> list[tuple[str, str]]:
    rows = UnitAlarm.objects.filter(ended_at=None, **wanted).order_by("raised_at")
    return [(row.kind, row.level) for row in rows]


def seen(call_sign: str, told: Clock, lat: float = -6.21, lon: float = 106.85) -> None:
    item = {"unit": call_sign, "lat": lat, "lon": lon, "measured_at": told.at.isoformat()}
    positions_take(realm=factories.live_realm(), items=[item], source=PositionSource.GATEWAY, at=told.at)


def test_each_step_that_is_late_alarms_once_and_is_over_when_it_is_taken(desk: Console, time_told: Clock) -> None:
    factories.unit("AMB-01", type=factories.unit_type("ambulans-dasar", turnout_s=90))
    row = sent(desk, incident(desk))
    assert time_told.go(59) == 0
    assert time_told.go(1) == 1
    assert alarms() == [("not_acknowledged", "desk")]
    assert Assignment.objects.get().is_overdue
    assert time_told.go(5) == 0  # once
    step(desk, row, "acknowledged")
    assert not Assignment.objects.get().is_overdue
    assert time_told.go(0) == 1
    assert alarms() == []
    assert time_told.go(90) == 1
    assert alarms() == [("not_en_route", "desk")]
    step(desk, row, "enroute")
    time_told.go(1)
    assert time_told.go(900) == 1
    assert alarms() == [("not_arrived", "desk")]
    step(desk, row, "on_scene")
    time_told.go(1)
    assert time_told.go(1800) == 1
    assert alarms() == [("no_report", "desk")]
    step(desk, row, "cleared")
    time_told.go(1)
    assert alarms() == []
    assert time_told.go(7200) == 0
    assert UnitAlarm.objects.count() == 4
    assert TimelineEntry.objects.filter(kind="unit_alarm").count() == 4


def test_arrival_is_late_by_the_way_that_was_expected(desk: Console, time_told: Clock) -> None:
    post = factories.station("pos", lat=-6.30, lon=106.85)
    factories.unit("AMB-01", type=factories.unit_type("ambulans-dasar", speed_kmh=30, rush_speed_kmh=30,
                                                      night_speed_kmh=30), station=post)  # fmt: skip
    row = sent(desk, incident(desk))
    eta_s = Assignment.objects.get().eta_s
    assert eta_s is not None
    assert eta_s > 1000
    step(desk, row, "enroute")
    assert time_told.go(eta_s * 1.5 - 2) == 0
    assert time_told.go(4) == 1
    assert alarms() == [("not_arrived", "desk")]


def test_an_alarm_that_nobody_looks_at_goes_to_supervisor_and_head(desk: Console, time_told: Clock) -> None:
    key = incident(desk)
    sent(desk, key)
    time_told.go(60)
    for seconds, expected in ((119, "desk"), (1, "supervisor"), (479, "supervisor"), (1, "head"), (9999, "head")):
        time_told.go(seconds)
        assert alarms() == [("not_acknowledged", expected)]
    levels = [line.data["level"] for line in TimelineEntry.objects.filter(kind="escalated").order_by("occurred_at")]
    assert levels == ["supervisor", "head"]
    alarm = UnitAlarm.objects.get()
    desk.post(f"unit-alarms/{alarm.pk}/acknowledge/")
    assert alarms() == []


def test_an_emergency_climbs_after_ten_seconds_and_nothing_but_a_person_ends_it(
    desk: Console, time_told: Clock
) -> None:
    row = sent(desk, incident(desk))
    alarm_id = desk.post("units/AMB-01/emergency/", {}, expect=201)["id"]
    assert time_told.go(9.9) == 0
    assert time_told.go(0.1) == 1
    assert alarms(kind="emergency") == [("emergency", "supervisor")]
    time_told.go(20)
    assert alarms(kind="emergency") == [("emergency", "head")]
    desk.post(f"unit-alarms/{alarm_id}/acknowledge/")
    step(desk, row, "cleared")
    time_told.go(100_000)
    assert alarms(kind="emergency") == [("emergency", "head")]
    assert status() == "PN"
    # Looked at in time it climbs no further; pressed again it begins anew.
    factories.unit("AMB-02")
    second = desk.post("units/AMB-02/emergency/", {}, expect=201)["id"]
    desk.post(f"unit-alarms/{second}/acknowledge/")
    time_told.go(60)
    assert alarms(unit__call_sign="AMB-02") == [("emergency", "desk")]
    desk.post("units/AMB-02/emergency/", {}, expect=201)
    time_told.go(10)
    assert alarms(unit__call_sign="AMB-02") == [("emergency", "supervisor")]


def test_a_unit_on_its_way_that_is_no_longer_heard_alarms_until_it_is(desk: Console, time_told: Clock) -> None:
    row = sent(desk, incident(desk))
    step(desk, row, "acknowledged")
    seen("AMB-01", time_told)
    time_told.go(1000)
    assert ("position_stale", "desk") not in alarms()  # it is not on its way
    step(desk, row, "enroute")
    time_told.go(1)
    assert alarms(kind="position_stale") == [("position_stale", "desk")]
    desk.post(f"unit-alarms/{UnitAlarm.objects.get(kind='position_stale').pk}/acknowledge/")
    time_told.go(10)
    assert alarms(kind="position_stale") == []  # the same silence is not told twice
    seen("AMB-01", time_told)
    time_told.go(200)
    assert alarms(kind="position_stale") == []
    time_told.go(101)
    assert alarms(kind="position_stale") == [("position_stale", "desk")]
    seen("AMB-01", time_told)
    time_told.go(1)
    assert alarms(kind="position_stale") == []


def test_a_unit_without_a_receiver_is_not_told_to_be_lost(desk: Console, time_told: Clock) -> None:
    step(desk, sent(desk, incident(desk)), "enroute")
    time_told.go(600)
    assert alarms(kind="position_stale") == []


def test_a_returning_unit_is_available_at_its_post_when_it_stands_there(desk: Console, time_told: Clock) -> None:
    post = factories.station("pos", lat=-6.3, lon=106.8)
    factories.unit("AMB-01", station=post)
    row = sent(desk, incident(desk))
    step(desk, row, "on_scene")
    step(desk, row, "cleared")
    seen("AMB-01", time_told, lat=-6.31, lon=106.8)
    time_told.go(1)
    assert status() == "RT"
    seen("AMB-01", time_told, lat=-6.3005, lon=106.8)
    time_told.go(1)
    assert status() == "AV"
    change = UnitStatusChange.objects.order_by("-id").first()
    assert change is not None
    assert (change.old, change.new, change.source, change.actor) == ("RT", "AV", "position", None)
    # An old position says nothing, and at the post it is not set free of what it is.
    desk.post("units/AMB-01/status/", {"status": "RT"})
    assert time_told.go(61) == 0
    desk.post("units/AMB-01/status/", {"status": "OO", "reason": "rem"})
    seen("AMB-01", time_told, lat=-6.3005, lon=106.8)
    assert time_told.go(1) == 0
    assert status() == "OO"


def test_what_the_clock_does_is_told(desk: Console, time_told: Clock) -> None:
    factories.unit("AMB-01", station=factories.station("pos", lat=-6.3, lon=106.8))
    before = desk.state()
    row = sent(desk, incident(desk))
    time_told.go(60)
    time_told.go(120)
    step(desk, row, "on_scene")
    time_told.go(1)
    step(desk, row, "cleared")
    seen("AMB-01", time_told, lat=-6.3, lon=106.8)
    time_told.go(1)
    after = desk.state()
    assert applied(before, desk.events(before["head"])) == applied(after, [])
    assert [unit["status"] for unit in after["units"]] == ["AV"]


def test_the_clock_is_set(desk: Console) -> None:
    schedule = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    assert schedule["dispatch.tasks.units_watch"] == 2.0
    assert "dispatch.tasks.unit_tracks_forget" in schedule
    units_watch_task()
    unit_tracks_forget()
    assert Unit.objects.count() == 0
