"""Pulling and keeping pictures. The network and the database never wait for one another."""

import asyncio
import queue
import threading
from collections.abc import Iterator, Mapping

from django.conf import settings

from cameras.drivers.grab import grab_many
from cameras.drivers.guard import Guard
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from cameras.models import Camera, Snapshot
from cameras.storage import picture_write
from common import clock
from realtime.models import Realm

SUFFIXES = {"image/jpeg": "jpg", "image/png": "png"}
CODE_LENGTH = Camera._meta.get_field("last_fault_code").max_length or 40


def camera_guard() -> Guard:
    """The deployment's allow-list of camera addresses."""
    return Guard.parse(settings.CAMERA_ALLOWED_NETWORKS, settings.CAMERA_ALLOWED_PORTS)


def camera_source(camera: Camera) -> CameraSource:
    """What the driver needs, the password in clear: never log or store it."""
    return CameraSource(
        kind=camera.kind,
        url=camera.url,
        username=camera.credential_user,
        password=camera.password_read(),
        tls_sha256=camera.tls_sha256,
    )


def pictures_pull(
    sources: Mapping[str, CameraSource], *, deadline_s: float
) -> Iterator[tuple[str, Grab | CameraFault]]:
    """Yield each (key, result) as it comes, all of them by the deadline.

    The asyncio loop runs in a thread of its own, so that what the caller does with one picture (files, rows) holds up
    none of the others.
    """
    results: queue.Queue[tuple[str, Grab | CameraFault] | None] = queue.Queue()
    guard, limits = camera_guard(), GrabLimits(total_timeout_s=deadline_s)

    async def pull() -> None:
        async for item in grab_many(tuple(sources.items()), guard=guard, limits=limits, deadline_s=deadline_s):
            results.put(item)

    def run() -> None:
        try:
            asyncio.run(pull())
        finally:
            results.put(None)

    thread = threading.Thread(target=run, name="pictures-pull", daemon=True)
    thread.start()
    while (item := results.get()) is not None:
        yield item
    thread.join()


def snapshot_record(*, realm: Realm, camera: Camera, grab: Grab) -> Snapshot:
    """Keep the bytes, then the row; raises cameras.storage.StorageFull before any row is written."""
    path = picture_write(grab.data, suffix=SUFFIXES[grab.content_type])
    snapshot = Snapshot.objects.create(
        realm=realm,
        camera=camera,
        path=path,
        content_type=grab.content_type,
        is_original=grab.is_original,
        sha256=grab.sha256,
        byte_count=len(grab.data),
        width=grab.width,
        height=grab.height,
        requested_at=grab.requested_at,
        first_byte_at=grab.first_byte_at,
        received_at=grab.received_at,
    )
    duration_ms = round((grab.received_at - grab.requested_at).total_seconds() * 1000)
    Camera.objects.filter(pk=camera.pk).update(last_ok_at=grab.received_at, last_duration_ms=duration_ms)
    return snapshot


def fault_record(*, camera: Camera, fault: CameraFault) -> None:
    """Remember the last fault of a camera, for the choice and the health page."""
    Camera.objects.filter(pk=camera.pk).update(last_fault_at=clock.now(), last_fault_code=fault.code[:CODE_LENGTH])
