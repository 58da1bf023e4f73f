"""A file of cameras on the command line, as on the page: looked through, then all of it or nothing."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.audit import Actor
from cameras.services.registry_import import plan_apply
from cameras.services.registry_plan import CHANGED, NEW, SAME, Plan, import_plan
from common.errors import SiagaError

CHANGES_SHOWN = 50


def _worded(fault: SiagaError) -> str:
    return fault.safe_message % fault.data


class Command(BaseCommand):
    help = "Add and change cameras from a CSV file (docs/cameras.md): all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--json", action="store_true", help="the outcome for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        self._is_told = not options["json"] and options["verbosity"] > 0
        try:
            plan = import_plan(path.read_bytes(), progress=self._looked)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except SiagaError as error:
            raise CommandError(f"{path.name}: {_worded(error)}") from error
        is_applied = not plan.faults and not options["dry_run"]
        if is_applied:
            try:
                plan_apply(actor=Actor(None, "command"), plan=plan)
            except SiagaError as error:
                raise CommandError(_worded(error)) from error
        self._tell(path, plan, is_json=options["json"], is_applied=is_applied)
        if plan.faults:
            raise CommandError("Nothing was taken; correct the cells above and run it again.")

    def _looked(self, done: int, count: int) -> None:
        if self._is_told and count > 1000:
            self.stderr.write(f"{done} of {count} rows looked through")

    def _tell(self, path: Path, plan: Plan, *, is_json: bool, is_applied: bool) -> None:
        counts = {kind: len(plan.of(kind)) for kind in (NEW, CHANGED, SAME)}
        if is_json:
            self.stdout.write(json.dumps(_facts(plan) | counts | {"applied": is_applied}, ensure_ascii=False))
            return
        for fault in plan.faults:
            self.stderr.write(f"{path.name}:{fault.line}: {fault.column}: {fault.value!r}: {_worded(fault.fault)}")
        if not self._is_told:
            return
        for row in plan.of(CHANGED)[:CHANGES_SHOWN]:
            for change in row.changes:
                told = "written anew" if change.is_secret else f"{change.old!r} -> {change.new!r}"
                self.stdout.write(f"{row.code} {change.column}: {told}")
        word = "taken" if is_applied else "not taken"
        self.stdout.write(
            f"{counts[NEW]} new, {counts[CHANGED]} changed, {counts[SAME]} the same, {len(plan.faults)} errors, "
            f"{len(plan.absent)} not in the file and left as they are: {word}"
        )


def _facts(plan: Plan) -> dict[str, Any]:
    return {
        "file_sha256": plan.file_sha256,
        "absent": len(plan.absent),
        "errors": [
            {"line": one.line, "code": one.code, "column": one.column, "value": one.value, "reason": one.fault.code,
             "message": _worded(one.fault)}
            for one in plan.faults
        ],
        "changes": [
            {"line": row.line, "code": row.code, "kind": row.kind,
             "columns": [{"column": one.column, "old": one.old, "new": one.new} for one in row.changes]}
            for row in plan.rows if row.changes
        ],
    }  # fmt: skip
