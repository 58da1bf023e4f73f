"""What those who look after cameras do: take faults up, try, plan maintenance, accept a view, take note of alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor, audit_write
from cameras.choices import Purpose
from cameras.drivers.types import CameraFault
from cameras.models import Camera, CameraAlarmSeen, CameraFaultCase, CameraHealth, MaintenanceWindow
from cameras.selectors import agreed
from cameras.services.fault_cases import CASES_MAX, case_change, cases_give_back, cases_take
from cameras.services.maintenance import baseline_take, maintenance_end, maintenance_end_all, maintenance_plan
from cameras.services.trial import camera_try
from common import clock
from common.crypto import SealBroken
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from dispatch.selectors.camera_faults import FaultFilter, faults_found

SEEN_BACK = timedelta(days=1)  # what is older is not told anyhow


class BulkAct(StrEnum):
    """What can be done to many faults at once."""

    TAKE = "take"
    GIVE_BACK = "give_back"
    MAINTAIN = "maintain"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Tried:
    """What one pull gave: a fault's code or none, and the camera's condition after it."""

    camera: Camera
    health: CameraHealth | None
    fault_code: str
    duration_ms: int | None


def fault_change(*, user: User, source: str, case_id: int, is_taken: bool | None, note: str) -> CameraFaultCase:
    """Take a fault up, give it back, note something."""
    require(user, Permission.CAMERA_MAINTAIN)
    return case_change(actor=Actor(user, source), user=user, case_id=case_id, is_taken=is_taken, note=note)


def faults_bulk(
    *,
    user: User,
    source: str,
    act: BulkAct,
    case_ids: Sequence[int],
    chosen: FaultFilter | None = None,
    ends_at: datetime | None = None,
    reason: str = "",
) -> int:
    """The same for many faults, named or all of a filter; returns how many it was done to."""
    require(user, Permission.CAMERA_MAINTAIN)
    if chosen is not None:
        case_ids = list(faults_found(chosen, user=user, at=clock.now()).values_list("pk", flat=True)[: CASES_MAX + 1])
    if not case_ids:
        raise ValidationError("none_chosen", gettext_noop("Choose at least one camera."), {"fields": {"cases": []}})
    if len(case_ids) > CASES_MAX:
        raise ValidationError("too_many", gettext_noop("These are more than 1000: narrow the list first."))
    actor = Actor(user, source)
    if act == BulkAct.TAKE:
        return cases_take(actor=actor, user=user, case_ids=case_ids)
    if act == BulkAct.GIVE_BACK:
        return cases_give_back(actor=actor, user=user, case_ids=case_ids)
    camera_ids = list(CameraFaultCase.objects.filter(pk__in=case_ids, ended_at=None).values_list("camera", flat=True))
    if act == BulkAct.RESUME:
        return maintenance_end_all(actor=actor, camera_ids=camera_ids)
    if ends_at is None or not reason.strip():
        missing: dict[str, list[str]] = {"reason": []} if ends_at else {"ends_at": [], "reason": []}
        raise ValidationError("reason_missing", gettext_noop("Say for how long, and why."), {"fields": missing})
    windows = maintenance_plan(
        actor=actor, camera_ids=sorted(set(camera_ids)), begins_at=None, ends_at=ends_at, reason=reason
    )
    return len(windows)


def window_plan(
    *, user: User, source: str, camera_id: int, begins_at: datetime | None, ends_at: datetime, reason: str
) -> MaintenanceWindow:
    """Plan maintenance of one camera."""
    require(user, Permission.CAMERA_MAINTAIN)
    if not Camera.objects.filter(pk=camera_id).exists():
        raise NotFoundError
    (window,) = maintenance_plan(
        actor=Actor(user, source), camera_ids=[camera_id], begins_at=begins_at, ends_at=ends_at, reason=reason
    )
    return window


def window_end(*, user: User, source: str, window_id: int) -> bool:
    """End maintenance now, or call it off."""
    require(user, Permission.CAMERA_MAINTAIN)
    return maintenance_end(actor=Actor(user, source), window_id=window_id)


def view_take(*, user: User, source: str, camera_id: int) -> CameraHealth:
    """What the camera shows now is right."""
    require(user, Permission.CAMERA_MAINTAIN)
    return baseline_take(actor=Actor(user, source), camera_id=camera_id)


def camera_try_now(*, user: User, source: str, camera_id: int) -> Tried:
    """One pull, on record before it is made. Waits for the network, so no transaction may be open.

    Raises ConflictError `not_agreed` where the access agreement does not allow it now.
    """
    require(user, Permission.CAMERA_MAINTAIN)
    camera = Camera.objects.filter(pk=camera_id).first()
    if camera is None:
        raise NotFoundError
    if not Camera.objects.filter(agreed(Purpose.HEALTH, at=clock.now()), pk=camera_id).exists():
        raise ConflictError(
            "not_agreed", gettext_noop("The access agreement does not allow a picture of this camera now.")
        )
    with transaction.atomic():
        audit_write(
            actor=Actor(user, source), action="camera_tried", object_type="cameras.camera", object_id=camera.pk,
            data={"camera": camera.code},
        )  # fmt: skip
    try:
        outcome = camera_try(camera)
    except SealBroken:
        outcome = CameraFault("credential_unreadable")
    health = CameraHealth.objects.filter(pk=camera_id).first()
    if isinstance(outcome, CameraFault):
        return Tried(camera, health, outcome.code, None)
    duration_ms = round((outcome.received_at - outcome.requested_at).total_seconds() * 1000)
    return Tried(camera, health, "", duration_ms)


def alarm_seen(*, user: User, source: str, until: datetime) -> datetime:
    """This person has taken note of cameras that died up to a moment; never of those still to come."""
    require(user, Permission.CAMERA_MAINTAIN)
    at = clock.now()
    moment = max(at - SEEN_BACK, min(until, at))
    with transaction.atomic():
        CameraAlarmSeen.objects.update_or_create(user=user, defaults={"seen_at": moment})
        audit_write(
            actor=Actor(user, source), action="camera_alarm_seen", object_type="accounts.user", object_id=user.pk,
            data={"until": moment.isoformat()},
        )  # fmt: skip
    return moment
