"""What `call_simulate --days` prints and with what it ends, whatever the run was like (test_week.py lives one)."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from siaga.management.commands import call_simulate
from siaga.simulation.checks import Check
from siaga.simulation.scratch import ScratchFailed
from siaga.simulation.week import STARTS_AT, Week, WeekSettings
from siaga.simulation.world import Tally

pytestmark = pytest.mark.django_db


class Run:
    """A run that was like this, and what it was asked for."""

    def __init__(self) -> None:
        self.tally, self.samples = Tally(), list[str]()
        self.checks = [Check("nothing is lost", looked_at=12), Check("all is told", looked_at=3)]
        self.asked: WeekSettings | None = None
        self.is_kept, self.expects_all = False, False

    @contextmanager
    def scratch_database(self, *, is_kept: bool) -> Iterator[str]:
        self.is_kept = is_kept
        yield "any"

    def week_run(self, settings: WeekSettings, _say: object) -> Week:
        self.asked = settings
        ends_at = STARTS_AT + timedelta(seconds=settings.duration_s)
        return Week(settings, STARTS_AT, ends_at, ["s1-1"], self.tally, 7, 60.0, 30.0, self.samples)

    def checks_run(self, *, rung: list[str], expects_all: bool, **_asked: Any) -> list[Check]:
        assert rung == ["s1-1"]
        self.expects_all = expects_all
        return self.checks


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    made = Run()
    for name in ("scratch_database", "week_run", "checks_run"):
        monkeypatch.setattr(call_simulate, name, getattr(made, name))
    return made


def told(*options: str) -> str:
    out = io.StringIO()
    call_command("call_simulate", *options, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_a_week_is_seven_days_and_its_figures_are_json(run: Run) -> None:
    found = json.loads(told("--week", "--json", "--seed", "4"))
    assert run.asked == WeekSettings(duration_s=7 * 86400.0, seed=4)
    assert (found["virtual_s"], found["wall_s"], found["speed"]) == (604_800.0, 60.0, 10_080)
    assert [(check["name"], check["ok"], check["looked_at"]) for check in found["checks"]] == [
        ("nothing is lost", True, 12), ("all is told", True, 3)
    ]  # fmt: skip
    assert run.expects_all
    assert not run.is_kept


def test_a_short_run_need_not_show_everything_and_is_told_in_words(run: Run) -> None:
    text = told("--days", "0.5", "--keep", "--operators", "1")
    assert not run.expects_all
    assert run.is_kept
    assert run.asked is not None
    assert run.asked.operators == 3  # one for each shift
    assert "speed: 720\n" in text
    assert "ok    nothing is lost (12 looked at)\n" in text


def test_a_check_that_fails_fails_the_command_after_all_was_told(run: Run) -> None:
    run.checks[1].need(holds=False, fault="#7: nobody was told")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 times it does not hold that all is told") as caught:
        call_command("call_simulate", "--days", "1", stdout=out, stderr=io.StringIO())
    assert caught.value.returncode == 1
    assert "FAULT all is told (4 looked at)\n      #7: nobody was told\n" in out.getvalue()


def test_a_fault_on_the_way_or_in_an_answer_fails_the_command(run: Run) -> None:
    run.samples.append("Mon 18:00 UTC: a unit is on two incidents")
    with pytest.raises(CommandError, match="1 faults were seen on the way"):
        told("--days", "1")
    run.samples.clear()
    run.tally.broken["answer: 500"] += 2
    with pytest.raises(CommandError, match="2 requests were not answered as they should be"):
        told("--days", "1")


def test_a_database_that_cannot_be_made_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*, is_kept: bool) -> Iterator[str]:
        raise ScratchFailed("another simulation is running")

    monkeypatch.setattr(call_simulate, "scratch_database", fail)
    with pytest.raises(CommandError, match="another simulation is running"):
        told("--week")


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "one"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="must be a number above 0"):
        call_command("call_simulate", "--days", text)
