"""Readings of gauges from a CSV file, with a report row by row."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.errors import SiagaError
from dispatch.actions.gauges import readings_import
from dispatch.presenters.reading_words import row_text
from realtime.models import LIVE, Realm


class Command(BaseCommand):
    help = "Take readings from a CSV file (gauge, measured_at, height_cm, note); again, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--offset", default="", help="offset from UTC of times without their own, as +07:00")
        parser.add_argument("--realm", default=LIVE, help="realm of the gauges")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            text = path.read_text(encoding="utf-8-sig")
            realm = Realm.objects.get(code=options["realm"])
            taken = readings_import(user=None, source="command", realm=realm, text=text, offset=options["offset"])
        except (OSError, UnicodeDecodeError, Realm.DoesNotExist) as error:
            raise CommandError(f"{path}: {error}") from error
        except SiagaError as error:
            raise CommandError(f"{path}: {error.safe_message % error.data}") from error
        refused = [result for result in taken.results if result.is_refused]
        for result in taken.results:
            if result.is_refused or (result.mark and options["verbosity"]) or options["verbosity"] > 1:
                line = f"{path.name}:{result.index}: {result.gauge}: {row_text(result.code, result.mark)}"
                (self.stderr if result.is_refused else self.stdout).write(line)
        codes = [result.code for result in taken.results]
        if options["verbosity"]:
            self.stdout.write(f"{codes.count('taken')} new, {codes.count('repeated')} known, {len(refused)} refused")
        if refused:
            raise CommandError("Some rows were refused; the others are kept.")
