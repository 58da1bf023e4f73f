"""The one way by which the registry changes: form, import and actions all write here.

Every change raises the camera's version, so that a picture can say what was registered when it was taken, and stands in
the audit record with what it was before and after. Credentials are never told, nor what people wrote about persons.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.services.audit import Actor, audit_write_all
from cameras.models import Camera, CameraGroup
from cameras.services.registry_columns import BY_NAME, COMPARED, values_of
from common import clock
from common.errors import ConflictError, gettext_noop

OBJECT_TYPE = "cameras.camera"
BATCH = 1000
# Told as changed, without values: the audit record can never forget, and these may name people.
UNTOLD = {"owner_contact", "notes"}
_MEMBERS = Camera.groups.through
FIELDS = tuple(
    field.name for field in Camera._meta.concrete_fields
    if field.name in {column.name for column in COMPARED} | {"credential_sealed"}
)  # fmt: skip


@dataclass(slots=True)
class Entry:
    """A camera as it shall be, beside what it was; `before` is None for a new one. `groups` None: as they are."""

    camera: Camera
    before: dict[str, Any] | None = None
    groups: Sequence[CameraGroup] | None = None
    is_password_changed: bool = False


def cameras_read() -> QuerySet[Camera]:
    """Cameras with all that their values need."""
    return Camera.objects.select_related("owner", "agreement", "village").prefetch_related("groups")


def camera_save(
    *,
    actor: Actor,
    camera: Camera,
    groups: Sequence[CameraGroup],
    seen_version: int | None = None,
    is_password_changed: bool = False,
) -> dict[str, Any]:
    """Write one camera; gives what was changed, empty when nothing was.

    Raises ConflictError when somebody has changed it since `seen_version`.
    """
    with transaction.atomic():
        before = None
        if camera.pk:
            stored = cameras_read().select_for_update(of=("self",), no_key=True).get(pk=camera.pk)
            if seen_version is not None and stored.version != seen_version:
                raise camera_stale()
            camera.version, before = stored.version, values_of(stored)
        entry = Entry(camera, before, groups, is_password_changed)
        (changes,) = entries_write(actor=actor, entries=[entry])
        return changes


def camera_stale() -> ConflictError:
    """Somebody was faster."""
    return ConflictError(
        "camera_stale", gettext_noop("Somebody has changed this camera meanwhile. Open it again; nothing was saved.")
    )


def cameras_change(*, actor: Actor, rows: QuerySet[Camera], **values: Any) -> int:
    """Give many cameras the same values; gives how many that changed."""
    with transaction.atomic():
        keys = list(rows.values_list("pk", flat=True))
        cameras = list(cameras_read().select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk"))
        entries = [Entry(camera, values_of(camera)) for camera in cameras]
        for camera in cameras:
            for name, value in values.items():
                setattr(camera, name, value)
        return sum(bool(changes) for changes in entries_write(actor=actor, entries=entries))


def entries_write(
    *,
    actor: Actor,
    entries: Sequence[Entry],
    purpose: str = "",
    progress: Callable[[int], None] = lambda _count: None,
) -> list[dict[str, Any]]:
    """Write rows, versions and audit entries; rows that are there must be locked. Gives the changes of each."""
    now = clock.now()
    told = [_changes(entry) for entry in entries]
    changed = [(entry, changes) for entry, changes in zip(entries, told, strict=True) if changes]
    for entry, _ in changed:
        entry.camera.updated_at = now
        entry.camera.version += entry.before is not None
    _rows_write([entry.camera for entry, _ in changed if entry.before is None], is_new=True, progress=progress)
    _rows_write([entry.camera for entry, _ in changed if entry.before is not None], is_new=False, progress=progress)
    _groups_write([entry for entry, _ in changed if entry.groups is not None])
    for is_new, action in ((True, "camera_created"), (False, "camera_changed")):
        audit_write_all(
            actor=actor,
            action=action,
            object_type=OBJECT_TYPE,
            purpose=purpose,
            objects=[
                (entry.camera.pk, _told(entry.camera, changes))
                for entry, changes in changed
                if (entry.before is None) is is_new
            ],
        )
    return told


def registry_digest() -> str:
    """Changes whenever any camera is added, changed or removed."""
    hashed = hashlib.sha256()
    for key, version in Camera.objects.order_by("pk").values_list("pk", "version").iterator(chunk_size=5000):
        hashed.update(f"{key}:{version};".encode())
    return hashed.hexdigest()


def values_changed(before: dict[str, Any], after: dict[str, Any]) -> Iterable[str]:
    """Names of the columns in which two entries differ."""
    return (column.name for column in COMPARED if before.get(column.name) != after.get(column.name))


def _changes(entry: Entry) -> dict[str, Any]:
    if entry.before is None:
        return {"created": True}
    after = values_of(entry.camera)
    if entry.groups is not None:
        after["groups"] = sorted(group.name for group in entry.groups)
    changes: dict[str, Any] = {}
    for name in values_changed(entry.before, after):
        column = BY_NAME[name]
        is_told = not column.is_secret and name not in UNTOLD
        changes[name] = [column.write(entry.before[name]), column.write(after[name])] if is_told else "changed"
    if entry.is_password_changed:
        changes["password"] = "changed"  # noqa: S105  # the word, not one
    return changes


def _told(camera: Camera, changes: dict[str, Any]) -> dict[str, Any]:
    if "created" in changes:
        return {"version": camera.version, "code": camera.code}
    return {"fields": sorted(changes), "changes": changes, "version": camera.version}


def _rows_write(cameras: list[Camera], *, is_new: bool, progress: Callable[[int], None]) -> None:
    """One statement for a batch: as an insert that meets its own row, which costs a tenth of an update of many."""
    for start in range(0, len(cameras), BATCH):
        batch = cameras[start : start + BATCH]
        if is_new:
            Camera.objects.bulk_create(batch)
        else:
            Camera.objects.bulk_create(
                batch, update_conflicts=True, unique_fields=["id"], update_fields=[*FIELDS, "version", "updated_at"]
            )
        progress(len(batch))


def _groups_write(entries: list[Entry]) -> None:
    keys = [entry.camera.pk for entry in entries]
    _MEMBERS.objects.filter(camera_id__in=keys).delete()
    _MEMBERS.objects.bulk_create(
        [
            _MEMBERS(camera_id=entry.camera.pk, cameragroup_id=group.pk)
            for entry in entries
            for group in entry.groups or ()
        ],
        batch_size=5000,
    )
