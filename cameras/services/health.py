"""Writing down what a try said of a camera: condition, hours, and the work list. From the patrol and from incidents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from accounts.services.audit import SYSTEM, audit_write
from cameras.choices import Condition, FaultKind
from cameras.models import CameraFaultCase, CameraHealth
from cameras.publish import tell_summary
from cameras.rules.health import AUTH, Health, Look, due_after, looked, same_grey
from common.locking import locked_all

STATE_FIELDS = (
    "condition", "flags", "since", "failures_in_row", "successes_in_row", "flagged_in_row", "same_in_row", "fault_code",
    "breaker_step", "breaker_open_until", "auth_hold_until", "sharpness_baseline", "brightness_baseline",
    "baseline_thumbnail",
)  # fmt: skip
WRITTEN = (
    *STATE_FIELDS, "checked_at", "due_at", "lease_until", "sha256", "thumbnail", "sharpness", "brightness",
    "last_good_path", "last_good_at",
)  # fmt: skip
NAMED_MAX = 20
HOURS = """
INSERT INTO cameras_camerahour (camera_id, hour, tries, pictures, flagged, duration_ms)
SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[], %s::int[], %s::int[], %s::bigint[])
ON CONFLICT (camera_id, hour) DO UPDATE SET
    tries = cameras_camerahour.tries + EXCLUDED.tries,
    pictures = cameras_camerahour.pictures + EXCLUDED.pictures,
    flagged = cameras_camerahour.flagged + EXCLUDED.flagged,
    duration_ms = cameras_camerahour.duration_ms + EXCLUDED.duration_ms
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One try of one camera: what the rules need, the picture's hash and size, and where a last good one was kept."""

    look: Look
    sha256: str = ""
    good_path: str = ""
    size_px: tuple[int, int] | None = None


@dataclass(slots=True)
class Changes:
    """Codes of the cameras whose faults began or ended, and files that nothing refers to any more."""

    began: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    files_left: list[str] = field(default_factory=list)


def patrol_period() -> timedelta:
    """In how much time every camera is looked at."""
    return timedelta(seconds=settings.CAMERA_PATROL_S)


def outcomes_record(outcomes: Mapping[int, Outcome]) -> Changes:
    """Write down tries by camera id; makes rows where there are none yet. Deleted cameras are left out.

    In a transaction of its own; the caller deletes `files_left` after it.
    """
    changes = Changes()
    if not outcomes:
        return changes
    with transaction.atomic():
        rows = _rows(outcomes)
        cases: list[tuple[CameraHealth, FaultKind | None]] = []
        for row in rows:
            before = _kind(health_of(row))
            _apply(row, outcomes[row.pk], changes)
            after = _kind(health_of(row))
            if before != after:
                cases.append((row, after))
        CameraHealth.objects.bulk_update(rows, WRITTEN)
        _hours_add({row.pk: outcomes[row.pk] for row in rows})
        for row, kind in cases:
            _case_change(row, kind, outcomes[row.pk].look.at, changes)
        if changes.began or changes.ended:
            tell_summary(began=changes.began[:NAMED_MAX], ended=changes.ended[:NAMED_MAX])
    return changes


def health_of(row: CameraHealth) -> Health:
    """The row as the rules see it."""
    values = {name: getattr(row, name) for name in STATE_FIELDS}
    values["flags"] = tuple(row.flags)
    values["baseline_thumbnail"] = bytes(row.baseline_thumbnail or b"")
    return Health(**values)


def _rows(outcomes: Mapping[int, Outcome]) -> list[CameraHealth]:
    keys = sorted(outcomes)
    at = max(outcome.look.at for outcome in outcomes.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cameras_camerahealth (camera_id, condition, flags, failures_in_row, successes_in_row, "
            "flagged_in_row, fault_code, due_at, breaker_step, sha256, same_in_row, last_good_path) "
            "SELECT id, 'unknown', '{}', 0, 0, 0, '', %s, 0, '', 0, '' FROM cameras_camera WHERE id = ANY(%s) "
            "ON CONFLICT DO NOTHING",
            [at, keys],
        )
    return locked_all(CameraHealth.objects.filter(pk__in=keys), "camera")


def _apply(row: CameraHealth, outcome: Outcome, changes: Changes) -> None:
    look = outcome.look
    if look.is_picture and row.thumbnail:
        is_same = outcome.sha256 == row.sha256 or (look.is_same and same_grey(bytes(row.thumbnail), look.thumbnail))
        look = replace(look, is_same=is_same)
    after = looked(health_of(row), look)
    for name in STATE_FIELDS:
        setattr(row, name, getattr(after, name))
    row.flags, row.baseline_thumbnail = list(after.flags), after.baseline_thumbnail or None
    row.checked_at, row.lease_until = look.at, None
    row.due_at = due_after(after, at=look.at, period=patrol_period())
    if look.is_picture:
        row.sha256, row.thumbnail = outcome.sha256, look.thumbnail or row.thumbnail
        row.sharpness, row.brightness = look.sharpness, look.brightness
    if outcome.good_path:
        if row.last_good_path:
            changes.files_left.append(row.last_good_path)
        row.last_good_path, row.last_good_at = outcome.good_path, look.at


def _kind(health: Health) -> FaultKind | None:
    """What the work list says of it."""
    if health.fault_code == AUTH:
        return FaultKind.AUTH
    if health.condition == Condition.DOWN:
        return FaultKind.DOWN
    return FaultKind.PICTURE if health.condition == Condition.DEGRADED else None


def _case_change(row: CameraHealth, kind: FaultKind | None, at: datetime, changes: Changes) -> None:
    ended = CameraFaultCase.objects.filter(camera=row.camera, ended_at__isnull=True).exclude(kind=kind)
    if ended.update(ended_at=at):
        changes.ended.append(row.camera.code)
    if kind is not None:
        # The case keeps the picture; the next good one gets a file of its own.
        case, made = CameraFaultCase.objects.get_or_create(
            camera=row.camera, kind=kind, ended_at__isnull=True,
            defaults={
                "fault_code": row.fault_code or ",".join(row.flags)[:40], "began_at": at,
                "last_good_path": row.last_good_path, "last_good_at": row.last_good_at,
            },
        )  # fmt: skip
        if made:
            changes.began.append(row.camera.code)
        if made and case.last_good_path:
            CameraHealth.objects.filter(pk=row.pk).update(last_good_path="")
    audit_write(
        actor=SYSTEM, action="camera_fault_began" if kind else "camera_fault_ended", object_type="cameras.camera",
        object_id=row.pk, data={"camera": row.camera.code, "kind": kind or "", "fault": row.fault_code},
    )  # fmt: skip


def _hours_add(outcomes: Mapping[int, Outcome]) -> None:
    looks: Sequence[tuple[int, Look]] = [(key, outcomes[key].look) for key in sorted(outcomes)]
    columns = (
        [key for key, _ in looks],
        [look.at.replace(minute=0, second=0, microsecond=0) for _, look in looks],
        [1] * len(looks),
        [int(look.is_picture) for _, look in looks],
        [int(look.is_picture and bool(look.flags)) for _, look in looks],
        [look.duration_ms if look.is_picture else 0 for _, look in looks],
    )
    with connection.cursor() as cursor:
        cursor.execute(HOURS, columns)
