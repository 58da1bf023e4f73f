"""Cameras to try things on."""

import asyncio
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cameras.farm.config import farm_read
from cameras.farm.server import Farm


class Command(BaseCommand):
    help = "Serve generated cameras over HTTP, MJPEG and RTSP on loopback until interrupted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--config", type=Path, default=Path(settings.BASE_DIR) / "data/demo/farm.json")
        parser.add_argument("--http-port", type=int, default=8113)
        parser.add_argument("--rtsp-port", type=int, default=8114)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            config = farm_read(options["config"])
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise CommandError(f"{options['config']}: {error}") from error
        farm = Farm(config, http_port=options["http_port"], rtsp_port=options["rtsp_port"])
        farm.prepare()
        try:
            asyncio.run(self._serve(farm, [camera.code for camera in config.cameras]))
        except OSError as error:
            raise CommandError(str(error)) from error

    async def _serve(self, farm: Farm, codes: list[str]) -> None:
        ended = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, ended.set)
        async with farm:
            for code in codes:
                self.stdout.write(farm.url(code))
            self.stdout.write(f"{len(codes)} cameras listen (Ctrl+C stops them)")
            await ended.wait()
