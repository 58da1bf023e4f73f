"""When a number's calls are offered later for a while. Never a block, and never while it matters."""

from datetime import datetime, timedelta

PRANKS_TO_MARK = 3
GHOSTS_TO_MARK = 6  # a pocket dials without meaning to
MARK_FOR = timedelta(hours=24)
FORGET_AFTER = timedelta(days=30)


def is_to_mark(pranks: int, ghosts: int) -> bool:
    """Whether so many prank and ghost calls make a mark."""
    return pranks >= PRANKS_TO_MARK or ghosts >= GHOSTS_TO_MARK


def is_forgotten(last_at: datetime, at: datetime) -> bool:
    """Whether the last such call is so long ago that counting starts anew."""
    return at - last_at >= FORGET_AFTER


def is_lowered(marked_until: datetime | None, *, at: datetime, has_open_incident: bool) -> bool:
    """Whether a call of this number rings later now; never while an incident of the number is open."""
    return marked_until is not None and at < marked_until and not has_open_incident
