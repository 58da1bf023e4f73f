"""Who may be sought: enrolment of photos, and the second person's approval."""

import hashlib
import uuid

import numpy as np
from django.conf import settings

from accounts.access import Permission, require
from accounts.models import User
from common import clock
from common.errors import ConflictError, NotFoundError, gettext_noop
from common.images import header_read
from recognition.choices import EntryState
from recognition.engine.engines import load
from recognition.engine.types import FaceEngine
from recognition.models import WatchlistEntry, WatchlistPhoto


def engine_load() -> FaceEngine:
    """The deployment's engine, loaded once for each process."""
    return load(settings.FACE_ENGINE)


def photo_add(*, entry: WatchlistEntry, photo: bytes, provenance: str, user: User) -> WatchlistPhoto:
    """Check a reference photo, describe its face, and keep both sealed.

    Raises PictureRefused or EnrolmentRefused with what is wrong with the photo, ConflictError once the entry is
    approved: what a second person saw must be what is searched for.
    """
    require(user, Permission.WATCHLIST_MANAGE)
    if entry.state != EntryState.DRAFT:
        raise ConflictError("entry_not_draft", gettext_noop("Photos can be added to a draft only."))
    header = header_read(photo)
    engine = engine_load()
    enrolment = engine.enrol(photo)
    row = WatchlistPhoto(
        entry=entry,
        provenance=provenance,
        content_type=header.content_type,
        width=header.width,
        height=header.height,
        sha256=hashlib.sha256(photo).hexdigest(),
        engine=engine.name,
        engine_version=engine.version,
        quality={
            "face_px": round(enrolment.quality.face_px),
            "sharpness": round(enrolment.quality.sharpness, 1),
            "vector_norm": round(enrolment.quality.vector_norm or 0.0, 2),
        },
        added_by=user,
    )
    row.seal(photo=photo, vector=enrolment.vector.astype("<f4").tobytes())
    row.save(force_insert=True)
    return row


def entry_approve(*, entry_id: uuid.UUID, user: User) -> WatchlistEntry:
    """A second person approves a draft that has a photo and has not ended.

    The swap also says who: the database refuses the creator as approver even if this code did not.
    """
    require(user, Permission.WATCHLIST_APPROVE)
    entry = WatchlistEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        raise NotFoundError
    if entry.created_by_id == user.pk:
        raise ConflictError("same_person", gettext_noop("Who made an entry cannot approve it."))
    if entry.state != EntryState.DRAFT:
        raise ConflictError("entry_not_draft", gettext_noop("This entry is no draft any more."))
    if not entry.photos.exists():
        raise ConflictError("entry_without_photo", gettext_noop("This entry has no photo yet."))
    at = clock.now()
    if entry.expires_at <= at:
        raise ConflictError("entry_expired", gettext_noop("This entry has already ended."))
    entry.state, entry.approved_by, entry.approved_at = EntryState.ACTIVE, user, at
    entry.save(update_fields=["state", "approved_by", "approved_at"])
    return entry


def vector_of(photo: WatchlistPhoto) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """The sealed vector, opened."""
    return np.frombuffer(photo.vector_read(), "<f4").astype(np.float32)
