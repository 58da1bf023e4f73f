"""Answering a repeated request with the first answer, so that a retry can never do a thing twice."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import IdempotencyKey, User
from common import clock
from common.errors import ConflictError, ValidationError, gettext_noop

KEY_LENGTH_MAX = 80
KEPT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with; `data` is JSON."""

    status: int
    data: Any
    is_replayed: bool = False


def fingerprint_of(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same."""
    return hashlib.sha256(b"\n".join([method.encode(), path.encode(), body])).hexdigest()


def answer_once(*, user: User, key: str, fingerprint: str, run: Callable[[], Answer]) -> Answer:
    """Run once for each key of a user or of one of their tokens; later calls get the stored answer.

    A second request that arrives while the first is under way waits for it on the unique index. If `run` raises, the
    key goes with the transaction and may be used again. Raises ValidationError without a usable key, ConflictError
    `idempotency_key_reused` for the same key with another request.
    """
    if not key or len(key) > KEY_LENGTH_MAX:
        raise ValidationError(
            "idempotency_key_missing",
            gettext_noop("This request needs an Idempotency-Key header of at most %(limit)d characters."),
            {"limit": KEY_LENGTH_MAX},
        )
    with transaction.atomic():
        row_id = _taken(user, key, fingerprint)
        if row_id is None:
            return _stored_answer(IdempotencyKey.objects.get(user=user, token=user.token, key=key), fingerprint)
        answer = run()
        IdempotencyKey.objects.filter(pk=row_id).update(status=answer.status, answer=answer.data)
        return answer


def _taken(user: User, key: str, fingerprint: str) -> int | None:
    """The id of the new row; None when the key was used. One statement, since every unsafe request comes by here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_idempotencykey (user_id, token_id, key, fingerprint, status, created_at)"
            " VALUES (%s, %s, %s, %s, 0, %s) ON CONFLICT (user_id, token_id, key) DO NOTHING RETURNING id",
            [user.pk, user.token.pk if user.token else None, key, fingerprint, clock.now()],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def _stored_answer(row: IdempotencyKey, fingerprint: str) -> Answer:
    if row.fingerprint != fingerprint:
        raise ConflictError("idempotency_key_reused", gettext_noop("This key was already used for another request."))
    return Answer(row.status, row.answer, is_replayed=True)


def keys_forget() -> int:
    """Delete keys older than KEPT_DAYS; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=clock.now() - timedelta(days=KEPT_DAYS)).delete()[0]
