"""The demo: everything on this machine, with a story ready to run, or one story run at once."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from siaga.demo.console import StoryBroken
from siaga.demo.site import DemoFailed, DemoSite, demo_site, free_port, watched
from siaga.demo.story import StoryResult, story_run

WELCOME = """
Siaga runs:  {url}/konsol/      (Ctrl+C stops everything; logs in {logs})

Sign in as   {logins}

A call is waiting. Answer it, type "stasiun manggarai" as the place, choose "Orang hilang", press Ctrl+Enter: eight
cameras are asked, and a candidate comes up for somebody to judge. Open a second browser as another user and watch both.
One more call:  {python} manage.py demo_call
"""


class Command(BaseCommand):
    help = "Seed a small city, start everything, and wait for people; or run one whole story (--once)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8112)
        parser.add_argument("--farm", type=Path, default=Path(settings.BASE_DIR) / "data/demo/farm.json")
        parser.add_argument("--once", action="store_true", help="run one story, print one JSON line, stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.FACE_MATCHING_ENABLED:
            raise CommandError("Face matching is off. The demo needs SIAGA_FACE_MATCHING=1 (bin/demo sets it).")
        port = free_port() if options["once"] else options["port"]
        try:
            with demo_site(host=options["host"], port=port, farm_path=options["farm"], say=self.stderr.write) as site:
                for name in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(name, site.supervisor.stop_soon)
                if options["once"]:
                    self._once(site)
                else:
                    self._welcome(site)
                    site.supervisor.watch()
        except DemoFailed as failed:
            raise CommandError(str(failed)) from failed

    def _once(self, site: DemoSite) -> None:
        results: list[StoryResult | StoryBroken] = []

        def work() -> None:
            try:
                results.append(asyncio.run(story_run(site.base_url, site.logins)))
            except StoryBroken as broken:
                results.append(broken)

        watched(site, work)
        if not results or isinstance(results[0], StoryBroken):
            raise CommandError(f"The story broke off: {results[0] if results else 'interrupted'}")
        self.stdout.write(json.dumps(results[0].as_dict()))
        if not results[0].is_good:
            raise CommandError("The story did not end as it must; the line above says how.")

    def _welcome(self, site: DemoSite) -> None:
        names = "\n             ".join(f"{name:<12} {password}" for name, password in site.logins.items())
        logs = Path(settings.VAR_DIR) / "log"
        self.stdout.write(WELCOME.format(url=site.base_url, logins=names, logs=logs, python=".venv/bin/python"))
