"""The whole site in the foreground."""

import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from siaga.supervisor import Supervisor, site_programs
from siaga.web import listen


class Command(BaseCommand):
    help = "Run pages, API, sockets, workers and the clock on this machine until interrupted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8112)
        parser.add_argument("--web-only", action="store_true", help="no workers and no clock: those run elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            listener = listen(options["host"], options["port"])
        except OSError as error:
            raise CommandError(f"cannot listen on {options['host']}:{options['port']}: {error.strerror}") from error
        programs = site_programs(listener=listener, web_processes=settings.WEB_PROCESSES)
        log_dir = Path(settings.VAR_DIR) / "log"
        supervisor = Supervisor(
            [one for one in programs if one.listener or one.is_web or not options["web_only"]],
            log_dir=log_dir,
            say=self.stderr.write,
        )
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, supervisor.stop_soon)
        self.stdout.write(f"Siaga: http://{options['host']}:{options['port']}/  (Ctrl+C stops it; logs in {log_dir})")
        try:
            supervisor.start()
            supervisor.watch()
        finally:
            supervisor.stop()
            listener.close()
