"""What people do with the watchlist: the right, the rows and the audit entry, in one transaction."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import SYSTEM, Actor, audit_write
from common import clock
from common.errors import ValidationError, gettext_noop
from realtime.models import Realm
from recognition.engine.types import Enrolment
from recognition.models import WatchlistEntry, WatchlistPhoto
from recognition.services import watchlist
from recognition.services.watchlist import EntryDraft

EXPIRE_BATCH = 200


def entry_create(*, user: User, source: str, realm: Realm, draft: EntryDraft) -> WatchlistEntry:
    """Ask for a person to be sought: a draft, until somebody else approves it."""
    require(user, Permission.WATCHLIST_MANAGE)
    with transaction.atomic():
        entry = watchlist.entry_create(realm=realm, draft=draft, user=user, at=clock.now())
        _audit(Actor(user, source), "entry_created", entry, {"kind": entry.kind})
    return entry


def photo_add(
    *,
    user: User,
    source: str,
    entry_id: uuid.UUID,
    photo: bytes,
    provenance: str,
    enrolment: Enrolment | None = None,
) -> WatchlistPhoto:
    """Give a draft a reference photo. The face is looked at before any row is locked."""
    require(user, Permission.WATCHLIST_MANAGE)
    enrolment = enrolment or watchlist.photo_enrol(photo)
    with transaction.atomic():
        entry = watchlist.entry_locked(entry_id=entry_id)
        row = watchlist.photo_add(entry=entry, photo=photo, provenance=provenance, user=user, enrolment=enrolment)
        _audit(Actor(user, source), "photo_added", entry, {"photo": str(row.pk), "sha256": row.sha256})
    return row


def entry_approve(*, user: User, source: str, entry_id: uuid.UUID) -> WatchlistEntry:
    """The second person's yes: from now on this person is looked for."""
    require(user, Permission.WATCHLIST_APPROVE)
    with transaction.atomic():
        entry = watchlist.entry_approve(entry_id=entry_id, user=user)
        _audit(Actor(user, source), "entry_approved", entry)
    return entry


def entry_withdraw(*, user: User, source: str, entry_id: uuid.UUID, reason: str) -> WatchlistEntry:
    """End the search at once, with a reason."""
    require(user, Permission.WATCHLIST_MANAGE)
    if not reason.strip():
        message = gettext_noop("Write why this person is no longer sought.")
        raise ValidationError("reason_missing", message, {"fields": {"reason": [""]}})
    with transaction.atomic():
        entry, erased = watchlist.entry_withdraw(entry_id=entry_id)
        _audit(Actor(user, source), "entry_withdrawn", entry, {"reason": reason.strip(), "photos_erased": erased})
    return entry


def entries_expire() -> int:
    """End all entries whose time is over; the system's own doing, each in a transaction of its own."""
    at, count = clock.now(), 0
    for entry_id in watchlist.entries_overdue(at=at, count=EXPIRE_BATCH):
        with transaction.atomic():
            ended = watchlist.entry_expire(entry_id=entry_id, at=at)
            if ended is None:
                continue
            entry, erased = ended
            _audit(SYSTEM, "entry_expired", entry, {"photos_erased": erased})
            count += 1
    return count


def _audit(actor: Actor, action: str, entry: WatchlistEntry, data: Mapping[str, Any] | None = None) -> None:
    audit_write(
        actor=actor,
        action=action,
        object_type="recognition.watchlistentry",
        object_id=entry.pk,
        realm=entry.realm.code,
        purpose=entry.case_number,
        data=data,
    )
