"""Which files of the store belong to rows, and which to nobody.

A file is written before its row; where the transaction fails or its writer dies the file is left. And bytes that are
to be deleted are taken away after the commit that says so; who dies in between leaves them too.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings

from cameras.models import CameraFaultCase, CameraHealth, Snapshot
from cameras.storage import picture_delete, picture_store
from common import clock

CHUNK = 1000
STRANGE_MAX = 100
log = logging.getLogger(__name__)


def grace() -> timedelta:
    """For how long a file without a row is taken for one whose transaction is still to come."""
    return timedelta(seconds=settings.ORPHAN_GRACE_S)


def orphans(*, before: datetime) -> Iterator[str]:
    """Files that were whole before a moment and that no row needs."""
    names = picture_store().listed(before=before)
    while chunk := list(islice(names, CHUNK)):
        needed = _needed(chunk)
        yield from (name for name in chunk if name not in needed)


def orphans_forget() -> int:
    """Remove files that nobody needs, and drafts that never became whole; returns how many.

    Where most of the store is unknown to the database it is not the right database, or an older copy of it: then
    nothing is removed, for pictures would be lost that a better copy may know.
    """
    before = clock.now() - grace()
    listed = 0
    found: list[str] = []
    names = picture_store().listed(before=before)
    while chunk := list(islice(names, CHUNK)):
        needed = _needed(chunk)
        listed += len(chunk)
        found += [name for name in chunk if name not in needed]
    strange = len(found) - Snapshot.objects.filter(path__in=found).count()
    if strange > STRANGE_MAX and strange > listed / 2:
        log.error("%s of %s files belong to no row: is this the database of this store?", strange, listed)
        return 0
    for name in found:
        picture_delete(name)
    return len(found) + picture_store().drafts_forget(before=before)


def _needed(names: list[str]) -> set[str]:
    live = Snapshot.objects.filter(deleted_at=None)
    columns = [
        live.filter(path__in=names).values_list("path", flat=True),
        live.filter(derived_path__in=names).values_list("derived_path", flat=True),
        CameraHealth.objects.filter(last_good_path__in=names).values_list("last_good_path", flat=True),
        CameraFaultCase.objects.filter(last_good_path__in=names).values_list("last_good_path", flat=True),
    ]
    return {name for column in columns for name in column}
