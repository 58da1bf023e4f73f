"""Reviewing drawn calls, answering to reviews, calibrating."""

import uuid

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from dispatch.actions.base import record
from dispatch.models import Calibration, QualityReview, QualitySample
from dispatch.publish import tell_quality
from dispatch.services.quality import (
    Filled,
    calibration_locked,
    own_refuse,
    review_acknowledge,
    review_object,
    review_write,
    sample_locked,
)
from dispatch.services.quality import calibration_close as calibration_close_write
from dispatch.services.quality import calibration_open as calibration_open_write
from dispatch.services.quality import calibration_review as calibration_review_write
from realtime.models import Realm


def quality_review(*, user: User, source: str, realm: Realm, sample_id: uuid.UUID, filled: Filled) -> QualityReview:
    """Fill the scorecard of a drawn call, or a second one after an objection."""
    require(user, Permission.QUALITY_REVIEW)
    with transaction.atomic():
        actor = Actor(user, source)
        sample = sample_locked(realm=realm, sample_id=sample_id)
        review = review_write(sample=sample, filled=filled, reviewer=user, actor=actor, at=clock.now())
        record(actor, "quality_reviewed", sample, realm, {"review": str(review.pk), "kind": review.kind})
        tell_quality(realm, sample)
    return review


def quality_acknowledge(*, user: User, source: str, realm: Realm, sample_id: uuid.UUID, note: str) -> QualitySample:
    """The operator has seen the result of their call."""
    require(user, Permission.QUALITY_OWN)
    with transaction.atomic():
        actor = Actor(user, source)
        sample = sample_locked(realm=realm, sample_id=sample_id)
        review_acknowledge(sample=sample, user=user, actor=actor, at=clock.now(), note=note)
        record(actor, "quality_acknowledged", sample, realm)
        tell_quality(realm, sample)
    return sample


def quality_object(*, user: User, source: str, realm: Realm, sample_id: uuid.UUID, reason: str) -> QualitySample:
    """The operator objects: somebody else reviews the call a second time."""
    require(user, Permission.QUALITY_OWN)
    with transaction.atomic():
        actor = Actor(user, source)
        sample = sample_locked(realm=realm, sample_id=sample_id)
        review_object(sample=sample, user=user, actor=actor, at=clock.now(), reason=reason)
        record(actor, "quality_objected", sample, realm)
        tell_quality(realm, sample)
    return sample


def calibration_open(
    *, user: User, source: str, realm: Realm, sample_id: uuid.UUID, version_id: uuid.UUID
) -> Calibration:
    """Have several reviewers judge one drawn call, each without the others."""
    require(user, Permission.QUALITY_REVIEW)
    with transaction.atomic():
        sample = sample_locked(realm=realm, sample_id=sample_id)
        own_refuse(sample, user)
        calibration = calibration_open_write(sample=sample, version_id=version_id, user=user, at=clock.now())
        record(Actor(user, source), "calibration_opened", calibration, realm, {"sample": str(sample.pk)})
        tell_quality(realm, sample)
    return calibration


def calibration_review(
    *, user: User, source: str, realm: Realm, calibration_id: uuid.UUID, filled: Filled
) -> QualityReview:
    """Fill the scorecard of a calibration."""
    require(user, Permission.QUALITY_REVIEW)
    with transaction.atomic():
        found = calibration_locked(realm=realm, calibration_id=calibration_id)
        review = calibration_review_write(calibration=found, filled=filled, reviewer=user, at=clock.now())
        record(Actor(user, source), "calibration_reviewed", found, realm, {"review": str(review.pk)})
        tell_quality(realm, found.sample)
    return review


def calibration_close(*, user: User, source: str, realm: Realm, calibration_id: uuid.UUID) -> Calibration:
    """Show everybody what each found."""
    require(user, Permission.QUALITY_REVIEW)
    with transaction.atomic():
        found = calibration_locked(realm=realm, calibration_id=calibration_id)
        own_refuse(found.sample, user)
        calibration_close_write(calibration=found, at=clock.now())
        record(Actor(user, source), "calibration_closed", found, realm)
        tell_quality(realm, found.sample)
    return found
