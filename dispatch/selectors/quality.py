"""Reviews as they concern somebody: the work of reviewers, the results of an operator, the spread of a calibration."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from common.errors import NotFoundError
from dispatch.choices.supervision import ReviewKind, SampleState, ScorecardState, ScoreKind
from dispatch.models import Calibration, QualityReview, QualitySample, ScorecardVersion
from dispatch.presenters.quality import (
    calibration_present,
    review_present,
    review_that_holds,
    sample_present,
    scorecard_present,
)
from dispatch.rules.agreement import agreement_share, cohen_kappa, fleiss_kappa
from realtime.models import Realm

SAMPLES = QualitySample.objects.select_related("realm", "draw", "call", "incident__type", "operator")
REVIEWS = QualityReview.objects.select_related("reviewer", "version__card").prefetch_related("answers__item")
CALIBRATIONS = Calibration.objects.select_related("version__card", "opened_by", "sample__call", "sample__operator")
TREND_WEEKS = 26
ROWS_MAX = 200


def scorecards_in_use() -> list[ScorecardVersion]:
    """Versions that can be filled in, with their questions."""
    rows = ScorecardVersion.objects.select_related("card").prefetch_related("items")
    return list(rows.filter(state=ScorecardState.PUBLISHED, card__is_active=True).order_by("card__code"))


def samples_to_review(*, realm: Realm, user: User) -> QuerySet[QualitySample]:
    """What this reviewer can review: waiting, or objected to after somebody else's review; none of their own."""
    first_is_theirs = QualityReview.objects.filter(sample=OuterRef("pk"), reviewer=user, kind=ReviewKind.FIRST)
    work = Q(state=SampleState.WAITING) | Q(state=SampleState.OBJECTED) & ~Exists(first_is_theirs)
    return SAMPLES.filter(work, realm=realm).exclude(operator=user).order_by("drawn_at", "pk")


def samples_of(*, realm: Realm, operator: User) -> QuerySet[QualitySample]:
    """Reviewed calls of an operator, the newest first."""
    reviews = Prefetch("reviews", QualityReview.objects.exclude(kind=ReviewKind.CALIBRATION))
    rows = SAMPLES.filter(realm=realm, operator=operator).exclude(state=SampleState.WAITING)
    return rows.prefetch_related(reviews).order_by("-call__answered_at", "-pk")


def sample_get(*, realm: Realm, sample_id: uuid.UUID, user: User) -> QualitySample:
    """A drawn call for a reviewer, or for its operator once there is a result; raises NotFoundError for all others.

    To the operator of the call it looks as to an operator, whatever other roles they have.
    """
    sample = SAMPLES.filter(realm=realm, pk=sample_id).first()
    if sample is None:
        raise NotFoundError
    if sample.operator_id == user.pk:
        is_shown = sample.state != SampleState.WAITING
    else:
        is_shown = user.may(Permission.QUALITY_REVIEW)
    if not is_shown:
        raise NotFoundError
    return sample


def reviews_of(sample: QualitySample) -> list[QualityReview]:
    """First and second review, as they were made; calibrations are no results."""
    return list(REVIEWS.filter(sample=sample).exclude(kind=ReviewKind.CALIBRATION))


def sample_read(*, realm: Realm, sample_id: uuid.UUID, user: User) -> dict[str, Any]:
    """A drawn call with its reviews and what was said to them."""
    sample = sample_get(realm=realm, sample_id=sample_id, user=user)
    return {
        "sample": sample_present(sample),
        "reviews": [review_present(review) for review in reviews_of(sample)],
        "steps": [
            {
                "state": step.new,
                "actor": str(step.actor) if step.actor else None,
                "note": step.note,
                "occurred_at": step.occurred_at.isoformat(),
            }
            for step in sample.transitions.select_related("actor").order_by("id")
        ],
        "scorecards": [scorecard_present(version) for version in scorecards_in_use()],
    }


@dataclass(frozen=True, slots=True)
class Week:
    """What came of an operator's calls that were reviewed in one week."""

    begins: date
    reviews: int
    passed: int
    mean_percent: Decimal | None


