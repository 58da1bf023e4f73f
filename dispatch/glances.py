"""Where units are, for the consoles' maps: what has come since the last look, at most once a second."""

from datetime import datetime, timedelta
from typing import Any

from accounts.permissions import Permission
from common import clock
from dispatch.selectors.units import positions_read
from realtime.glances import Look, glance_kind
from realtime.models import Realm

# A batch may be committed a little after the moment that it carries.
OVERLAP = timedelta(seconds=5)


def positions_look(realm_id: int) -> Look:
    """A look at the positions of a realm's units, beginning now."""
    realm = Realm(pk=realm_id)
    after = clock.now()
    shown: dict[str, datetime] = {}

    def look() -> dict[str, Any] | None:
        nonlocal after
        at = clock.now()
        rows = positions_read(realm=realm, at=at, after=after - OVERLAP)
        after = at
        news = [row for row in rows if shown.get(row["unit"]) != row["measured_at"]]
        shown.update({row["unit"]: row["measured_at"] for row in news})
        return {"positions": news} if news else None

    return look


UNIT_POSITIONS = glance_kind("unit.positions", Permission.UNIT_VIEW, positions_look)
