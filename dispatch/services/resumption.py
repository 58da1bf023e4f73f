"""The sweeper: finds steps that nobody works on any more, and gives them back. Run by the clock."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from common import clock
from dispatch.choices import CLOSED_INCIDENT_STATES, FINISHED_CAMERA_STATES, IncidentCameraState
from dispatch.models import Incident, IncidentCamera
from dispatch.publish import tell_incident_camera
from dispatch.services.derivatives import is_derivation_overdue
from dispatch.services.steps import ATTEMPTS_MAX, RING_AGAIN, step_fail

State = IncidentCameraState
ROUND_BUDGET = timedelta(seconds=3)
BATCH = 200


@dataclass(frozen=True, slots=True)
class Overdue:
    """What must be rung for again: incidents whose rounds or pictures, rows whose analyses, and copies, are overdue."""

    rounds: list[uuid.UUID] = field(default_factory=list)
    captures: list[uuid.UUID] = field(default_factory=list)
    analyses: list[uuid.UUID] = field(default_factory=list)
    has_copies: bool = False


def response_resume() -> Overdue:
    """Give back what a dead worker held, end what failed twice, and tell what is to be rung for again."""
    at = clock.now()
    waiting = Incident.objects.filter(
        rounds_wanted__gt=F("rounds_assigned"), lat__isnull=False, changed_at__lt=at - ROUND_BUDGET
    ).exclude(state__in=CLOSED_INCIDENT_STATES)
    rounds = list(waiting.values_list("pk", flat=True)[:BATCH])
    captures: set[uuid.UUID] = set()
    analyses: list[uuid.UUID] = []
    for row_id in _overdue_ids(at):
        row = _give_back(row_id, at)
        if row is not None and row.state == State.WANTED:
            captures.add(row.incident_id)
        elif row is not None and row.state == State.CAPTURED:
            analyses.append(row.pk)
    return Overdue(rounds, sorted(captures), analyses, is_derivation_overdue(at))


def _overdue_ids(at: datetime) -> list[uuid.UUID]:
    rows = IncidentCamera.objects.exclude(state__in=FINISHED_CAMERA_STATES)
    leased = rows.filter(lease_until__lt=at).values_list("pk", flat=True)[:BATCH]
    unleased = rows.filter(lease_until__isnull=True, wanted_at__lt=at - ROUND_BUDGET).values_list("pk", flat=True)
    return [*leased, *unleased[:BATCH]]


def _give_back(row_id: uuid.UUID, at: datetime) -> IncidentCamera | None:
    """The row as it now waits; None when it ended or somebody else has it."""
    with transaction.atomic():
        rows = IncidentCamera.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related(
            "realm", "camera", "snapshot", "incident__realm"
        )
        row = rows.filter(pk=row_id).exclude(state__in=FINISHED_CAMERA_STATES).first()
        if row is None or (row.lease_until is not None and row.lease_until >= at):
            return None
        if row.incident.state in CLOSED_INCIDENT_STATES:
            step_fail(row=row, code="incident_closed")
            return None
        is_held = row.state in {State.CAPTURING, State.ANALYSING}
        if is_held and row.attempts >= ATTEMPTS_MAX:
            step_fail(row=row, code="capture_failed" if row.state == State.CAPTURING else "analysis_failed")
            return None
        # Until then somebody else may answer the ring; a full queue is not flooded with more rings.
        row.lease_until = at + RING_AGAIN
        if is_held:
            row.state = State.WANTED if row.state == State.CAPTURING else State.CAPTURED
        row.save(update_fields=["state", "lease_until"])
        if is_held:
            tell_incident_camera(row)
    return row
