"""Drawn calls, reviews and calibrations in the form that leaves the house."""

from collections.abc import Sequence
from typing import Any

from dispatch.choices.supervision import ReviewKind
from dispatch.events import QualityPayload
from dispatch.models import Calibration, QualityReview, QualitySample, ScorecardVersion
from dispatch.presenters.base import moment


def quality_present(sample: QualitySample) -> QualityPayload:
    """What everybody may hear of it."""
    return QualityPayload(id=str(sample.pk), state=sample.state)


def sample_present(sample: QualitySample) -> dict[str, Any]:
    """A drawn call; reads `call`, `incident`, `operator` and `draw`."""
    return {
        "id": str(sample.pk),
        "call_id": str(sample.call_id),
        "call_number": sample.call.number,
        "call_class": sample.call.call_class,
        "incident_id": str(sample.incident_id) if sample.incident_id else None,
        "operator": str(sample.operator),
        "state": sample.state,
        "day": sample.draw.day.isoformat(),
        "stratum": sample.draw.stratum,
        "drawn_at": sample.drawn_at.isoformat(),
    }


def review_present(review: QualityReview) -> dict[str, Any]:
    """A filled scorecard; reads `reviewer`, `version__card` and `answers__item`."""
    return {
        "id": str(review.pk),
        "kind": review.kind,
        "reviewer": str(review.reviewer),
        "scorecard": review.version.card.code,
        "version": review.version.number,
        "score_percent": None if review.score_percent is None else float(review.score_percent),
        "failed_critical": review.failed_critical,
        "is_passed": review.is_passed,
        "comment": review.comment,
        "reviewed_at": review.reviewed_at.isoformat(),
        "answers": {answer.item.code: answer.value for answer in review.answers.all()},
    }


def scorecard_present(version: ScorecardVersion) -> dict[str, Any]:
    """A version with its questions; reads `card` and `items`."""
    return {
        "id": str(version.pk),
        "code": version.card.code,
        "name_id": version.card.name_id,
        "name_en": version.card.name_en,
        "version": version.number,
        "pass_percent": version.pass_percent,
        "items": [
            {
                "code": item.code,
                "kind": item.kind,
                "text_id": item.text_id,
                "text_en": item.text_en,
                "weight": item.weight,
                "is_critical": item.is_critical,
                "may_be_skipped": item.may_be_skipped,
            }
            for item in version.items.all()
        ],
    }


def calibration_present(calibration: Calibration) -> dict[str, Any]:
    """A calibration without what was found; reads `version__card` and `opened_by`."""
    return {
        "id": str(calibration.pk),
        "sample_id": str(calibration.sample_id),
        "scorecard": calibration.version.card.code,
        "version": calibration.version.number,
        "opened_by": str(calibration.opened_by),
        "opened_at": calibration.opened_at.isoformat(),
        "closed_at": moment(calibration.closed_at),
    }


def review_that_holds(reviews: Sequence[QualityReview]) -> QualityReview | None:
    """The second review where there is one, else the first."""
    by_kind = {review.kind: review for review in reviews}
    return by_kind.get(ReviewKind.SECOND) or by_kind.get(ReviewKind.FIRST)
