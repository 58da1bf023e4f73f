"""Run cards into a YAML file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from dispatch.rules.travel import JAKARTA
from dispatch.selectors.run_cards import run_cards_export


class Command(BaseCommand):
    help = "Write the run cards that are in force or to come as run_cards_import takes them, to a file or the screen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        text = run_cards_export(today=clock.now().astimezone(JAKARTA).date())
        if options["file"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            options["file"].write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['file']}: {error}") from error
