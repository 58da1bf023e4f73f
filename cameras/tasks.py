"""What the clock does for cameras and the evidence of their pictures."""

from celery import shared_task

from cameras.services.files import orphans_forget as orphans_forget_run
from cameras.services.history import good_pictures_forget, hours_forget
from cameras.services.live import viewings_sweep
from cameras.services.patrol import patrol_run
from cameras.services.seals import evidence_seal as evidence_seal_write

PATROL_BUDGET_S = 18.0  # below the task's own limit of 25 s, with a batch's deadline to spare


@shared_task(expires=5)
def cameras_patrol() -> None:
    """Look at the cameras that are due."""
    patrol_run(budget_s=PATROL_BUDGET_S)


@shared_task(expires=50)
def evidence_seal() -> None:
    """Sign the head of the chain if it moved."""
    evidence_seal_write()


@shared_task(expires=600)
def orphans_forget() -> None:
    """Remove files that no row needs."""
    orphans_forget_run()


@shared_task(expires=10)
def live_viewings_end() -> None:
    """Close viewings that ran out or were left."""
    viewings_sweep()


@shared_task(expires=600)
def camera_history_forget() -> None:
    """Delete hours and last good pictures whose days are over."""
    hours_forget()
    good_pictures_forget()
