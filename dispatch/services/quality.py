"""Writing reviews of drawn calls, what operators say to them, and calibrations.

Nobody reviews a call of their own; of two who review at once one is first, by constraint.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.audit import Actor
from common.errors import ConflictError, NotFoundError, TerminalError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices.supervision import ReviewKind, SampleState, ScorecardState
from dispatch.models import Calibration, QualityAnswer, QualityReview, QualitySample, ScorecardVersion
from dispatch.rules.scorecards import Item, answers_check, score
from dispatch.services.moves import sample_move
from realtime.models import Realm

SAMPLE_RELATED = ("realm", "call", "incident", "operator")


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled scorecard: of which version, an answer for the code of every question, and a comment."""

    version_id: uuid.UUID
    answers: Mapping[str, int | None]
    comment: str = ""


def sample_locked(*, realm: Realm, sample_id: uuid.UUID) -> QualitySample:
    """The row, locked until the transaction ends; raises NotFoundError."""
    sample = locked(QualitySample.objects.filter(realm=realm, pk=sample_id), *SAMPLE_RELATED)
    if sample is None:
        raise NotFoundError
    return sample


def review_write(*, sample: QualitySample, filled: Filled, reviewer: User, actor: Actor, at: datetime) -> QualityReview:
    """The first review of a drawn call, or the second after an objection. `sample` must be locked.

    Raises ConflictError `already_reviewed`, `second_by_another`, TerminalError `own_call`, ValidationError.
    """
    own_refuse(sample, reviewer)
    if sample.state == SampleState.WAITING:
        kind, to = ReviewKind.FIRST, SampleState.REVIEWED
    elif sample.state == SampleState.OBJECTED:
        kind, to = ReviewKind.SECOND, SampleState.SETTLED
    else:
        raise ConflictError(
            "already_reviewed", gettext_noop("Somebody has reviewed this call already."), {"state": sample.state}
        )
    if kind == ReviewKind.SECOND and sample.reviews.filter(kind=ReviewKind.FIRST, reviewer=reviewer).exists():
        raise ConflictError(
            "second_by_another", gettext_noop("The second review is made by somebody else than the first.")
        )
    version = version_in_use(version_id=filled.version_id)
    review = _filled(sample=sample, version=version, kind=kind, filled=filled, reviewer=reviewer, at=at)
    sample_move(sample=sample, to=to, actor=actor, at=at)
    return review


def review_acknowledge(*, sample: QualitySample, user: User, actor: Actor, at: datetime, note: str) -> QualitySample:
    """The operator has seen the result. `sample` must be locked; raises NotFoundError for somebody else's."""
    operator_require(sample, user)
    return sample_move(sample=sample, to=SampleState.ACKNOWLEDGED, actor=actor, at=at, note=note)


def review_object(*, sample: QualitySample, user: User, actor: Actor, at: datetime, reason: str) -> QualitySample:
    """The operator objects to the first review, with a reason. `sample` must be locked."""
    operator_require(sample, user)
    if not reason.strip():
        raise ValidationError("reason_missing", gettext_noop("Say why."), {"fields": {"reason": ["reason"]}})
    return sample_move(sample=sample, to=SampleState.OBJECTED, actor=actor, at=at, note=reason)


def calibration_open(*, sample: QualitySample, version_id: uuid.UUID, user: User, at: datetime) -> Calibration:
    """Have a drawn call judged by several. `sample` must be locked; raises ConflictError `calibration_running`."""
    version = version_in_use(version_id=version_id)
    try:
        with transaction.atomic():
            return Calibration.objects.create(
                realm=sample.realm, sample=sample, version=version, opened_by=user, opened_at=at
            )
    except IntegrityError as error:  # one open at a time, by constraint
        raise ConflictError("calibration_running", gettext_noop("This call is being calibrated already.")) from error


def calibration_locked(*, realm: Realm, calibration_id: uuid.UUID) -> Calibration:
    """The row, locked until the transaction ends; raises NotFoundError."""
    found = locked(
        Calibration.objects.filter(realm=realm, pk=calibration_id), "realm", "version__card", "sample__operator"
    )
    if found is None:
        raise NotFoundError
    return found


def calibration_review(*, calibration: Calibration, filled: Filled, reviewer: User, at: datetime) -> QualityReview:
    """One reviewer's scorecard, each once. `calibration` must be locked; it has no effect on the operator."""
    own_refuse(calibration.sample, reviewer)
    _running_require(calibration)
    if filled.version_id != calibration.version_id:
        raise _changed()
    if calibration.reviews.filter(reviewer=reviewer).exists():
        raise ConflictError("already_reviewed", gettext_noop("You have reviewed this call already."))
    return _filled(
        sample=calibration.sample, version=calibration.version, kind=ReviewKind.CALIBRATION, filled=filled,
        reviewer=reviewer, at=at, calibration=calibration,
    )  # fmt: skip


def calibration_close(*, calibration: Calibration, at: datetime) -> Calibration:
    """Show all what each found. `calibration` must be locked."""
    _running_require(calibration)
    calibration.closed_at = at
    calibration.save(update_fields=["closed_at"])
    return calibration


def own_refuse(sample: QualitySample, reviewer: User) -> None:
    """Raise TerminalError `own_call` where somebody would judge their own conversation."""
    if sample.operator_id == reviewer.pk:
        raise TerminalError("own_call", gettext_noop("Nobody reviews a call of their own."))


def operator_require(sample: QualitySample, user: User) -> None:
    """Raise NotFoundError for everybody but the operator, and for them until there is a result."""
    if sample.operator_id != user.pk or sample.state == SampleState.WAITING:
        raise NotFoundError


def version_in_use(*, version_id: uuid.UUID) -> ScorecardVersion:
    """The version, if it is in use; raises ConflictError `scorecard_changed` with what to do."""
    rows = ScorecardVersion.objects.select_related("card").filter(pk=version_id)
    version = rows.filter(state=ScorecardState.PUBLISHED, card__is_active=True).first()
    if version is None:
        raise _changed()
    return version


def items_of(version: ScorecardVersion) -> list[Item]:
    """The questions of a version as the rules take them."""
    return [
        Item(row.code, row.kind, row.weight, is_critical=row.is_critical, may_be_skipped=row.may_be_skipped)
        for row in version.items.all()
    ]


def _filled(
    *, sample: QualitySample, version: ScorecardVersion, kind: ReviewKind, filled: Filled, reviewer: User,
    at: datetime, calibration: Calibration | None = None,
) -> QualityReview:  # fmt: skip
    items = items_of(version)
    answers_check(items, filled.answers)
    found = score(items, filled.answers, pass_percent=version.pass_percent)
    review = QualityReview.objects.create(
        sample=sample, kind=kind, calibration=calibration, version=version, reviewer=reviewer,
        operator=sample.operator, score_percent=found.percent, failed_critical=found.failed_critical,
        is_passed=found.is_passed, comment=filled.comment, reviewed_at=at,
    )  # fmt: skip
    QualityAnswer.objects.bulk_create(
        QualityAnswer(review=review, item=row, value=filled.answers[row.code]) for row in version.items.all()
    )
    return review


def _running_require(calibration: Calibration) -> None:
    if calibration.closed_at is not None:
        raise ConflictError("calibration_closed", gettext_noop("This calibration is closed."))


def _changed() -> ConflictError:
    return ConflictError(
        "scorecard_changed", gettext_noop("This scorecard is no longer in use; open the page again for the new one.")
    )