def trend_read(*, realm: Realm, operator: User, at: datetime) -> list[Week]:
    """Weeks with reviews, the oldest first; of each call the review that holds, by the week of the first."""
    since = at - timedelta(weeks=TREND_WEEKS)
    rows = QualityReview.objects.filter(operator=operator, sample__realm=realm, reviewed_at__gte=since)
    by_sample: dict[uuid.UUID, list[QualityReview]] = {}
    for review in rows.exclude(kind=ReviewKind.CALIBRATION).order_by("reviewed_at"):
        by_sample.setdefault(review.sample_id, []).append(review)
    weeks: dict[date, list[QualityReview]] = {}
    for reviews in by_sample.values():
        day = timezone.localdate(reviews[0].reviewed_at)
        holds = review_that_holds(reviews)
        if holds is not None:
            weeks.setdefault(day - timedelta(days=day.weekday()), []).append(holds)
    return [_week(begins, reviews) for begins, reviews in sorted(weeks.items())]


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the reviewers of one calibration are apart. Kappa is of the questions with yes and no alone."""

    reviewers: int
    scores: tuple[Decimal | None, ...]
    agreement: float | None
    kappa: float | None
    kappa_by: str
    differing: tuple[str, ...]


def calibration_get(*, realm: Realm, calibration_id: uuid.UUID, user: User) -> Calibration:
    """A calibration for reviewers, but not for the operator of its call; raises NotFoundError."""
    found = CALIBRATIONS.filter(realm=realm, pk=calibration_id).exclude(sample__operator=user).first()
    if found is None:
        raise NotFoundError
    return found


def calibrations_open(*, realm: Realm, user: User) -> QuerySet[Calibration]:
    """Calibrations in which this reviewer can take part or has taken part."""
    return CALIBRATIONS.filter(realm=realm, closed_at=None).exclude(sample__operator=user)


def calibration_reviews(calibration: Calibration, user: User) -> list[QualityReview]:
    """All once it is closed; before that one's own alone, so that nobody judges by what others found."""
    rows = REVIEWS.filter(calibration=calibration)
    return list(rows if calibration.closed_at else rows.filter(reviewer=user))


def calibration_read(*, realm: Realm, calibration_id: uuid.UUID, user: User) -> dict[str, Any]:
    """A calibration with what may be seen of it."""
    calibration = calibration_get(realm=realm, calibration_id=calibration_id, user=user)
    reviews = calibration_reviews(calibration, user)
    spread = spread_of(reviews) if calibration.closed_at else None
    return {
        "calibration": calibration_present(calibration),
        "reviews": [review_present(review) for review in reviews],
        "reviewers": calibration.reviews.count(),
        "spread": None
        if spread is None
        else {
            "reviewers": spread.reviewers, "agreement": spread.agreement, "kappa": spread.kappa,
            "kappa_by": spread.kappa_by, "differing": list(spread.differing),
        },
    }  # fmt: skip


def spread_of(reviews: list[QualityReview]) -> Spread:
    """Percent agreement over all questions; Cohen's kappa of two reviewers, Fleiss' of more."""
    rows = [{answer.item: answer.value for answer in review.answers.all()} for review in reviews]
    items = sorted(rows[0], key=lambda item: item.position) if rows else []
    table = [[row[item] for row in rows] for item in items]
    yes_no = [line for item, line in zip(items, table, strict=True) if item.kind == ScoreKind.YES_NO]
    kappa, kappa_by = None, ""
    if len(rows) == 2:
        kappa, kappa_by = cohen_kappa([line[0] for line in yes_no], [line[1] for line in yes_no]), "cohen"
    elif len(rows) > 2:
        kappa, kappa_by = fleiss_kappa(yes_no), "fleiss"
    differing = tuple(item.code for item, line in zip(items, table, strict=True) if len(set(line)) > 1)
    scores = tuple(review.score_percent for review in reviews)
    return Spread(len(rows), scores, agreement_share(table), kappa, kappa_by, differing)


def _week(begins: date, reviews: list[QualityReview]) -> Week:
    scores = [review.score_percent for review in reviews if review.score_percent is not None]
    mean = (sum(scores, Decimal()) / len(scores)).quantize(Decimal("0.1")) if scores else None
    return Week(begins, len(reviews), sum(review.is_passed for review in reviews), mean)
