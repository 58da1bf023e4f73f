"""Broadcasts."""

from dispatch.events import BroadcastPayload
from dispatch.models import Broadcast


def broadcast_present(row: Broadcast) -> BroadcastPayload:
    """A broadcast; reads `sent_by`."""
    return BroadcastPayload(
        id=str(row.pk),
        text=row.text,
        sent_by=str(row.sent_by),
        sent_at=row.sent_at.isoformat(),
        expires_at=row.expires_at.isoformat(),
    )
