"""The review of calls: work for reviewers, results for operators."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import User
from accounts.permissions import Permission
from common import clock
from common.errors import NotFoundError
from dispatch.actions.seen import page_seen
from dispatch.choices import CallState
from dispatch.choices.supervision import SampleState, ScoreKind
from dispatch.models import QualityReview, QualitySample
from dispatch.presenters.quality import review_that_holds
from dispatch.presenters.story import label_of, source_words
from dispatch.selectors.quality import (
    CALIBRATIONS,
    calibration_get,
    calibration_reviews,
    calibrations_open,
    reviews_of,
    sample_get,
    samples_of,
    samples_to_review,
    scorecards_in_use,
    spread_of,
    trend_read,
)
from dispatch.views.base import ROWS_MAX, live, needs, show, user_of

OPERATORS_MAX = 300


@needs(Permission.QUALITY_OWN)
def quality(request: HttpRequest) -> HttpResponse:
    """What a reviewer has to do, and everybody's own results."""
    realm, user = live(), user_of(request)
    context: dict[str, Any] = {**_results(realm, user), "is_reviewer": user.may(Permission.QUALITY_REVIEW)}
    if context["is_reviewer"]:
        waiting = samples_to_review(realm=realm, user=user)
        closed = CALIBRATIONS.filter(realm=realm, closed_at__isnull=False).exclude(sample__operator=user)
        reviewed = QualitySample.objects.filter(realm=realm).exclude(state=SampleState.WAITING)
        context |= {
            "waiting": waiting[:ROWS_MAX],
            "waiting_count": waiting.count(),
            "calibrations": calibrations_open(realm=realm, user=user),
            "calibrated": closed[:20],
            "operators": User.objects.filter(pk__in=reviewed.values("operator")).exclude(pk=user.pk)[:OPERATORS_MAX],
        }
    return show(request, "work/quality/index.html", context, realm=realm)


@needs(Permission.QUALITY_OWN)
def sample(request: HttpRequest, sample_id: uuid.UUID) -> HttpResponse:
    """One drawn call: what happened, a scorecard to fill in, what was found and what was said to it."""
    realm, user = live(), user_of(request)
    try:
        found = sample_get(realm=realm, sample_id=sample_id, user=user)
    except NotFoundError as error:
        raise Http404 from error
    page_seen(user=user, realm=realm, action="quality_viewed", subject=found, purpose="quality")
    is_own, reviews, versions = found.operator_id == user.pk, reviews_of(found), scorecards_in_use()
    chosen = [version for version in versions if version.card.code == request.GET.get("card")] or versions
    can_review = (
        not is_own
        and found.state in {SampleState.WAITING, SampleState.OBJECTED}
        and all(review.reviewer_id != user.pk for review in reviews)
    )
    context = {
        "sample": found,
        "is_own": is_own,
        "can_review": can_review,
        "can_object": is_own and found.state == SampleState.REVIEWED,
        "can_acknowledge": is_own and found.state in {SampleState.REVIEWED, SampleState.SETTLED},
        "can_calibrate": not is_own and not found.calibrations.filter(closed_at=None).exists(),
        "reviews": [_review(review) for review in reviews],
        "steps": _call_steps(found),
        "said": list(found.transitions.exclude(note="").select_related("actor").order_by("id")),
        "scorecards": versions,
        "version": chosen[0] if chosen else None,
    }
    return show(request, "work/quality/sample.html", context, realm=realm)


@needs(Permission.QUALITY_REVIEW)
def calibration(request: HttpRequest, calibration_id: uuid.UUID) -> HttpResponse:
    """One calibration: a scorecard to fill in, and how far the reviewers agree once it is closed."""
    realm, user = live(), user_of(request)
    try:
        found = calibration_get(realm=realm, calibration_id=calibration_id, user=user)
    except NotFoundError as error:
        raise Http404 from error
    page_seen(user=user, realm=realm, action="calibration_viewed", subject=found, purpose="quality")
    reviews = calibration_reviews(found, user)
    rows = [{answer.item_id: answer.value for answer in review.answers.all()} for review in reviews]
    items = list(found.version.items.all())
    context = {
        "calibration": found,
        "items": items,
        "table": [(item, [_answer_words(item.kind, row.get(item.pk)) for row in rows]) for item in items],
        "reviews": reviews,
        "reviewer_count": found.reviews.count(),
        "can_review": found.closed_at is None and all(review.reviewer_id != user.pk for review in reviews),
        "spread": spread_of(reviews) if found.closed_at else None,
    }
    return show(request, "work/quality/calibration.html", context, realm=realm)


@needs(Permission.QUALITY_REVIEW)
def operator(request: HttpRequest, user_id: int) -> HttpResponse:
    """The results of one operator, for reviewers."""
    realm = live()
    who = User.objects.filter(pk=user_id).first()
    if who is None:
        raise Http404
    page_seen(user=user_of(request), realm=realm, action="quality_trend_viewed", subject=who, purpose="quality")
    return show(request, "work/quality/operator.html", {"who": who, **_results(realm, who)}, realm=realm)


def _results(realm: Any, who: User) -> dict[str, Any]:
    rows = samples_of(realm=realm, operator=who)[:ROWS_MAX]
    return {
        "results": [(row, review_that_holds(list(row.reviews.all()))) for row in rows],
        "weeks": trend_read(realm=realm, operator=who, at=clock.now()),
    }


def _review(review: QualityReview) -> dict[str, Any]:
    answers = [(answer.item, _answer_words(answer.item.kind, answer.value)) for answer in review.answers.all()]
    return {"row": review, "answers": answers}


def _answer_words(kind: str, value: int | None) -> str:
    if value is None:
        return "–"
    if kind == ScoreKind.YES_NO:
        return "✓" if value else "✕"
    return f"{value}/4"


def _call_steps(found: QualitySample) -> list[dict[str, Any]]:
    return [
        {
            "at": step.occurred_at,
            "state": label_of(CallState, step.new),
            "by": step.actor or source_words(step.source),
        }
        for step in found.call.transitions.select_related("actor").order_by("id")
    ]
