"""Gauges, ways of the water and planned flood tasks from a YAML file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.services.audit import Actor
from dispatch.actions.gauges import gauge_changed
from dispatch.services.gauge_seed import gauges_seed
from realtime.models import LIVE, Realm


class Command(BaseCommand):
    help = "Add gauges, ways of the water and planned tasks; without a file, Jakarta's. What was changed here stays."

    def add_arguments(self, parser: CommandParser) -> None:
        shipped = Path(settings.BASE_DIR) / "data" / "jakarta" / "gauges.yaml"
        parser.add_argument("file", nargs="?", type=Path, default=shipped)
        parser.add_argument("--realm", default=LIVE, help="realm in which the gauges are")
        parser.add_argument("--dry-run", action="store_true", help="say what would be added, and add nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            text = path.read_text(encoding="utf-8-sig")
            realm = Realm.objects.get(code=options["realm"])
        except (OSError, UnicodeDecodeError, Realm.DoesNotExist) as error:
            raise CommandError(f"{path}: {error}") from error
        with transaction.atomic():
            result = gauges_seed(realm=realm, text=text, actor=Actor(None, "command"), is_dry_run=options["dry_run"])
            if not options["dry_run"]:
                for gauge in result.gauges:
                    gauge_changed(gauge)
        for fault in result.faults:
            self.stderr.write(f"{path.name}:{fault.line or 1}: {fault}")
        if result.faults:
            raise CommandError("Nothing was taken; correct the lines above and run it again.")
        if options["verbosity"]:
            self.stdout.write(f"{result.added} new, {result.same} the same, {len(result.differing)} changed here")
            for name in result.differing:
                self.stdout.write(f"left as it is here: {name}")
