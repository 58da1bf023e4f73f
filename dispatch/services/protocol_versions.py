"""Versions of protocol cards: drafts, publishing, retiring, and bringing cards in from files.

A draft may have faults: nobody loses half a card because it is not whole yet. What is published has none.
"""

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.services.audit import Actor, audit_write
from common import clock
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices import ProtocolState
from dispatch.models import IncidentType, ProtocolCard, ProtocolVersion
from dispatch.rules.protocols import SOURCE_LENGTH_MAX, Card, Fault, card_parse, faults_error, text_faults
from realtime.models import LIVE

# Found without reading the whole text as YAML, so that a draft with a broken bracket still belongs to its card.
CODE = re.compile(r"""^code:[ \t]*["']?([a-z0-9][a-z0-9-]{0,29})["']?[ \t]*(?:#.*)?$""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one text: `draft`, `published`, `same` (it was here already) or `faulty`."""

    result: str
    code: str = ""
    number: int = 0
    in_use: int | None = None
    faults: tuple[Fault, ...] = ()


def source_faults(source: str) -> list[Fault]:
    """Everything that keeps a text from being published here, in the order of the text."""
    return text_faults(source, set(IncidentType.objects.values_list("code", flat=True)))


def source_check(source: str) -> Card:
    """A card that may be used; raises ValidationError `protocol_invalid` with every problem."""
    faults = source_faults(source)
    if faults:
        raise faults_error(faults)
    return card_parse(source)


def source_print(source: str) -> str:
    """A fingerprint, by which one sees whether somebody changed the text meanwhile."""
    return hashlib.sha256(source.encode()).hexdigest()


def source_code(source: str) -> str:
    """The code of the card that a text is of, however broken the rest; raises ValidationError `card_code_missing`."""
    found = CODE.search(source)
    if found is None:
        raise ValidationError(
            "card_code_missing",
            gettext_noop("The text needs a line like “code: flood”, in small letters, digits and hyphens."),
            {"fields": {"source": ["code"]}},
        )
    return found[1]


def draft_add(*, source: str, user: User | None, at: datetime) -> ProtocolVersion:
    """A new draft of the card that the text names; the card is made when it is new."""
    source = _tidied(source)
    card = _card_locked(source_code(source))
    number = (card.versions.aggregate(Max("number"))["number__max"] or 0) + 1
    return ProtocolVersion.objects.create(card=card, number=number, source=source, made_by=user, made_at=at)


def draft_change(*, version_id: uuid.UUID, source: str, seen: str) -> ProtocolVersion:
    """Write a draft anew; `seen` is the fingerprint of the text that the author began with.

    Raises ConflictError `not_a_draft`, `changed_meanwhile`, ValidationError `card_code_changed`.
    """
    source = _tidied(source)
    version = version_locked(version_id=version_id)
    _draft_require(version)
    _seen_require(version, seen)
    if source_code(source) != version.card.code:
        raise ValidationError(
            "card_code_changed",
            gettext_noop("This draft belongs to the card %(code)s; for another card add a new version."),
            {"code": version.card.code, "fields": {"source": ["code"]}},
        )
    version.source = source
    version.save(update_fields=["source"])
    return version


def version_draft(*, source: str, user: User | None, at: datetime) -> tuple[ProtocolVersion, bool]:
    """A draft of a whole card, unless a version of it says the same; returns it and whether it is new."""
    source = _tidied(source)
    code = source_check(source).code
    same = ProtocolVersion.objects.select_related("card").filter(card__code=code, source=source).order_by("number")
    found = same.last()
    return (found, False) if found else (draft_add(source=source, user=user, at=at), True)


def version_publish(
    *, version: ProtocolVersion, user: User | None, at: datetime, seen: str | None = None
) -> ProtocolVersion:
    """Use a draft from now on; calls that run with the version before go on with that.

    `seen` is the fingerprint of the text that was approved. Raises ConflictError `not_a_draft`, `changed_meanwhile`,
    ValidationError `protocol_invalid`.
    """
    found = version_locked(version_id=version.pk)
    _draft_require(found)
    _seen_require(found, seen)
    content = source_check(found.source)
    found.card.versions.filter(state=ProtocolState.PUBLISHED).update(state=ProtocolState.RETIRED)
    found.state, found.published_by, found.published_at = ProtocolState.PUBLISHED, user, at
    found.save(update_fields=["state", "published_by", "published_at"])
    card = found.card
    card.name_id, card.name_en, card.order = content.name.id, content.name.en, content.order
    card.save(update_fields=["name_id", "name_en", "order"])
    return found


def version_retire(*, version: ProtocolVersion) -> ProtocolVersion:
    """Take a version out of use with nothing in its place; raises ConflictError `not_in_use`."""
    found = version_locked(version_id=version.pk)
    if found.state != ProtocolState.PUBLISHED:
        raise ConflictError("not_in_use", gettext_noop("This version is not in use."), {"state": found.state})
    found.state = ProtocolState.RETIRED
    found.save(update_fields=["state"])
    return found


def version_locked(*, version_id: uuid.UUID) -> ProtocolVersion:
    """The version as it is now, its card locked before it; raises NotFoundError."""
    rows = ProtocolVersion.objects.filter(pk=version_id)
    card_id = rows.values_list("card_id", flat=True).first()
    if card_id is None:
        raise NotFoundError
    locked(ProtocolCard.objects.filter(pk=card_id))
    version = locked(rows, "card", "made_by", "published_by")
    if version is None:
        raise NotFoundError
    return version


def text_import(*, source: str, actor: Actor, publishes: bool, is_dry_run: bool = False) -> Imported:
    """Take one card from a text, with its audit entries. A text that any version has already is left as it is.

    So a card that was changed here is not put back by importing the old file again; only a new file replaces it.
    """
    source = _line_ends(source)
    faults = source_faults(source)
    if faults:
        return Imported("faulty", faults=tuple(faults))
    with transaction.atomic():
        at = clock.now()
        version, is_new = version_draft(source=source, user=actor.user, at=at)
        if is_new:
            _audit(actor, "protocol_imported", version)
        in_use = version.card.versions.filter(state=ProtocolState.PUBLISHED).first()
        result = "draft" if is_new else "same"
        if publishes and version.state == ProtocolState.DRAFT and (is_new or in_use is None):
            version = in_use = version_publish(version=version, user=actor.user, at=at)
            _audit(actor, "protocol_published", version)
            result = "published"
        transaction.set_rollback(is_dry_run)
    return Imported(result, version.card.code, version.number, in_use.number if in_use else None)


def _card_locked(code: str) -> ProtocolCard:
    ProtocolCard.objects.get_or_create(code=code, defaults={"name_id": code, "name_en": code})
    card = locked(ProtocolCard.objects.filter(code=code))
    if card is None:
        raise NotFoundError
    return card


def _line_ends(source: str) -> str:
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _tidied(source: str) -> str:
    """One form of line ends, however a browser or an editor sent them; raises ValidationError `protocol_too_long`."""
    source = _line_ends(source)
    if len(source) > SOURCE_LENGTH_MAX or "\0" in source:
        raise ValidationError(
            "protocol_too_long",
            gettext_noop("A card has at most %(limit)d characters."),
            {"limit": SOURCE_LENGTH_MAX, "fields": {"source": ["length"]}},
        )
    return source


def _draft_require(version: ProtocolVersion) -> None:
    if version.state != ProtocolState.DRAFT:
        raise ConflictError(
            "not_a_draft",
            gettext_noop("Only a draft can be changed or published; make a new draft from this version."),
            {"state": version.state},
        )


def _seen_require(version: ProtocolVersion, seen: str | None) -> None:
    if seen is not None and seen != source_print(version.source):
        raise ConflictError(
            "changed_meanwhile", gettext_noop("Somebody changed this draft meanwhile; look at it again.")
        )


def _audit(actor: Actor, action: str, version: ProtocolVersion) -> None:
    data: dict[str, Any] = {"card": version.card.code, "version": version.number}
    audit_write(
        actor=actor, action=action, object_type=version._meta.label_lower, object_id=version.pk, realm=LIVE, data=data
    )
