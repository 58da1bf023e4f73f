"""Asking a protocol card in a call. Writing and publishing cards: `protocol_versions`."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from common.errors import ConflictError, NotFoundError, gettext_noop
from common.locking import locked
from dispatch.choices import ProtocolState
from dispatch.models import Call, Incident, ProtocolAnswer, ProtocolRun, ProtocolVersion
from dispatch.rules.protocols import Card, Walk, card_parse, card_walk
from dispatch.services.protocol_versions import source_check, version_draft, version_publish
from realtime.models import Realm

__all__ = [
    "Asked", "answers_of", "asked", "run_answer", "run_locked", "run_start", "source_check", "version_draft",
    "version_publish",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A card in use, and where its answers have led."""

    run: ProtocolRun
    card: Card
    walk: Walk


def run_start(
    *, realm: Realm, code: str, call: Call | None, incident: Incident | None, user: User, at: datetime
) -> Asked:
    """Begin to ask a card; raises NotFoundError when no version of it is in use."""
    version = ProtocolVersion.objects.filter(
        card__code=code, card__is_active=True, state=ProtocolState.PUBLISHED
    ).first()
    if version is None:
        raise NotFoundError
    run = ProtocolRun.objects.create(
        realm=realm, version=version, call=call, incident=incident, started_by=user, started_at=at
    )
    return asked(run)


def run_answer(*, run: ProtocolRun, position: int, key: str, user: User, at: datetime) -> Asked:
    """Answer the question at `position` by a key, or take answers back from there on with an empty key.

    `run` must be locked. Raises ConflictError `answer_order` when another position is asked, ValidationError
    `unknown_answer`.
    """
    given = answers_of(run)
    if position > len(given) or position < 0:
        raise ConflictError("answer_order", gettext_noop("Another question is asked now."), {"position": len(given)})
    card = card_parse(run.version.source)
    keys = [*given[:position], *([key] if key else [])]
    walk = card_walk(card, keys)
    question = card_walk(card, given[:position]).question_code or ""
    ProtocolAnswer.objects.create(
        run=run, position=position, question=question, key=key, answered_at=at, answered_by=user
    )
    run.outcome = walk.outcome_code or ""
    run.ended_at = at if walk.outcome_code else None
    run.save(update_fields=["outcome", "ended_at"])
    return Asked(run, card, walk)


def asked(run: ProtocolRun) -> Asked:
    """Where a use of a card stands."""
    card = card_parse(run.version.source)
    return Asked(run, card, card_walk(card, answers_of(run)))


def answers_of(run: ProtocolRun) -> list[str]:
    """The keys that hold: each line replaces its position and all after it."""
    keys: list[str] = []
    for answer in run.answers.order_by("id"):
        keys = keys[: answer.position] + ([answer.key] if answer.key else [])
    return keys


def run_locked(*, realm: Realm, run_id: uuid.UUID) -> ProtocolRun:
    """The row, locked; raises NotFoundError."""
    run = locked(ProtocolRun.objects.filter(realm=realm, pk=run_id), "version__card", "realm", "call", "incident")
    if run is None:
        raise NotFoundError
    return run
