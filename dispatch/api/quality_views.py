"""Drawn calls, reviews and calibrations over HTTP."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.models import User
from accounts.permissions import Permission
from common import clock
from common.errors import NotFoundError
from dispatch.actions import quality as actions
from dispatch.actions.seen import page_seen
from dispatch.api.quality_serializers import (
    AcknowledgeSerializer,
    CalibrationOpenSerializer,
    ObjectionSerializer,
    ScorecardFillSerializer,
)
from dispatch.api.supervision_answers import (
    CalibrationAnswer,
    CalibrationClosedAnswer,
    CalibrationDetailAnswer,
    ResultsAnswer,
    ReviewAnswer,
    SampleAnswer,
    SamplesAnswer,
    SampleStateAnswer,
)
from dispatch.presenters.quality import (
    calibration_present,
    review_present,
    review_that_holds,
    sample_present,
)
from dispatch.selectors.quality import (
    REVIEWS,
    ROWS_MAX,
    calibration_read,
    calibrations_open,
    sample_get,
    sample_read,
    samples_of,
    samples_to_review,
    trend_read,
)
from dispatch.services.quality import Filled
from realtime.api import LiveAPIView

SOURCE = "api"


class SampleListView(LiveAPIView):
    """Calls drawn for review."""

    required_permissions = {"GET": Permission.QUALITY_REVIEW}

    @extend_schema(operation_id="quality_samples_list", responses={200: SamplesAnswer})
    def get(self, request: Request) -> Response:
        """What I can review, the oldest first, and calibrations that are open; none of my own calls."""
        rows = samples_to_review(realm=self.realm, user=self.user)
        return Response(
            {
                "count": rows.count(),
                "samples": [sample_present(row) for row in rows[:ROWS_MAX]],
                "calibrations": [
                    calibration_present(row) for row in calibrations_open(realm=self.realm, user=self.user)
                ],
            }
        )


class SampleView(LiveAPIView):
    """One drawn call."""

    required_permissions = {"GET": Permission.QUALITY_OWN}

    @extend_schema(responses={200: SampleAnswer})
    def get(self, request: Request, sample_id: uuid.UUID) -> Response:
        """For reviewers, and for its operator once there is a result; 404 for all others."""
        sample = sample_get(realm=self.realm, sample_id=sample_id, user=self.user)
        page_seen(user=self.user, realm=self.realm, action="quality_viewed", subject=sample, purpose="quality")
        return Response(sample_read(realm=self.realm, sample_id=sample_id, user=self.user))


class SampleReviewView(LiveAPIView):
    """Reviewing a drawn call."""

    required_permissions = {"POST": Permission.QUALITY_REVIEW}

    @extend_schema(request=ScorecardFillSerializer, responses={201: ReviewAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, sample_id: uuid.UUID) -> Response:
        """The first review, or the second after an objection; 409 `already_reviewed`, `second_by_another`."""
        review = actions.quality_review(
            user=self.user, source=SOURCE, realm=self.realm, sample_id=sample_id, filled=_filled(self)
        )
        return Response(review_present(REVIEWS.get(pk=review.pk)), status=201)


class SampleAcknowledgeView(LiveAPIView):
    """An operator's answer."""

    required_permissions = {"POST": Permission.QUALITY_OWN}

    @extend_schema(request=AcknowledgeSerializer, responses={200: SampleStateAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, sample_id: uuid.UUID) -> Response:
        """Seen, with a word to it if there is one."""
        sample = actions.quality_acknowledge(
            user=self.user, source=SOURCE, realm=self.realm, sample_id=sample_id, **self.taken(AcknowledgeSerializer)
        )
        return Response({"id": str(sample.pk), "state": sample.state})


class SampleObjectionView(LiveAPIView):
    """An operator's objection."""

    required_permissions = {"POST": Permission.QUALITY_OWN}

    @extend_schema(request=ObjectionSerializer, responses={200: SampleStateAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, sample_id: uuid.UUID) -> Response:
        """Once, with a reason; somebody else reviews the call a second time."""
        sample = actions.quality_object(
            user=self.user, source=SOURCE, realm=self.realm, sample_id=sample_id, **self.taken(ObjectionSerializer)
        )
        return Response({"id": str(sample.pk), "state": sample.state})


class SampleCalibrationView(LiveAPIView):
    """Calibrations of a drawn call."""

    required_permissions = {"POST": Permission.QUALITY_REVIEW}

    @extend_schema(request=CalibrationOpenSerializer, responses={201: CalibrationAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, sample_id: uuid.UUID) -> Response:
        """Open one; 409 `calibration_running`."""
        found = actions.calibration_open(
            user=self.user, source=SOURCE, realm=self.realm, sample_id=sample_id,
            version_id=self.taken(CalibrationOpenSerializer)["version"],
        )  # fmt: skip
        return Response(calibration_present(found), status=201)


class CalibrationView(LiveAPIView):
    """One calibration."""

    required_permissions = {"GET": Permission.QUALITY_REVIEW}

    @extend_schema(responses={200: CalibrationDetailAnswer})
    def get(self, request: Request, calibration_id: uuid.UUID) -> Response:
        """While it is open one's own scorecard alone; all of them, and how far they agree, once it is closed."""
        return Response(calibration_read(realm=self.realm, calibration_id=calibration_id, user=self.user))


class CalibrationReviewView(LiveAPIView):
    """Taking part in a calibration."""

    required_permissions = {"POST": Permission.QUALITY_REVIEW}

    @extend_schema(request=ScorecardFillSerializer, responses={201: ReviewAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, calibration_id: uuid.UUID) -> Response:
        """One scorecard of each reviewer; 409 `already_reviewed`, `calibration_closed`."""
        review = actions.calibration_review(
            user=self.user, source=SOURCE, realm=self.realm, calibration_id=calibration_id, filled=_filled(self)
        )
        return Response(review_present(REVIEWS.get(pk=review.pk)), status=201)


class CalibrationCloseView(LiveAPIView):
    """Ending a calibration."""

    required_permissions = {"POST": Permission.QUALITY_REVIEW}

    @extend_schema(request=None, responses={200: CalibrationClosedAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, calibration_id: uuid.UUID) -> Response:
        """Everybody sees what each found."""
        found = actions.calibration_close(
            user=self.user, source=SOURCE, realm=self.realm, calibration_id=calibration_id
        )
        return Response({"id": str(found.pk), "closed_at": found.closed_at and found.closed_at.isoformat()})


class ResultListView(LiveAPIView):
    """What came of an operator's calls."""

    required_permissions = {"GET": Permission.QUALITY_OWN}

    @extend_schema(
        responses={200: ResultsAnswer},
        parameters=[OpenApiParameter("operator", str, description="a user name; for reviewers. Oneself if left out")],
    )
    def get(self, request: Request) -> Response:
        """Weeks and the newest results; one's own, and for reviewers those of others."""
        operator = self._operator(request.query_params.get("operator", ""))
        weeks = trend_read(realm=self.realm, operator=operator, at=clock.now())
        rows = samples_of(realm=self.realm, operator=operator)[:ROWS_MAX]
        return Response(
            {
                "operator": str(operator),
                "weeks": [
                    {
                        "begins": week.begins.isoformat(),
                        "reviews": week.reviews,
                        "passed": week.passed,
                        "mean_percent": None if week.mean_percent is None else float(week.mean_percent),
                    }
                    for week in weeks
                ],
                "results": [_result(row) for row in rows],
            }
        )

    def _operator(self, username: str) -> User:
        if username in {"", self.user.username}:
            return self.user
        found = User.objects.filter(username=username.replace("\0", "")).first()
        if found is None or not self.user.may(Permission.QUALITY_REVIEW):
            raise NotFoundError
        return found


def _result(sample: Any) -> dict[str, Any]:
    holds = review_that_holds(list(sample.reviews.all()))
    score = holds.score_percent if holds else None
    found = {"score_percent": None if score is None else float(score), "is_passed": bool(holds and holds.is_passed)}
    return sample_present(sample) | found


def _filled(view: LiveAPIView) -> Filled:
    taken = view.taken(ScorecardFillSerializer)
    return Filled(taken["version"], taken["answers"], taken["comment"])
