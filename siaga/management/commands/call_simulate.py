"""Calls as they come in Jakarta: sent to a running site, or a whole stretch of time lived in a scratch database."""

import json
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from siaga.simulation.checks import checks_run
from siaga.simulation.scratch import ScratchFailed, scratch_database
from siaga.simulation.week import DAY_S, LATE_S, WeekSettings, week_run


class Command(BaseCommand):
    help = (
        "Send simulated calls to a running site, or with --week live through a stretch of time and check what is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=_positive, default=None)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--keep", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with scratch_database(is_kept=options["keep"]):
                week = week_run(WeekSettings(duration_s=options["days"] * DAY_S, seed=options["seed"]), self._say)
                checks = checks_run(
                    rung=week.rung, at=week.ends_at, late_s=LATE_S, expects_all=week.settings.duration_s >= DAY_S
                )
                summary = week.summary()
        except ScratchFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            json.dumps({**summary, "checks": [c.as_dict() for c in checks], "samples": week.samples}, indent=1)
        )

    def _say(self, text: str) -> None:
        self.stderr.write(text)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1_000_000:
        raise ArgumentTypeError("a number above 0")
    return value
