"""Answering a repeated request with the first answer, so that a retry can never do a thing twice."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

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
        row, is_new = IdempotencyKey.objects.get_or_create(
            user=user, token=user.token, key=key, defaults={"fingerprint": fingerprint}
        )
        if not is_new:
            return _stored_answer(row, fingerprint)
        answer = run()
        row.status, row.answer = answer.status, answer.data
        row.save(update_fields=["status", "answer"])
        return answer


def _stored_answer(row: IdempotencyKey, fingerprint: str) -> Answer:
    if row.fingerprint != fingerprint:
        raise ConflictError("idempotency_key_reused", gettext_noop("This key was already used for another request."))
    return Answer(row.status, row.answer, is_replayed=True)


def keys_forget() -> int:
    """Delete keys older than KEPT_DAYS; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=clock.now() - timedelta(days=KEPT_DAYS)).delete()[0]
