"""Protocol cards in use."""

from typing import Any

from dispatch.choices import ProtocolState
from dispatch.models import ProtocolVersion


def cards_read() -> list[dict[str, Any]]:
    """The cards that can be asked, in their order."""
    rows = (
        ProtocolVersion.objects.select_related("card")
        .filter(state=ProtocolState.PUBLISHED, card__is_active=True)
        .order_by("card__order", "card__code")
    )
    return [
        {
            "code": row.card.code,
            "name_id": row.card.name_id,
            "name_en": row.card.name_en,
            "version": row.number,
            "published_at": row.published_at.isoformat() if row.published_at else None,
        }
        for row in rows
    ]
