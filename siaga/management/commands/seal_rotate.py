"""To a new key, everywhere at once."""

import json
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.services.audit import Actor, audit_write
from common.crypto import Sealer
from siaga.sealing import BATCH, BROKEN_SHOWN, ColumnReport, columns_rotate


class Command(BaseCommand):
    help = "Seal everything that is sealed with the first of SIAGA_SEAL_KEYS; then the keys behind it may go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be sealed anew, and change nothing")
        parser.add_argument("--batch", type=int, default=BATCH, help="rows in one transaction")
        parser.add_argument("--json", action="store_true", help="the report for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["batch"] < 1:
            raise CommandError("--batch is 1 or more")
        is_told = not options["json"] and options["verbosity"] > 0
        reports = []
        for report in columns_rotate(
            is_dry_run=options["dry_run"],
            batch=options["batch"],
            progress=self._progress if is_told and options["verbosity"] > 1 else lambda _report: None,
        ):
            reports.append(report)
            if is_told:
                self.stdout.write(
                    f"{report.model}.{report.column}: {report.total} sealed, {report.renewed} anew, "
                    f"{report.current} already, {len(report.broken)} unreadable"
                )
        left = _left(reports)
        if not options["dry_run"]:
            self._record(reports)
        if options["json"]:
            self.stdout.write(json.dumps({"columns": [_facts(one) for one in reports], "old_keys_used": left}))
        elif is_told:
            self._tell(left)
        broken = [f"{one.model}.{one.column} {key}" for one in reports for key in one.broken]
        if broken:
            shown = "; ".join(broken[:BROKEN_SHOWN]) + (" …" if len(broken) > BROKEN_SHOWN else "")
            raise CommandError(f"{len(broken)} rows cannot be read with any key and were left as they are: {shown}")

    def _progress(self, report: ColumnReport) -> None:
        self.stderr.write(f"{report.model}.{report.column}: {report.total} …")

    def _tell(self, left: dict[str, int]) -> None:
        if left:
            for key, count in left.items():
                self.stdout.write(f"key {key} still seals {count} rows: keep it")
        else:
            self.stdout.write("Nothing is sealed with an old key: only the first of SIAGA_SEAL_KEYS is needed.")

    def _record(self, reports: list[ColumnReport]) -> None:
        counts = {f"{one.model}.{one.column}": one.renewed for one in reports if one.renewed}
        if counts:
            with transaction.atomic():
                audit_write(
                    actor=Actor(None, "command"), action="seals_rotated", object_type="siaga.seal",
                    object_id=Sealer(settings.SEAL_KEYS).key_ids[0].hex(), data=counts,
                )  # fmt: skip


def _left(reports: list[ColumnReport]) -> dict[str, int]:
    """Rows by the id of a key that is not the first; in a dry run what is left until it is run."""
    current = Sealer(settings.SEAL_KEYS).key_ids[0].hex()
    counted: Counter[str] = sum((one.keys for one in reports), Counter())
    return {key: count for key, count in counted.items() if key != current}


def _facts(report: ColumnReport) -> dict[str, Any]:
    return {
        "model": report.model,
        "column": report.column,
        "renewed": report.renewed,
        "current": report.current,
        "broken": report.broken,
        "keys": dict(report.keys),
    }
