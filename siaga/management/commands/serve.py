"""The site in the foreground."""

from typing import Any

import uvicorn
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Serve pages, API and sockets on one address until interrupted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8112)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Siaga: http://{options['host']}:{options['port']}/  (Ctrl+C stops it)")
        uvicorn.run("siaga.asgi:application", host=options["host"], port=options["port"], log_level="warning")
