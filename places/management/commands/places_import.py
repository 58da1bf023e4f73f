"""Places from CSV files."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from places.services.importing import places_import

SHIPPED = ("jakarta.csv", "landmarks.csv")


class Command(BaseCommand):
    help = "Add or change places by code; without files, those that Siaga ships for Jakarta."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        shipped = [Path(settings.BASE_DIR) / "data" / "places" / name for name in SHIPPED]
        is_wrong = False
        for path in options["files"] or shipped:
            try:
                lines = path.read_text(encoding="utf-8-sig").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"{path}: {error}") from error
            result = places_import(lines, is_dry_run=options["dry_run"])
            for fault in result.faults:
                self.stderr.write(f"{path.name}: {fault}")
            is_wrong = is_wrong or bool(result.faults)
            if options["verbosity"]:
                counts = f"{result.added} new, {result.changed} changed, {result.same} the same"
                self.stdout.write(f"{path.name}: {'nothing taken' if result.faults else counts}")
        if is_wrong:
            raise CommandError("Files with wrong rows were not taken; correct the lines above and import again.")
