"""The way of an incident through the workers, step by step. Each task takes ids and calls one service.

The order of the steps is read here and nowhere else. A message may be lost, doubled or late: the rows know better.
"""

import uuid

from celery import shared_task

from accounts.services.idempotency import keys_forget as keys_forget_write
from common.doorbell import ring
from dispatch.services.analyses import faces_recognise as faces_recognise_run
from dispatch.services.captures import snapshots_take as snapshots_take_run
from dispatch.services.matches import matches_expire as matches_expire_write
from dispatch.services.resumption import response_resume as response_resume_run
from dispatch.services.rounds import round_assign


@shared_task(queue="pipeline")
def cameras_assign(incident_id: str) -> None:
    """Choose the cameras near the scene, then have their pictures taken."""
    if round_assign(incident_id=uuid.UUID(incident_id)):
        ring(snapshots_take, incident_id)


@shared_task(queue="capture")
def snapshots_take(incident_id: str) -> None:
    """Pull the pictures, and have each searched as soon as it is here."""
    for row_id in snapshots_take_run(incident_id=uuid.UUID(incident_id)):
        ring(faces_recognise, row_id)


@shared_task(queue="inference")
def faces_recognise(row_id: str) -> None:
    """Look for those who are sought in one picture."""
    faces_recognise_run(row_id=uuid.UUID(row_id))


@shared_task(queue="control", expires=10)
def response_resume() -> None:
    """Ring again for what is overdue."""
    overdue = response_resume_run()
    for incident_id in overdue.rounds:
        ring(cameras_assign, incident_id)
    for incident_id in overdue.captures:
        ring(snapshots_take, incident_id)
    for row_id in overdue.analyses:
        ring(faces_recognise, row_id)


@shared_task(queue="control", expires=30)
def matches_expire() -> None:
    """End candidates that nobody judged in time."""
    matches_expire_write()


@shared_task(queue="control", expires=600)
def keys_forget() -> None:
    """Forget idempotency keys after their days."""
    keys_forget_write()
