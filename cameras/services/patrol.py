"""The patrol: looks at every camera in turn, gently, and writes down what it saw. Rows say who is due; nothing else.

Killed at any point it loses a batch's looks and nothing more: the lease runs out, and the cameras are due again.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from cameras.choices import Purpose
from cameras.drivers.types import CameraFault, CameraSource, Grab
from cameras.models import Camera, CameraHealth
from cameras.rules.frozen import is_unmoved
from cameras.rules.health import Look, same_grey
from cameras.rules.still import StillFacts, still_facts
from cameras.selectors import cameras_askable
from cameras.services.capture import camera_source, pictures_pull
from cameras.services.derive import good_picture_keep
from cameras.services.health import Outcome, outcomes_record, patrol_period
from cameras.services.looks import look_of
from cameras.storage import StorageFull, picture_delete
from common import clock
from common.crypto import SealBroken
from common.images import PictureRefused

BATCH = 120
PULL_S = 5.0
LEASE = timedelta(seconds=20)
GOOD_EVERY = timedelta(hours=1)
SECOND_LOOK_S = 1.5
SUSPECTS_MAX = 24
WRITTEN = ["last_ok_at", "last_duration_ms", "last_fault_at", "last_fault_code", "width", "height"]
NEW_ROWS = """
INSERT INTO cameras_camerahealth (camera_id, condition, flags, failures_in_row, successes_in_row, flagged_in_row,
    fault_code, due_at, breaker_step, sha256, same_in_row, last_good_path)
SELECT camera.id, 'unknown', '{}', 0, 0, 0, '', %s + random() * %s * interval '1 second', 0, '', 0, ''
FROM cameras_camera camera LEFT JOIN cameras_camerahealth health ON health.camera_id = camera.id
WHERE health.camera_id IS NULL AND camera.state = 'active'
ON CONFLICT DO NOTHING
"""


def patrol_run(*, budget_s: float) -> int:
    """Look at those who are due, batch after batch, until none is or the time is over; returns how many."""
    ends_at = time.monotonic() + budget_s
    _rows_make()
    done = 0
    while time.monotonic() < ends_at and (rows := _claim()):
        done += len(rows)
        _look_at(rows)
    return done


def _rows_make() -> None:
    """Cameras that are new get a row, due at a moment of their own within the period."""
    with connection.cursor() as cursor:
        cursor.execute(NEW_ROWS, [clock.now(), settings.CAMERA_PATROL_S])


def _claim() -> list[CameraHealth]:
    at = clock.now()
    with transaction.atomic():
        due = CameraHealth.objects.select_for_update(skip_locked=True, no_key=True).filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=at), due_at__lte=at
        )
        keys = list(due.order_by("due_at").values_list("pk", flat=True)[:BATCH])
        CameraHealth.objects.filter(pk__in=keys).update(lease_until=at + LEASE)
    askable = set(cameras_askable(Purpose.HEALTH, at=at).filter(pk__in=keys).values_list("pk", flat=True))
    _put_off([key for key in keys if key not in askable], at)
    return list(CameraHealth.objects.select_related("camera").filter(pk__in=askable).order_by("pk"))


def _put_off(keys: list[int], at: datetime) -> None:
    """Who may not be asked now (maintenance, hours, planned) is neither looked at nor missed."""
    if keys:
        CameraHealth.objects.filter(pk__in=keys).update(lease_until=None, due_at=at + patrol_period())


def _look_at(rows: list[CameraHealth]) -> None:
    by_key = {str(row.pk): row for row in rows}
    sources: dict[str, CameraSource] = {}
    outcomes: dict[int, Outcome] = {}
    for key, row in by_key.items():
        try:
            sources[key] = camera_source(row.camera)
        except SealBroken:
            outcomes[row.pk] = Outcome(Look(clock.now(), fault_code="credential_unreadable"))
    suspects: dict[str, Grab] = {}
    for key, result, facts in _pulled(sources):
        row = by_key[key]
        outcomes[row.pk] = _outcome(row, result, facts)
        if isinstance(result, Grab) and facts is not None and _looks_as_before(row, facts):
            suspects[key] = result
    _look_again(suspects, sources, outcomes)
    changes = outcomes_record(outcomes)
    _registry_write(rows, outcomes)
    for path in changes.files_left:
        picture_delete(path)


def _pulled(sources: dict[str, CameraSource]) -> Iterator[tuple[str, Grab | CameraFault, StillFacts | None]]:
    for key, result in pictures_pull(sources, deadline_s=PULL_S, global_limit=settings.CAMERA_PATROL_PARALLEL):
        if isinstance(result, CameraFault):
            yield key, result, None
            continue
        try:
            yield key, result, still_facts(result.data)
        except PictureRefused as refused:
            yield key, CameraFault(refused.code), None


def _look_again(suspects: dict[str, Grab], sources: dict[str, CameraSource], outcomes: dict[int, Outcome]) -> None:
    """A quiet street at night looks as before; frozen is only what does not even show a sensor's noise in two looks."""
    chosen = dict(list(suspects.items())[:SUSPECTS_MAX])
    if not chosen:
        return
    time.sleep(SECOND_LOOK_S)
    for key, result, _facts in _pulled({key: sources[key] for key in chosen}):
        outcome = outcomes[int(key)]
        is_same = isinstance(result, Grab) and is_unmoved(chosen[key].data, result.data)
        outcomes[int(key)] = replace(outcome, look=replace(outcome.look, is_same=is_same))


def _looks_as_before(row: CameraHealth, facts: StillFacts) -> bool:
    return bool(row.thumbnail) and same_grey(bytes(row.thumbnail or b""), facts.thumbnail)


def _outcome(row: CameraHealth, result: Grab | CameraFault, facts: StillFacts | None) -> Outcome:
    at = clock.now()
    if isinstance(result, CameraFault) or facts is None:
        code = result.code if isinstance(result, CameraFault) else "picture_not_a_picture"
        return Outcome(Look(at, fault_code=code[:40]))
    size_px = (result.width, result.height)
    return Outcome(look_of(result, facts), result.sha256, _good_path(row, result, facts, at), size_px)


def _good_path(row: CameraHealth, grab: Grab, facts: StillFacts, at: datetime) -> str:
    is_recent = row.last_good_path and row.last_good_at is not None and at - row.last_good_at < GOOD_EVERY
    if facts.flags or is_recent:
        return ""
    try:
        return good_picture_keep(grab.data, masks=row.camera.privacy_masks)
    except (StorageFull, PictureRefused):
        return ""  # the look still counts


def _registry_write(rows: list[CameraHealth], outcomes: dict[int, Outcome]) -> None:
    """What the list of cameras shows of the last try."""
    cameras = [row.camera for row in rows]
    for camera in cameras:
        outcome = outcomes[camera.pk]
        look = outcome.look
        if look.is_picture:
            camera.last_ok_at, camera.last_duration_ms = look.at, look.duration_ms
        else:
            camera.last_fault_at, camera.last_fault_code = look.at, look.fault_code
        if outcome.size_px:
            camera.width, camera.height = outcome.size_px
    Camera.objects.bulk_update(cameras, WRITTEN)
