"""The work list of faults: people take one up, note what they found, and give it back. The patrol alone ends them."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.timezone import localtime

from accounts.models import User
from accounts.services.audit import Actor, audit_write
from cameras.models import CameraFaultCase
from cameras.publish import tell_summary
from common import clock
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked, locked_all

RELATED = ("camera__owner", "camera__village", "camera__health", "taken_by")
NOTE_MAX = 4000
CASES_MAX = 1000


def case_change(
    *, actor: Actor, user: User, case_id: int, is_taken: bool | None = None, note: str = ""
) -> CameraFaultCase:
    """Take a fault up or give it back, and note something. Raises ConflictError `fault_taken`, `fault_ended`."""
    with transaction.atomic():
        case = locked(CameraFaultCase.objects.filter(pk=case_id), *RELATED)
        if case is None:
            raise NotFoundError
        if is_taken and case.taken_by_id not in {None, user.pk}:
            raise ConflictError(
                "fault_taken", gettext_noop("%(taken_by)s has taken this up already."), {"taken_by": str(case.taken_by)}
            )
        actions = _changed(case, user, is_taken) + _noted(case, actor, note)
        for action in actions:
            _record(actor, action, case)
        if actions:
            case.save(update_fields=["taken_by", "taken_at", "note"])
            tell_summary(began=[], ended=[])
    return case


def cases_take(*, actor: Actor, user: User, case_ids: Sequence[int]) -> int:
    """Take many up that nobody has yet; returns how many."""
    return _many(actor, user, case_ids, is_taken=True)


def cases_give_back(*, actor: Actor, user: User, case_ids: Sequence[int]) -> int:
    """Give back those of many that are one's own; returns how many."""
    return _many(actor, user, case_ids, is_taken=False)


def _many(actor: Actor, user: User, case_ids: Sequence[int], *, is_taken: bool) -> int:
    count = 0
    with transaction.atomic():
        rows = CameraFaultCase.objects.filter(pk__in=list(case_ids)[:CASES_MAX], ended_at=None)
        mine = rows.filter(taken_by=None) if is_taken else rows.filter(taken_by=user)
        for case in locked_all(mine, "camera", "taken_by"):
            # Whoever waited for a lock finds the row as it is now.
            if case.ended_at is not None or case.taken_by_id != (None if is_taken else user.pk):
                continue
            for action in _changed(case, user, is_taken):
                _record(actor, action, case)
            case.save(update_fields=["taken_by", "taken_at"])
            count += 1
        if count:
            tell_summary(began=[], ended=[])
    return count


def _changed(case: CameraFaultCase, user: User, is_taken: bool | None) -> list[str]:
    if is_taken is None or is_taken is (case.taken_by_id is not None):
        return []
    if is_taken and case.ended_at is not None:
        raise ConflictError("fault_ended", gettext_noop("This fault is over."))
    case.taken_by, case.taken_at = (user, clock.now()) if is_taken else (None, None)
    return ["camera_fault_taken" if is_taken else "camera_fault_given_back"]


def _noted(case: CameraFaultCase, actor: Actor, note: str) -> list[str]:
    text = note.strip()
    if not text:
        return []
    line = f"{localtime(clock.now()):%Y-%m-%d %H:%M} {actor.label}: {text}"
    joined = f"{case.note}\n{line}" if case.note else line
    if len(joined) > NOTE_MAX:
        raise ValidationError(
            "note_full", gettext_noop("The notes of this fault are full."), {"fields": {"note": [text[:40]]}}
        )
    case.note = joined
    return ["camera_fault_noted"]


def _record(actor: Actor, action: str, case: CameraFaultCase) -> None:
    # Without the note: it may name people, and the audit record can never forget.
    audit_write(
        actor=actor, action=action, object_type="cameras.camera", object_id=case.camera_id,
        data={"camera": case.camera.code, "kind": case.kind, "case": case.pk},
    )  # fmt: skip
