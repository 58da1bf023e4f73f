"""A street of farm cameras with the process that carries live pictures, in a thread of its own."""

import asyncio
import threading
from pathlib import Path
from typing import Any

from django.db import transaction

from cameras.drivers.guard import Guard
from cameras.drivers.live_server import LiveServer
from cameras.drivers.types import GrabLimits
from cameras.farm.config import FarmCamera, FarmConfig, SceneSpec
from cameras.farm.server import Farm
from cameras.models import Camera
from common import clock
from dispatch.models import Incident, IncidentTransition
from tests import factories
from tests.dispatch import moments

HALF = [[[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]]
KINDS = {"STILL": "http_jpeg", "VIDEO": "rtsp", "MASKED": "rtsp", "HANGS": "http_jpeg"}


class Street:
    """Use as `with`; `urls` says where each camera is, `server` is what carries them."""

    def __init__(self, folder: Path) -> None:
        scene = SceneSpec(seed=7)
        cameras = tuple(
            FarmCamera(
                code=code, name=code.title(), kind=kind, host=f"127.0.3.{number}", lat=-6.2, lon=106.8, scene=scene,
                fault="hang" if code == "HANGS" else "",
            )
            for number, (code, kind) in enumerate(KINDS.items(), start=1)
        )  # fmt: skip
        self._farm = Farm(FarmConfig(cameras))
        self.urls = {one.code: self._farm.url(one.code) for one in cameras}
        self._folder = folder
        self._started, self._ended = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.server: Any = None

    def __enter__(self) -> "Street":
        self._farm.prepare()
        self._thread.start()
        assert self._started.wait(30)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(20)

    @property
    def was_asked(self) -> bool:
        """Whether any camera was."""
        return bool(self.server._videos or self.server._stills)

    def camera(self, code: str, **values: Any) -> Camera:
        """The registry's row of one."""
        defaults = {
            "name": code.title(), "owner": factories.agency(), "kind": KINDS[code], "url": self.urls[code],
            "lat": -6.2, "lon": 106.8, **values,
        }  # fmt: skip
        if code == "MASKED":
            defaults["privacy_masks"] = HALF
        return Camera.objects.update_or_create(code=code, defaults=defaults)[0]

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        guard = Guard.parse(["127.0.0.0/8"], "1024-65535")
        limits = GrabLimits(connect_timeout_s=1.0, read_timeout_s=1.0, total_timeout_s=3.0)
        async with self._farm, LiveServer(self._folder, guard=guard, limits=limits) as self.server:
            self._started.set()
            await self._ended.wait()


def incident_open(by: Any) -> Incident:
    """An incident that is open."""
    factories.live_realm()
    with transaction.atomic():
        return moments.incident(0, by=by, state="pending")


def incident_shut(incident: Incident) -> None:
    """Closed meanwhile."""
    at = clock.now()
    with transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(
            state="closed", disposition=factories.disposition(), closed_at=at, next_step="", due_at=None, escalation="",
        )  # fmt: skip
        IncidentTransition.objects.create(incident=incident, old="pending", new="closed", occurred_at=at, source="test")
