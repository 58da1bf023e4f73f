"""Run cards from a YAML file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dispatch.services.run_cards import run_cards_import


class Command(BaseCommand):
    help = "Add or change run cards; without a file, those that Siaga ships for Jakarta."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"] or Path(settings.BASE_DIR) / "data" / "jakarta" / "run-cards.yaml"
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}") from error
        taken = run_cards_import(text, is_dry_run=options["dry_run"])
        for fault in taken.faults:
            self.stderr.write(f"{path.name}: {fault}")
        if taken.faults:
            raise CommandError("Nothing was taken; correct what is named above and import again.")
        if options["verbosity"]:
            self.stdout.write(f"{path.name}: {taken.added} new, {taken.changed} changed, {taken.same} the same")
