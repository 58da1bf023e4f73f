"""Verify the record of evidence: chain, signatures, rows and the bytes of every picture."""

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.services.audit import Actor
from cameras.services.verification import Verification, evidence_verify, verification_record

SHOWN = 200
BAR = 40


class Command(BaseCommand):
    help = "Verify chain, signatures and files of the evidence; exits 1 at any fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=_moment, help="only what was recorded since this day or moment")
        parser.add_argument("--json", action="store_true", help="the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        is_shown = sys.stderr.isatty() and not options["json"]
        result = evidence_verify(since=options["since"], progress=self._bar if is_shown else lambda _done, _all: None)
        with transaction.atomic():
            verification_record(actor=Actor(None, "command"), result=result)
        if is_shown:
            self.stderr.write("")
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(result), ensure_ascii=False))
            if not result.holds:
                sys.exit(1)
            return
        self._tell(result)

    def _tell(self, result: Verification) -> None:
        for fault in result.faults[:SHOWN]:
            self.stderr.write(f"{fault.kind}: {fault.subject} {fault.detail}".rstrip())
        if len(result.faults) > SHOWN:
            self.stderr.write(f"… and {len(result.faults) - SHOWN} more; --json lists all")
        seen = f"{result.records} records, {result.seals} seals, {result.files} files"
        if not result.holds:
            kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(result.by_kind.items()))
            raise CommandError(f"The evidence does not hold: {kinds} ({seen}).")
        self.stdout.write(f"The evidence holds: {seen}.")

    def _bar(self, done: int, steps: int) -> None:
        if done % 50 and done != steps:
            return
        filled = BAR * done // max(steps, 1)
        self.stderr.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done}/{steps}", ending="")


def _as_json(result: Verification) -> dict[str, Any]:
    return {
        "holds": result.holds,
        "records": result.records,
        "seals": result.seals,
        "files": result.files,
        "head": result.head,
        "faults": [
            {"kind": str(fault.kind), "subject": fault.subject, "detail": fault.detail} for fault in result.faults
        ],
    }


def _moment(text: str) -> datetime:
    """A day like 2026-01-31, or a moment with its offset."""
    day, moment = parse_date(text), parse_datetime(text)
    if moment is None and day is not None:
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # made aware below, as a local day
    if moment is None:
        raise ValueError(text)
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
