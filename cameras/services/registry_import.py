"""Files of cameras: kept sealed while somebody looks at what would come of them, and taken over as they were seen."""

import hashlib
import hmac
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.audit import Actor
from cameras.choices import ImportState
from cameras.models import Camera, CameraImport
from cameras.services.registry import Entry, entries_write, registry_digest
from cameras.services.registry_columns import values_of
from cameras.services.registry_plan import CHANGED, NEW, SAME, Plan, PlannedRow, References, import_plan
from common import clock
from common.errors import ConflictError, NotFoundError, gettext_noop

KEPT = timedelta(hours=1)


def upload_keep(*, user: User | None, file_name: str, content: bytes) -> tuple[CameraImport, Plan]:
    """Look through a file and keep it for an hour; raises ValidationError where none of it can be read."""
    plan = import_plan(content)
    row = CameraImport(
        made_by=user,
        made_at=clock.now(),
        file_name=file_name[:200],
        file_sha256=plan.file_sha256,
        state=ImportState.FAULTY if plan.faults else ImportState.PREVIEWED,
        registry_digest=plan.registry_digest,
        plan_digest=plan.digest,
        new_count=len(plan.of(NEW)),
        changed_count=len(plan.of(CHANGED)),
        same_count=len(plan.of(SAME)),
        fault_count=len(plan.faults),
        absent_count=len(plan.absent),
    )
    row.content_set(content)
    with transaction.atomic():
        CameraImport.objects.filter(made_at__lt=clock.now() - KEPT).update(content_sealed=None)
        row.save(force_insert=True)
    return row, plan


def upload_get(*, user: User, import_id: uuid.UUID) -> CameraImport:
    """A file of this person that is still there; raises NotFoundError."""
    row = CameraImport.objects.filter(pk=import_id, made_by=user, content_sealed__isnull=False).first()
    if row is None or row.made_at < clock.now() - KEPT:
        raise NotFoundError
    return row


def token_of(row: CameraImport) -> str:
    """What a page sends back, so that nothing is taken over but what it showed."""
    return hashlib.sha256(f"{row.pk}:{row.file_sha256}:{row.registry_digest}:{row.plan_digest}".encode()).hexdigest()


def upload_apply(*, actor: Actor, row: CameraImport, token: str) -> Plan:
    """Take over what was seen, all of it or nothing; raises ConflictError when it is no longer the same."""
    if not hmac.compare_digest(token, token_of(row)):
        raise _stale()
    plan = import_plan(row.content_read())
    if plan.digest != row.plan_digest or plan.faults:
        raise _stale()
    with transaction.atomic():
        locked = CameraImport.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
        if locked.state != ImportState.PREVIEWED:
            raise _stale()
        plan_apply(actor=actor, plan=plan)
        locked.state, locked.applied_at, locked.content_sealed = ImportState.APPLIED, clock.now(), None
        locked.save(update_fields=["state", "applied_at", "content_sealed"])
    return plan


def plan_apply(*, actor: Actor, plan: Plan, progress: Callable[[int], None] = lambda _count: None) -> None:
    """Write all of a plan in one transaction; raises ConflictError when the registry is no longer what it was."""
    if plan.faults:
        raise ValueError("a plan with faults is never applied")
    try:
        with transaction.atomic():
            # Locked before it is compared: whoever changes one of these waits.
            list(Camera.objects.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
            if registry_digest() != plan.registry_digest:
                raise _stale()
            entries = [_entry(row, plan.references) for row in plan.rows if row.kind != SAME]
            purpose = f"import {plan.file_sha256[:16]}"
            entries_write(actor=actor, entries=entries, purpose=purpose, progress=progress)
    except IntegrityError as error:
        raise _stale() from error


def _entry(row: PlannedRow, known: References) -> Entry:
    camera = row.camera or Camera()
    before = values_of(camera) if row.camera else None
    for name, value in row.values.items():
        if name in {"owner", "agreement", "village"}:
            setattr(camera, name, getattr(known, name).get(value))
        elif name != "groups":
            setattr(camera, name, value)
    if row.password:
        camera.password_set(row.password)
    groups = [known.groups[name] for name in row.values["groups"]] if "groups" in row.values else None
    return Entry(camera, before, groups, is_password_changed=bool(row.password))


def _stale() -> ConflictError:
    return ConflictError(
        "import_stale",
        gettext_noop("The registry or the file is no longer what was shown. Look through it again; nothing was taken."),
    )
