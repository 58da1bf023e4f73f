"""Who may be sought: drafts, their photos, the second person's approval, and the end of it."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from common import clock
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.images import header_read
from realtime.models import Realm
from recognition.choices import OPEN_ENTRY_STATES, EntryKind, EntryState
from recognition.engine.engines import load
from recognition.engine.types import Enrolment, FaceEngine
from recognition.models import WatchlistEntry, WatchlistPhoto

LIFETIME_MAX = timedelta(days=30)
LIFETIME_OF_INCIDENT_MAX = timedelta(hours=72)
LEGAL_FIELDS = ("label", "legal_basis", "authority", "document_number", "case_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """A person to be sought, with the lawful basis. `incident_id` limits it to that one incident."""

    label: str
    kind: EntryKind
    legal_basis: str
    authority: str
    document_number: str
    case_number: str
    expires_at: datetime
    valid_from: datetime | None = None
    is_minor: bool = False
    incident_id: uuid.UUID | None = None


def engine_load() -> FaceEngine:
    """The deployment's engine, loaded once for each process."""
    return load(settings.FACE_ENGINE)


def entry_create(*, realm: Realm, draft: EntryDraft, user: User, at: datetime) -> WatchlistEntry:
    """A draft; raises ValidationError as `entry_check` does."""
    entry = WatchlistEntry(
        realm=realm,
        label=draft.label.strip(),
        kind=draft.kind,
        is_minor=draft.is_minor,
        legal_basis=draft.legal_basis.strip(),
        authority=draft.authority.strip(),
        document_number=draft.document_number.strip(),
        case_number=draft.case_number.strip(),
        incident_id=draft.incident_id,
        valid_from=draft.valid_from or at,
        expires_at=draft.expires_at,
        created_by=user,
    )
    entry_check(entry, at=at)
    entry.save(force_insert=True)
    return entry


def entry_check(entry: WatchlistEntry, *, at: datetime) -> None:
    """Hold a draft against the rules that the database cannot say as clearly; raises ValidationError."""
    for name in LEGAL_FIELDS:
        if not getattr(entry, name).strip():
            raise _fault("entry_basis_missing", gettext_noop("Nobody is sought without this."), name)
    if entry.kind == EntryKind.WANTED and entry.is_minor:
        raise _fault("entry_minor_wanted", gettext_noop("A minor is never sought as a wanted person."), "is_minor")
    if entry.expires_at <= max(at, entry.valid_from):
        raise _fault(
            "entry_ends_too_early", gettext_noop("The end must lie after the beginning and now."), "expires_at"
        )
    longest = LIFETIME_OF_INCIDENT_MAX if entry.incident_id else LIFETIME_MAX
    if entry.expires_at > entry.valid_from + longest:
        message = gettext_noop("An entry lasts %(hours)d hours at most; make a new one then.")
        raise _fault("entry_too_long", message, "expires_at", hours=longest // timedelta(hours=1))


def photo_enrol(photo: bytes) -> Enrolment:
    """The one face of a reference photo; raises PictureRefused or EnrolmentRefused with what is wrong with it."""
    header_read(photo)
    return engine_load().enrol(photo)


def photo_add(
    *, entry: WatchlistEntry, photo: bytes, provenance: str, user: User, enrolment: Enrolment | None = None
) -> WatchlistPhoto:
    """Check a reference photo, describe its face, and keep both sealed.

    Raises PictureRefused or EnrolmentRefused with what is wrong with the photo, ConflictError once the entry is
    approved (what a second person saw must be what is searched for) or when it has this photo already. `enrolment`
    is what `photo_enrol` gave for these bytes.
    """
    if entry.state != EntryState.DRAFT:
        raise ConflictError("entry_not_draft", gettext_noop("Photos can be added to a draft only."))
    if not provenance.strip():
        raise _fault("photo_without_provenance", gettext_noop("Write who gave this photo, and when."), "provenance")
    enrolment = enrolment or photo_enrol(photo)
    header, engine = header_read(photo), engine_load()
    row = WatchlistPhoto(
        entry=entry,
        provenance=provenance.strip(),
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
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ConflictError("photo_doubled", gettext_noop("This entry has this photo already.")) from error
    return row


def entry_approve(*, entry_id: uuid.UUID, user: User) -> WatchlistEntry:
    """A second person approves a draft that has a photo and has not ended.

    The swap also says who: the database refuses the creator as approver even if this code did not.
    """
    entry = entry_locked(entry_id=entry_id)
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


def entry_withdraw(*, entry_id: uuid.UUID) -> tuple[WatchlistEntry, int]:
    """Nobody looks for this person any more; a draft is dropped the same way. ConflictError once it has ended.

    Returns the entry and how many photos, with their vectors, were erased.
    """
    entry = entry_locked(entry_id=entry_id)
    if entry.state not in OPEN_ENTRY_STATES:
        raise ConflictError("entry_ended", gettext_noop("This entry has already ended."))
    return entry, _ended(entry, EntryState.WITHDRAWN)


def entry_expire(*, entry_id: uuid.UUID, at: datetime) -> tuple[WatchlistEntry, int] | None:
    """End an entry whose time is over, as `entry_withdraw` does; None when somebody was faster."""
    entry = entry_locked(entry_id=entry_id)
    if entry.state not in OPEN_ENTRY_STATES or entry.expires_at > at:
        return None
    return entry, _ended(entry, EntryState.EXPIRED)


def entries_overdue(*, at: datetime, count: int) -> list[uuid.UUID]:
    """Entries, drafts among them, whose time is over."""
    overdue = WatchlistEntry.objects.filter(state__in=OPEN_ENTRY_STATES, expires_at__lte=at)
    return list(overdue.order_by("expires_at").values_list("pk", flat=True)[:count])


def entry_locked(*, entry_id: uuid.UUID) -> WatchlistEntry:
    """The entry, locked until the transaction ends; raises NotFoundError."""
    entry = (
        WatchlistEntry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("realm", "created_by", "approved_by")
        .filter(pk=entry_id)
        .first()
    )
    if entry is None:
        raise NotFoundError
    return entry


def vector_of(photo: WatchlistPhoto) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """The sealed vector, opened."""
    return np.frombuffer(photo.vector_read(), "<f4").astype(np.float32)


def _ended(entry: WatchlistEntry, state: EntryState) -> int:
    # The purpose is gone, and with it the right to keep a face; who was sought, why and by whom stays on record.
    erased, _ = entry.photos.all().delete()
    entry.state = state
    entry.save(update_fields=["state"])
    return erased


def _fault(code: str, message: str, field: str, **data: object) -> ValidationError:
    return ValidationError(code, message, {"fields": {field: [code]}, **data})
