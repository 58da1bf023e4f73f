"""Protocol cards from YAML files."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.audit import Actor
from common.errors import ValidationError
from dispatch.rules.protocols import Fault
from dispatch.services.protocol_versions import Imported, source_code, text_import

ACTOR = Actor(None, "command")


class Command(BaseCommand):
    help = "Take protocol cards from a folder; without one, those that Siaga ships. Each becomes a draft."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=Path(settings.BASE_DIR) / "data" / "protocols")
        parser.add_argument("--publish", action="store_true", help="use what is new at once, in place of the old")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        paths = sorted(options["folder"].glob("*.yaml"))
        if not paths:
            raise CommandError(f"{options['folder']}: there are no files *.yaml.")
        found = {path: self._read(path) for path in paths}
        codes = [code for code, _text in found.values() if code]
        wrong = 0
        for path, (code, text) in found.items():
            if codes.count(code) > 1:
                result = _faulty(f"another file holds the card {code} too")
            elif code:
                result = text_import(
                    source=text, actor=ACTOR, publishes=options["publish"], is_dry_run=options["dry_run"]
                )
            else:
                result = _faulty(text)
            wrong += result.result == "faulty"
            if options["verbosity"] or result.faults:
                self._tell(path.name, result)
        if wrong:
            raise CommandError("Files with faults were not taken; correct the lines above and import again.")

    def _read(self, path: Path) -> tuple[str, str]:
        """The card's code and the text; or no code, and why."""
        try:
            text = path.read_text(encoding="utf-8-sig")
            return source_code(text), text
        except (OSError, UnicodeDecodeError) as error:
            return "", str(error)
        except ValidationError as error:
            return "", error.safe_message

    def _tell(self, name: str, found: Imported) -> None:
        for fault in found.faults:
            self.stderr.write(f"{name}:{fault.line or 1}: {fault}")
        if found.result == "faulty":
            return
        state = {"draft": "new draft", "published": "new, in use", "same": "the same"}[found.result]
        in_use = f"version {found.in_use} is in use" if found.in_use else "no version is in use"
        self.stdout.write(f"{name}: version {found.number}, {state}; {in_use}")


def _faulty(reason: str) -> Imported:
    return Imported("faulty", faults=(Fault((), "%(reason)s", {"reason": reason}),))
