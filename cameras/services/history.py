"""Keeping what is known of cameras bounded: hours after their days, last good pictures of faults that are long over."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import connection

from cameras.models import CameraFaultCase
from cameras.storage import StorageUnreachable, picture_delete
from common import clock

log = logging.getLogger(__name__)
BATCH = 10_000
BATCHES_MAX = 40
PICTURES_KEPT = timedelta(days=30)
HOURS_DELETE = """
DELETE FROM cameras_camerahour WHERE id IN (SELECT id FROM cameras_camerahour WHERE hour < %s ORDER BY hour LIMIT %s)
"""


def hours_forget() -> int:
    """Delete hours that are older than the deployment keeps them, in batches that commit one by one."""
    before = clock.now() - timedelta(days=settings.CAMERA_HOURS_DAYS)
    count = 0
    for _ in range(BATCHES_MAX):
        with connection.cursor() as cursor:
            cursor.execute(HOURS_DELETE, [before, BATCH])
            done = cursor.rowcount
        count += done
        if done < BATCH:
            break
    return count


def good_pictures_forget() -> int:
    """Take the last good pictures of faults that ended long ago away; the faults themselves stay."""
    over = CameraFaultCase.objects.filter(ended_at__lt=clock.now() - PICTURES_KEPT).exclude(last_good_path="")
    rows = list(over.order_by("ended_at").values_list("pk", "last_good_path")[:BATCH])
    # First the rows, then the bytes: who dies in between leaves files to the sweeper.
    CameraFaultCase.objects.filter(pk__in=[key for key, _path in rows]).update(last_good_path="", last_good_at=None)
    for _key, path in rows:
        try:
            picture_delete(path)
        except StorageUnreachable:
            log.warning("the store does not delete now: %s", path)
    return len(rows)
