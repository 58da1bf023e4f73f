"""Locks on the pictures of an incident: set, made longer, ended; each is a record. When their time is over they end by
themselves, as their record said they would."""

import uuid
from datetime import UTC, datetime, timedelta

from accounts.models import User
from cameras.choices import RecordKind
from cameras.models import EvidenceLock
from cameras.rules.chain import moment_text
from cameras.services.evidence import record_append
from common import clock
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from realtime.models import Realm

LONGEST = timedelta(days=5 * 366)


def lock_set(
    *, realm: Realm, incident_id: uuid.UUID, user: User, reason: str, reference: str, expires_at: datetime
) -> EvidenceLock:
    """Keep all pictures of an incident until a moment. Belongs into the caller's transaction."""
    at, expires_at = clock.now(), expires_at.astimezone(UTC)
    _moment_check(expires_at, at)
    lock = EvidenceLock.objects.create(
        realm=realm,
        incident_id=incident_id,
        reason=reason,
        reference=reference,
        locked_by=user,
        locked_at=at,
        expires_at=expires_at,
    )
    _record(lock, RecordKind.LOCKED, user)
    return lock


def lock_extend(*, realm: Realm, lock_id: uuid.UUID, user: User, expires_at: datetime) -> EvidenceLock:
    """Let it end at another moment, which is later."""
    lock, expires_at = _active(realm, lock_id), expires_at.astimezone(UTC)
    _moment_check(expires_at, clock.now())
    if expires_at <= lock.expires_at:
        raise ValidationError(
            "lock_not_longer",
            gettext_noop("The lock would end sooner; end it instead, with your name."),
            {"fields": {"expires_at": [gettext_noop("The lock would end sooner; end it instead, with your name.")]}},
        )
    lock.expires_at = expires_at
    lock.save(update_fields=["expires_at"])
    _record(lock, RecordKind.LOCKED, user)
    return lock


def lock_end(*, realm: Realm, lock_id: uuid.UUID, user: User, reason: str) -> EvidenceLock:
    """End it before its time."""
    lock = _active(realm, lock_id)
    lock.ended_at, lock.ended_by = clock.now(), user
    lock.save(update_fields=["ended_at", "ended_by"])
    _record(lock, RecordKind.UNLOCKED, user, why=reason)
    return lock


def _active(realm: Realm, lock_id: uuid.UUID) -> EvidenceLock:
    rows = EvidenceLock.objects.select_for_update(of=("self",), no_key=True).select_related("realm", "locked_by")
    lock = rows.filter(realm=realm, pk=lock_id).first()
    if lock is None:
        raise NotFoundError
    if lock.ended_at is not None or lock.expires_at <= clock.now():
        raise ConflictError("lock_over", gettext_noop("This lock is over already; set a new one."))
    return lock


def _moment_check(expires_at: datetime, at: datetime) -> None:
    if at < expires_at <= at + LONGEST:
        return
    message = gettext_noop("A lock ends in the future, within five years.")
    raise ValidationError("lock_time_wrong", message, {"fields": {"expires_at": [message]}})


def _record(lock: EvidenceLock, kind: RecordKind, user: User, *, why: str = "") -> None:
    body = {
        "lock": str(lock.pk),
        "by": user.username,
        "reason": why or lock.reason,
        "reference": lock.reference,
        "expires_at": moment_text(lock.expires_at),
    }
    record_append(realm=lock.realm, kind=kind, incident_id=lock.incident_id, body=body)
