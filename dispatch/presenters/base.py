"""What all presenters share."""

from datetime import datetime


def moment(value: datetime | None) -> str | None:
    """ISO 8601, or nothing."""
    return value.isoformat() if value else None
