"""Who is ready to take a call."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services.audit import SYSTEM, audit_write
from common import clock
from dispatch.choices import PresenceState
from dispatch.models import Presence
from dispatch.publish import tell_call, tell_presence
from dispatch.services.offers import SEEN_WITHIN, desk_leave
from realtime.models import LIVE, Realm


def presence_set(
    *, user: User, state: PresenceState, languages: Sequence[str] | None, at: datetime
) -> tuple[Presence, bool]:
    """Write an operator's readiness; returns the row and whether it says something new.

    Skills and extension are given by the administrator and stay. Ready after away begins a new idle time.
    """
    presence, is_new = (
        Presence.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .get_or_create(user=user, defaults={"languages": [user.language]})
    )
    was_away = presence.state != PresenceState.READY or presence.seen_at is None or at - presence.seen_at > SEEN_WITHIN
    has_changed = is_new or presence.state != state or (languages is not None and list(languages) != presence.languages)
    if languages is not None:
        presence.languages = list(languages)
    if is_new or presence.state != state:
        presence.state_since = at
    if state == PresenceState.READY and was_away:
        presence.idle_since = at
        has_changed = True
    presence.state, presence.seen_at = state, at
    presence.save()
    return presence, has_changed


def presences_away() -> int:
    """Operators whose console has not been heard of are away, and their phones ring elsewhere; returns how many.

    Run by the clock.
    """
    with transaction.atomic():
        gone = list(
            Presence.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .select_related("user")
            .filter(seen_at__lt=clock.now() - SEEN_WITHIN)
            .exclude(state=PresenceState.AWAY)
            .order_by("user_id")
        )
        if not gone:
            return 0
        realm, left, at = Realm.objects.get(code=LIVE), [], clock.now()
        for presence in gone:
            presence.state, presence.state_since = PresenceState.AWAY, at
            presence.save(update_fields=["state", "state_since"])
            left += desk_leave(user=presence.user, actor=SYSTEM, at=at)
        for presence in gone:
            audit_write(
                actor=SYSTEM, action="presence_lost", object_type="dispatch.presence", object_id=presence.pk,
                realm=realm.code,
            )  # fmt: skip
        for presence in gone:
            tell_presence(realm, presence)
        for call in left:
            tell_call(call)
    return len(gone)


def presence_equip(
    *, operator: User, extension: str | None, languages: Sequence[str], skills: Sequence[str]
) -> Presence:
    """Write what an operator can take, and leave alone whether they are ready."""
    presence, _made = (
        Presence.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .get_or_create(user=operator)
    )
    presence.extension, presence.languages, presence.skills = extension, list(languages), list(skills)
    presence.save(update_fields=["extension", "languages", "skills"])
    return presence
