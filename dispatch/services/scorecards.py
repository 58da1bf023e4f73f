"""Versions of scorecards: a draft is written in the admin, a published one is never changed."""

import uuid
from datetime import datetime

from django.db.models import Max

from accounts.models import User
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices.supervision import ScorecardState
from dispatch.models import Scorecard, ScorecardItem, ScorecardVersion

COPIED = ("position", "code", "kind", "text_id", "text_en", "weight", "is_critical", "may_be_skipped")


def number_next(*, card: Scorecard) -> int:
    """The number of the next version; the card stays locked until the transaction ends."""
    locked(Scorecard.objects.filter(pk=card.pk))
    return (card.versions.aggregate(Max("number"))["number__max"] or 0) + 1


def version_copy(*, version_id: uuid.UUID, user: User, at: datetime) -> ScorecardVersion:
    """A draft with the same questions; raises NotFoundError."""
    origin = ScorecardVersion.objects.select_related("card").filter(pk=version_id).first()
    if origin is None:
        raise NotFoundError
    made = ScorecardVersion.objects.create(
        card=origin.card, number=number_next(card=origin.card), pass_percent=origin.pass_percent, made_by=user,
        made_at=at,
    )  # fmt: skip
    ScorecardItem.objects.bulk_create(
        ScorecardItem(version=made, **{name: getattr(item, name) for name in COPIED}) for item in origin.items.all()
    )
    return made


def version_publish(*, version_id: uuid.UUID, user: User, at: datetime) -> ScorecardVersion:
    """Use a draft from now on; raises ConflictError `not_a_draft`, ValidationError `scorecard_empty`."""
    version = draft_locked(version_id=version_id)
    if not version.items.exists():
        raise ValidationError("scorecard_empty", gettext_noop("A scorecard needs at least one question."))
    version.card.versions.filter(state=ScorecardState.PUBLISHED).update(state=ScorecardState.RETIRED)
    version.state, version.published_by, version.published_at = ScorecardState.PUBLISHED, user, at
    version.save(update_fields=["state", "published_by", "published_at"])
    return version


def draft_locked(*, version_id: uuid.UUID) -> ScorecardVersion:
    """A draft, locked with its card until the transaction ends; raises NotFoundError, ConflictError `not_a_draft`."""
    rows = ScorecardVersion.objects.filter(pk=version_id)
    card_id = rows.values_list("card_id", flat=True).first()
    if card_id is None:
        raise NotFoundError
    locked(Scorecard.objects.filter(pk=card_id))
    version = locked(rows, "card")
    if version is None:
        raise NotFoundError
    if version.state != ScorecardState.DRAFT:
        raise ConflictError(
            "not_a_draft",
            gettext_noop("Only a draft can be changed or published; make a new draft from this version."),
            {"state": version.state},
        )
    return version
