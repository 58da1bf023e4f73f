"""A city's agencies and sharing rules from a YAML file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.audit import Actor
from dispatch.services.city import city_seed


class Command(BaseCommand):
    help = (
        "Add the agencies and sharing rules of a city; without a file, those of Jakarta. What was changed here stays."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        shipped = Path(settings.BASE_DIR) / "data" / "jakarta" / "agencies.yaml"
        parser.add_argument("file", nargs="?", type=Path, default=shipped)
        parser.add_argument("--dry-run", action="store_true", help="say what would be added, and add nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}") from error
        result = city_seed(text=text, actor=Actor(None, "command"), is_dry_run=options["dry_run"])
        for fault in result.faults:
            self.stderr.write(f"{path.name}:{fault.line or 1}: {fault}")
        if result.faults:
            raise CommandError("Nothing was taken; correct the lines above and run it again.")
        if options["verbosity"]:
            self.stdout.write(f"{result.added} new, {result.same} the same, {len(result.differing)} changed here")
            for name in result.differing:
                self.stdout.write(f"left as it is here: {name}")
