"""The step after the third: copies of pictures that may be shown. Rows without a copy are the queue.

Searching goes first: copies are made while no picture waits to be searched, by the worker that has just ended a search
or was rung for. Only what has waited too long is made in between.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from cameras.models import Snapshot
from cameras.storage import StorageFull, StorageUnreachable, picture_delete, picture_read, picture_write
from common import clock
from common.clock import monotonic_s
from dispatch.choices import IncidentCameraState
from dispatch.models import IncidentCamera
from dispatch.publish import tell_incident_camera
from recognition.services.derivatives import SUFFIX, copy_make

LONGEST_WAIT = timedelta(seconds=3)
GIVEN_UP = timedelta(hours=24)
OVERDUE = timedelta(seconds=6)
SLICE_S = 10.0


def pictures_derive() -> int:
    """Make what is missing, oldest first; returns how many copies were made."""
    until = monotonic_s() + SLICE_S
    tried: set[uuid.UUID] = set()
    made = 0
    while monotonic_s() < until:
        snapshot = _due().exclude(pk__in=tried).select_related("camera").order_by("received_at").first()
        if snapshot is None or (_is_searching() and snapshot.received_at > clock.now() - LONGEST_WAIT):
            break
        tried.add(snapshot.pk)
        made += _derive(snapshot)
    return made


def is_derivation_overdue(at: datetime) -> bool:
    """Whether a copy is missing for so long that its bell must have been lost."""
    return _due().filter(received_at__lt=at - OVERDUE).exists()


def _due() -> QuerySet[Snapshot]:
    """Pictures of incidents without a copy. What could not be made for a day is not tried for ever."""
    since = clock.now() - GIVEN_UP
    asked = IncidentCamera.objects.filter(snapshot=OuterRef("pk"))
    return Snapshot.objects.filter(Exists(asked), derived_path="", deleted_at=None, received_at__gt=since)


def _is_searching() -> bool:
    return IncidentCamera.objects.filter(state=IncidentCameraState.CAPTURED).exists()


def _derive(snapshot: Snapshot) -> bool:
    try:
        path = picture_write(copy_make(snapshot=snapshot, picture=picture_read(snapshot.path)), suffix=SUFFIX)
    except (FileNotFoundError, StorageFull, StorageUnreachable):
        return False
    with transaction.atomic():
        free = Snapshot.objects.filter(pk=snapshot.pk, derived_path="", deleted_at=None)
        is_first = bool(free.update(derived_path=path, derived_at=clock.now()))
        rows = IncidentCamera.objects.select_related("realm", "camera", "snapshot").filter(snapshot=snapshot)
        for row in rows if is_first else ():
            tell_incident_camera(row)
    if not is_first:  # another worker was faster, or the picture was deleted
        picture_delete(path)
    return is_first
