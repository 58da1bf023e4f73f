"""Protocol cards: bringing them in, publishing them, and asking one in a call."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from accounts.models import User
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices import ProtocolState
from dispatch.models import Call, Incident, IncidentType, ProtocolAnswer, ProtocolCard, ProtocolRun, ProtocolVersion
from dispatch.rules.protocols import Card, Walk, card_check, card_parse, card_walk
from realtime.models import Realm


@dataclass(frozen=True, slots=True)
class Asked:
    """A card in use, and where its answers have led."""

    run: ProtocolRun
    card: Card
    walk: Walk


def source_check(source: str) -> Card:
    """A card that may be used; raises ValidationError `protocol_invalid` with every problem."""
    card = card_parse(source)
    problems = card_check(card, set(IncidentType.objects.values_list("code", flat=True)))
    if problems:
        raise ValidationError(
            "protocol_invalid", gettext_noop("This card has faults; see the list."), {"fields": {"source": problems}}
        )
    return card


def version_draft(*, source: str, user: User | None, at: datetime) -> tuple[ProtocolVersion, bool]:
    """A new draft, unless the newest version says the same; returns it and whether it is new."""
    content = source_check(source)
    card, _made = ProtocolCard.objects.get_or_create(
        code=content.code,
        defaults={"name_id": content.name.id, "name_en": content.name.en, "order": content.order},
    )
    newest = card.versions.order_by("-number").first()
    if newest is not None and newest.source == source:
        return newest, False
    number = (card.versions.aggregate(Max("number"))["number__max"] or 0) + 1
    version = ProtocolVersion.objects.create(card=card, number=number, source=source, made_by=user, made_at=at)
    return version, True


def version_publish(*, version: ProtocolVersion, user: User | None, at: datetime) -> ProtocolVersion:
    """Use this version from now on; calls that run with the one before go on with that."""
    content = source_check(version.source)
    ProtocolCard.objects.select_for_update(no_key=True).get(pk=version.card_id)
    version.card.versions.filter(state=ProtocolState.PUBLISHED).exclude(pk=version.pk).update(
        state=ProtocolState.RETIRED
    )
    version.state, version.published_by, version.published_at = ProtocolState.PUBLISHED, user, at
    version.save(update_fields=["state", "published_by", "published_at"])
    ProtocolCard.objects.filter(pk=version.card_id).update(
        name_id=content.name.id, name_en=content.name.en, order=content.order
    )
    return version


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
