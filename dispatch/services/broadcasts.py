"""Writing broadcasts."""

from datetime import datetime, timedelta

from accounts.models import User
from common.errors import ValidationError, gettext_noop
from dispatch.models import Broadcast
from dispatch.models.broadcasts import TEXT_MAX
from realtime.models import Realm

MINUTES, MINUTES_MAX = 30, 720


def broadcast_write(*, realm: Realm, text: str, minutes: int, user: User, at: datetime) -> Broadcast:
    """A message that is shown for so long; raises ValidationError `broadcast_text`, `broadcast_minutes`."""
    if not 0 < len(text) <= TEXT_MAX:
        raise ValidationError(
            "broadcast_text", gettext_noop("A broadcast has 1 to %(limit)d characters."), {"limit": TEXT_MAX}
        )
    if not 0 < minutes <= MINUTES_MAX:
        raise ValidationError(
            "broadcast_minutes", gettext_noop("A broadcast is shown for 1 to %(limit)d min."),
            {"limit": MINUTES_MAX},
        )  # fmt: skip
    return Broadcast.objects.create(
        realm=realm, text=text, sent_by=user, sent_at=at, expires_at=at + timedelta(minutes=minutes)
    )
