"""Pulling and keeping pictures. The network and the database never wait for one another."""

import asyncio
import queue
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from cameras.choices import Purpose, RecordKind, RetentionClass
from cameras.drivers.guard import Guard
from cameras.drivers.puller import grab_many
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from cameras.models import Camera, Snapshot
from cameras.services.evidence import kept_body, record_append
from cameras.storage import picture_write
from realtime.models import Realm

SUFFIXES = {"image/jpeg": "jpg", "image/png": "png"}


def camera_guard() -> Guard:
    """The deployment's allow-list of camera addresses."""
    return Guard.parse(settings.CAMERA_ALLOWED_NETWORKS, settings.CAMERA_ALLOWED_PORTS, settings.CAMERA_FOLDER)


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
    sources: Mapping[str, CameraSource], *, deadline_s: float, global_limit: int = 64
) -> Iterator[tuple[str, Grab | CameraFault]]:
    """Yield each (key, result) as it comes, all of them by the deadline.

    The asyncio loop runs in a thread of its own, so that what the caller does with one picture (files, rows) holds up
    none of the others.
    """
    results: queue.Queue[tuple[str, Grab | CameraFault] | None] = queue.Queue()
    guard, limits = camera_guard(), GrabLimits(total_timeout_s=deadline_s)

    async def pull() -> None:
        async for item in grab_many(
            tuple(sources.items()), guard=guard, limits=limits, deadline_s=deadline_s, global_limit=global_limit
        ):
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


def grab_keep(grab: Grab) -> str:
    """Keep the bytes before the transaction that records them; raises cameras.storage.StorageFull.

    Where that transaction fails the sweeper removes them.
    """
    return picture_write(grab.data, suffix=SUFFIXES[grab.content_type])


def snapshot_record(
    *,
    realm: Realm,
    camera: Camera,
    grab: Grab,
    incident_id: uuid.UUID | None = None,
    purpose: Purpose = Purpose.INCIDENT,
    path: str | None = None,
    flags: Sequence[str] = (),
) -> Snapshot:
    """Write the row of a picture with its record of evidence, in the caller's transaction.

    `path` is where `grab_keep` put the bytes; without it they are kept first (StorageFull). The head of the evidence
    stays locked until the transaction ends.
    """
    path = grab_keep(grab) if path is None else path
    retention_class, delete_after = retention_begin(purpose=purpose, received_at=grab.received_at)
    with transaction.atomic(savepoint=False):
        snapshot = Snapshot.objects.create(
            realm=realm,
            camera=camera,
            camera_version=camera.version,
            purpose=purpose,
            incident_id=incident_id,
            retention_class=retention_class,
            delete_after=delete_after,
            path=path,
            content_type=grab.content_type,
            is_original=grab.is_original,
            sha256=grab.sha256,
            flags=list(flags),
            byte_count=len(grab.data),
            width=grab.width,
            height=grab.height,
            requested_at=grab.requested_at,
            first_byte_at=grab.first_byte_at,
            received_at=grab.received_at,
        )
        body = kept_body(snapshot)
        record_append(realm=realm, kind=RecordKind.KEPT, snapshot=snapshot, incident_id=incident_id, body=body)
    return snapshot


def retention_begin(*, purpose: Purpose, received_at: datetime) -> tuple[RetentionClass, datetime]:
    """What a new picture is kept as, and until when unless something is found in it."""
    if purpose == Purpose.HEALTH:
        return RetentionClass.HEALTH, received_at + timedelta(hours=settings.RETENTION_HEALTH_H)
    return RetentionClass.UNMARKED, received_at + timedelta(hours=settings.RETENTION_UNMARKED_H)
