"""Writing an incident's story."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.services.audit import Actor
from dispatch.choices import TimelineKind
from dispatch.models import Incident, TimelineEntry


def entry_add(
    *,
    incident: Incident,
    kind: TimelineKind,
    actor: Actor,
    at: datetime,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> TimelineEntry:
    """Append one line."""
    return TimelineEntry.objects.create(
        incident=incident, kind=kind, text=text, data=dict(data or {}), author=actor.user, occurred_at=at
    )
