"""Drawn calls, scorecards and reviews for tests."""

from typing import Any

from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from accounts.services.audit import SYSTEM
from common import clock
from dispatch.actions.quality import quality_review
from dispatch.models import QualityDraw, QualityReview, QualitySample, Scorecard, ScorecardItem, ScorecardVersion
from dispatch.selectors.targets import day_start
from dispatch.services.moves import sample_begin
from dispatch.services.quality import Filled
from tests import factories
from tests.dispatch import moments

ITEMS = [
    ("lokasi", "yes_no", 5, True, False), ("kelas", "yes_no", 2, False, False), ("arahan", "yes_no", 1, False, True),
    ("sikap", "rating", 2, False, False),
]  # fmt: skip
GOOD: dict[str, int | None] = {"lokasi": 1, "kelas": 1, "arahan": None, "sikap": 4}
BAD: dict[str, int | None] = {"lokasi": 0, "kelas": 1, "arahan": 1, "sikap": 2}


def scorecard(code: str = "uji", *, state: str = "published") -> ScorecardVersion:
    """A version with four questions; without the one of the migration beside it."""
    Scorecard.objects.exclude(code=code).update(is_active=False)
    card = Scorecard.objects.get_or_create(code=code, defaults={"name_id": "Kartu uji", "name_en": "Trial card"})[0]
    version = ScorecardVersion.objects.create(card=card, number=card.versions.count() + 1, made_at=clock.now())
    for position, (name, kind, weight, is_critical, may_be_skipped) in enumerate(ITEMS, start=1):
        ScorecardItem.objects.create(
            version=version, position=position, code=name, kind=kind, weight=weight, is_critical=is_critical,
            may_be_skipped=may_be_skipped, text_id=f"Soal {name}?", text_en=f"Question {name}?",
        )  # fmt: skip
    if state != "draft":
        version.state, version.published_at = state, clock.now()
        version.save(update_fields=["state", "published_at"])
    return version


@transaction.atomic
def sample(operator: User, **values: Any) -> QualitySample:
    """A call of this operator, drawn on the second of March."""
    realm = factories.live_realm()
    day = moments.EIGHT.date()
    draw = QualityDraw.objects.get_or_create(
        realm=realm, day=day, stratum="daily",
        defaults={
            "seed": "a", "share_percent": 2, "population": 100, "population_print": "0", "drawn": 2,
            "drawn_at": day_start(day),
        },
    )[0]  # fmt: skip
    call = moments.call(0, 5, answered_by=operator)
    row = QualitySample(realm=realm, draw=draw, call=call, operator=operator, drawn_at=moments.moment(0), **values)
    return sample_begin(sample=row, actor=SYSTEM, at=moments.moment(0))


def reviewed(
    operator: User, reviewer: User | None = None, answers: dict[str, int | None] | None = None
) -> QualityReview:
    """A drawn call with its first review."""
    version = ScorecardVersion.objects.filter(card__code="uji", state="published").first() or scorecard()
    return quality_review(
        user=reviewer or factories.user(Role.SUPERVISOR), source="test", realm=factories.live_realm(),
        sample_id=sample(operator).pk, filled=Filled(version.pk, answers or GOOD, "rapi"),
    )  # fmt: skip
