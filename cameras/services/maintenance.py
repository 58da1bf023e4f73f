"""Times in which cameras are worked at: not asked, not missed; and that a camera's view is right as it is now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.services.audit import Actor, audit_write, audit_write_all
from cameras.choices import HealthFlag
from cameras.models import Camera, CameraHealth, MaintenanceWindow
from cameras.publish import tell_summary
from common import clock
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked, locked_all

LONGEST = timedelta(days=90)
CAMERAS_MAX = 1000
OBJECT_TYPE = "cameras.camera"
# Flags of one picture alone: what such a picture shows is no view to hold others against.
NO_VIEW = {HealthFlag.DARK, HealthFlag.OVEREXPOSED, HealthFlag.FLAT, HealthFlag.COVERED}
BY_VIEW = {HealthFlag.TURNED, HealthFlag.BLURRED}


def maintenance_plan(
    *, actor: Actor, camera_ids: Sequence[int], begins_at: datetime | None, ends_at: datetime, reason: str
) -> list[MaintenanceWindow]:
    """A window for each camera, from now if no beginning is said. Raises ValidationError `window_invalid`."""
    at = clock.now()
    start = max(begins_at or at, at)
    if not timedelta() < ends_at - start <= LONGEST:
        raise ValidationError(
            "window_invalid",
            gettext_noop("Maintenance ends after it begins, and within 90 days."),
            {"fields": {"ends_at": [ends_at.isoformat()]}},
        )
    with transaction.atomic():
        cameras = locked_all(Camera.objects.filter(pk__in=list(camera_ids)[:CAMERAS_MAX]))
        windows = MaintenanceWindow.objects.bulk_create(
            MaintenanceWindow(camera=camera, begins_at=start, ends_at=ends_at, reason=reason.strip())
            for camera in cameras
        )
        span = {"begins_at": start.isoformat(), "ends_at": ends_at.isoformat(), "reason": reason.strip()}
        audit_write_all(
            actor=actor, action="maintenance_planned", object_type=OBJECT_TYPE,
            objects=[(camera.pk, {"camera": camera.code, **span}) for camera in cameras],
        )  # fmt: skip
        if windows:
            tell_summary(began=[], ended=[])
    return windows


def maintenance_end(*, actor: Actor, window_id: int) -> bool:
    """End a window now, or call one off that has not begun; returns whether there was something to end.

    The camera is looked at again at once.
    """
    with transaction.atomic():
        window = locked(MaintenanceWindow.objects.filter(pk=window_id), "camera", "group")
        if window is None:
            raise NotFoundError
        is_ended = _ended(window, actor)
        if is_ended:
            tell_summary(began=[], ended=[])
    return is_ended


def maintenance_end_all(*, actor: Actor, camera_ids: Sequence[int]) -> int:
    """End what holds now for some cameras; returns how many cameras. Windows of whole groups stay."""
    at = clock.now()
    with transaction.atomic():
        rows = MaintenanceWindow.objects.filter(
            camera__in=list(camera_ids)[:CAMERAS_MAX], begins_at__lte=at, ends_at__gt=at
        )
        ended = {window.camera_id for window in locked_all(rows, "camera", "group") if _ended(window, actor)}
        if ended:
            tell_summary(began=[], ended=[])
    return len(ended)


def _ended(window: MaintenanceWindow, actor: Actor) -> bool:
    at, key = clock.now(), window.pk
    if window.ends_at <= at:
        return False
    has_begun = window.begins_at < at
    if has_begun:
        window.ends_at = at
        window.save(update_fields=["ends_at"])
    else:
        window.delete()
    rows = CameraHealth.objects.filter(pk=window.camera_id)
    if window.group is not None:
        rows = CameraHealth.objects.filter(pk__in=window.group.cameras.values("pk"))
    rows.update(due_at=at)
    audit_write(
        actor=actor, action="maintenance_ended", object_type=OBJECT_TYPE, object_id=window.camera_id or key,
        data={
            "camera": window.camera.code if window.camera else "", "group": str(window.group or ""),
            "reason": window.reason, "has_begun": has_begun,
        },
    )  # fmt: skip
    return True


def baseline_take(*, actor: Actor, camera_id: int) -> CameraHealth:
    """What the camera shows now is what it shall show: its usual picture, sharpness and brightness from here on.

    The patrol looks again at once and ends the fault by itself. Raises ConflictError `no_view`.
    """
    at = clock.now()
    with transaction.atomic():
        row = locked(CameraHealth.objects.filter(pk=camera_id), "camera")
        if row is None or not row.thumbnail:
            raise ConflictError("no_view", gettext_noop("There is no picture of this camera yet: try it first."))
        if NO_VIEW & set(row.flags):
            raise ConflictError(
                "no_view",
                gettext_noop("The last picture shows no view (dark, white, empty or covered): mend that first."),
            )
        was = {"sharpness": row.sharpness_baseline, "brightness": row.brightness_baseline}
        row.baseline_thumbnail, row.sharpness_baseline = row.thumbnail, row.sharpness
        row.brightness_baseline = row.brightness
        row.flags = [flag for flag in row.flags if flag not in BY_VIEW]
        row.flagged_in_row, row.due_at = 0, at
        row.save(
            update_fields=[
                "baseline_thumbnail", "sharpness_baseline", "brightness_baseline", "flags", "flagged_in_row", "due_at",
            ]
        )  # fmt: skip
        audit_write(
            actor=actor, action="camera_baseline_taken", object_type=OBJECT_TYPE, object_id=row.pk,
            data={
                "camera": row.camera.code, "was": was,
                "now": {"sharpness": row.sharpness, "brightness": row.brightness},
            },
        )  # fmt: skip
    return row
