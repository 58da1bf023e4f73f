"""Reading the watchlist."""

import uuid

from django.db.models import QuerySet

from common.errors import NotFoundError
from realtime.models import Realm
from recognition.models import WatchlistEntry, WatchlistPhoto

LIST_MAX = 500


def entries_read(*, realm: Realm, state: str = "") -> list[WatchlistEntry]:
    """The newest entries of a realm, at most LIST_MAX; of one state, if one is named."""
    entries = _entries(realm)
    if state:
        entries = entries.filter(state=state)
    return list(entries[:LIST_MAX])


def entry_read(*, realm: Realm, entry_id: uuid.UUID) -> WatchlistEntry:
    """One entry with its photos; raises NotFoundError."""
    entry = _entries(realm).filter(pk=entry_id).first()
    if entry is None:
        raise NotFoundError
    return entry


def photo_read(*, realm: Realm, entry_id: uuid.UUID, photo_id: uuid.UUID) -> WatchlistPhoto:
    """A photo with its entry; raises NotFoundError."""
    photo = (
        WatchlistPhoto.objects.select_related("entry")
        .filter(pk=photo_id, entry_id=entry_id, entry__realm=realm)
        .first()
    )
    if photo is None:
        raise NotFoundError
    return photo


def _entries(realm: Realm) -> QuerySet[WatchlistEntry]:
    return (
        WatchlistEntry.objects.filter(realm=realm)
        .select_related("created_by", "approved_by")
        .prefetch_related("photos")
    )
