"""The last good picture of a camera: beside its health, or kept by the fault that began after it."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cameras.models import Camera, CameraFaultCase, CameraHealth


@dataclass(frozen=True, slots=True)
class LastGood:
    """Where it is kept, and when it was taken."""

    path: str
    taken_at: datetime

    @property
    def etag(self) -> str:
        """Names the picture without telling its path."""
        return hashlib.sha256(self.path.encode()).hexdigest()


def last_good_of(*, camera_id: int) -> LastGood | None:
    """Of one camera; None where there is none."""
    if not Camera.objects.filter(pk=camera_id).exists():  # the number may be any
        return None
    return last_goods(camera_ids=[camera_id]).get(camera_id)


def last_goods(*, camera_ids: Collection[int]) -> dict[int, LastGood]:
    """Of some cameras, the newest of each."""
    cases = CameraFaultCase.objects.filter(camera__in=camera_ids, last_good_at__isnull=False)
    own = CameraHealth.objects.filter(pk__in=camera_ids, last_good_at__isnull=False)
    rows = [
        *cases.exclude(last_good_path="").values_list("camera", "last_good_path", "last_good_at"),
        *own.exclude(last_good_path="").values_list("pk", "last_good_path", "last_good_at"),
    ]
    found: dict[int, LastGood] = {}
    for key, path, taken_at in rows:
        if taken_at is not None and (key not in found or found[key].taken_at < taken_at):
            found[key] = LastGood(path, taken_at)
    return found
