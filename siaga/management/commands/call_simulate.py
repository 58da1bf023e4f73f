"""Calls as they come in Jakarta: sent to a running site, or a stretch of days lived through in a scratch database."""

import asyncio
import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Mapping
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from dispatch.models import PbxLink
from siaga.simulation.cast import PBX_CODE, exchange_make
from siaga.simulation.checks import Check, checks_run
from siaga.simulation.desk import SignInFailed, SiteAway
from siaga.simulation.live import AddressRefused, LiveSettings, address_require, live_run
from siaga.simulation.scratch import ScratchFailed, scratch_database
from siaga.simulation.switchboard import ExchangeRefused
from siaga.simulation.week import DAY_S, LATE_S, Week, WeekSettings, week_run

JAKARTA = timezone(timedelta(hours=7))
SHOWN_MAX = 5


class Command(BaseCommand):
    help = (
        "Send simulated calls to a running site as the signed events of an exchange; or with --week (or --days) live"
        " through a stretch of time in a scratch database, bots at every desk, and check what is left of it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same calls")
        parser.add_argument("--json", action="store_true", help="the result as JSON on the standard output")
        self._live_arguments(parser.add_argument_group("calls to a running site"))
        stretch = parser.add_argument_group("a stretch of days in a scratch database")
        stretch.add_argument("--week", dest="days", action="store_const", const=7.0, help="seven days")
        stretch.add_argument("--days", type=_positive, default=None, help="so many days, also parts of one")
        stretch.add_argument("--operators", type=int, default=33, help="call-takers in all, a third in each shift")
        stretch.add_argument("--keep", action="store_true", help="leave the scratch database to be looked at")

    def _live_arguments(self, group: Any) -> None:
        group.add_argument("--url", default="http://127.0.0.1:8112", help="the site (default: %(default)s)")
        group.add_argument("--exchange", default=PBX_CODE, help="code of the exchange (default: %(default)s)")
        group.add_argument("--key", default="", help="its secret; without one, the secret in this site's own database")
        group.add_argument("--key-file", type=Path, default=None, help="a file with its secret, which no one can list")
        group.add_argument(
            "--create-exchange", action="store_true", help="make it in this site's database when missing"
        )
        group.add_argument("--duration_s", type=_positive, default=60.0, help="how long (default: %(default)s)")
        pace = group.add_mutually_exclusive_group()
        pace.add_argument("--rate", type=_positive, default=None, help="calls a second, on average")
        pace.add_argument("--speed", type=_positive, default=1.0, help="times as fast as a real day (default: 1)")
        group.add_argument("--hour", type=float, default=None, help="hour of the day to start at (default: now)")
        group.add_argument("--extensions", default="", help="telephones that lift by themselves: 101,102")
        group.add_argument("--allow-remote", action="store_true", help="also send to another machine")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["days"] is None:
                self._live(options)
            else:
                self._stretch(options)
        except (AddressRefused, ExchangeRefused, ScratchFailed, SignInFailed, SiteAway) as error:
            raise CommandError(str(error)) from error

    def _live(self, options: Mapping[str, Any]) -> None:
        address_require(options["url"], is_remote_allowed=options["allow_remote"])
        hour = options["hour"]
        asked = LiveSettings(
            base_url=options["url"], exchange=options["exchange"], key=_key(options), seed=options["seed"],
            duration_s=options["duration_s"], rate=options["rate"], speed=options["speed"],
            first_hour=_hour_now() if hour is None else hour % 24,
            extensions=tuple(name for name in options["extensions"].split(",") if name),
        )  # fmt: skip
        run = asyncio.run(live_run(asked, self._say))
        summary = run.summary()
        self._print(summary, options)
        if summary["refused"]:
            raise CommandError(f"{run.tally.broken.total()} events were not accepted", returncode=1)

    def _stretch(self, options: Mapping[str, Any]) -> None:
        asked = WeekSettings(
            duration_s=options["days"] * DAY_S, seed=options["seed"], operators=max(3, options["operators"])
        )
        with scratch_database(is_kept=options["keep"]):
            week = week_run(asked, self._say)
            is_long = week.ends_at - week.starts_at >= timedelta(days=1)
            checks = checks_run(rung=week.rung, at=week.ends_at, late_s=LATE_S, expects_all=is_long)
            summary = {
                **week.summary(), "samples": week.samples, "checks": [check.as_dict() for check in checks]
            }  # fmt: skip
        self._print(summary, options)
        failed = _failed(week, checks)
        if failed:
            raise CommandError("; ".join(failed), returncode=1)

    def _print(self, summary: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(summary, ensure_ascii=False))
            return
        for name, value in summary.items():
            if name == "checks":
                self._print_checks(value)
            elif isinstance(value, Mapping):
                self.stdout.write(f"{name}: " + (", ".join(f"{key} {count}" for key, count in value.items()) or "none"))
            else:
                self.stdout.write(f"{name}: {value}")

    def _print_checks(self, checks: list[dict[str, Any]]) -> None:
        for check in checks:
            self.stdout.write(f"{'ok   ' if check['ok'] else 'FAULT'} {check['name']} ({check['looked_at']} looked at)")
            for fault in check["first"][:SHOWN_MAX]:
                self.stdout.write(f"      {fault}")

    def _say(self, text: str) -> None:
        self.stderr.write(text)


def _key(options: Mapping[str, Any]) -> str:
    """The exchange's secret: as given, or as this site's own database has it."""
    if options["key_file"] is not None:
        try:
            return str(options["key_file"].read_text(encoding="utf-8")).strip()
        except OSError as error:
            raise CommandError(f"the key cannot be read: {error}") from error
    if options["key"]:
        return str(options["key"])
    link = PbxLink.objects.filter(code=options["exchange"]).first()
    known = link.secrets_read() if link else []
    if known:
        return known[0]
    if options["create_exchange"] and link is None and not settings.IS_PRODUCTION:
        return exchange_make(options["exchange"])
    raise CommandError(
        f"This site's database has no exchange {options['exchange']!r} with a secret. Give --key or --key-file, or,"
        " where it is no production site, --create-exchange."
    )


def _failed(week: Week, checks: list[Check]) -> list[str]:
    """What makes the run a failure, in words."""
    found = [f"{len(check.faults)} times it does not hold that {check.name}" for check in checks if not check.is_good]
    if week.samples:
        found.append(f"{len(week.samples)} faults were seen on the way")
    if week.tally.broken:
        found.append(f"{week.tally.broken.total()} requests were not answered as they should be")
    return found


def _hour_now() -> float:
    at = clock.now().astimezone(JAKARTA)
    return at.hour + at.minute / 60


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= sys.maxsize:
        raise ArgumentTypeError("must be a number above 0")
    return value
