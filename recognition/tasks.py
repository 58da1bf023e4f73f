"""What the sweeper does for the watchlist."""

from celery import shared_task

from recognition import actions


@shared_task(expires=60)
def entries_expire() -> None:
    """End entries whose time is over, and erase their photos and vectors."""
    actions.entries_expire()
