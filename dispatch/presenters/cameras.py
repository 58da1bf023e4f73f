"""Cameras of an incident, and candidates."""

from cameras.models import Snapshot
from dispatch.events import (
    CameraPayload,
    IncidentCameraPayload,
    MatchCameraPayload,
    MatchEntryPayload,
    MatchPayload,
    ReviewPayload,
    SnapshotPayload,
)
from dispatch.models import IncidentCamera
from dispatch.presenters.base import moment
from recognition.choices import OPEN_MATCH_STATES
from recognition.models import CandidateMatch, Review


def incident_camera_present(row: IncidentCamera) -> IncidentCameraPayload:
    """A camera of an incident; reads `camera` and `snapshot`."""
    camera = row.camera
    return IncidentCameraPayload(
        id=str(row.pk),
        incident_id=str(row.incident_id),
        camera=CameraPayload(
            code=camera.code,
            name=camera.name,
            lat=camera.lat,
            lon=camera.lon,
            heading_deg=camera.heading_deg,
            hfov_deg=camera.hfov_deg,
            range_m=camera.range_m,
        ),
        round=row.round,
        rank=row.rank,
        distance_m=row.distance_m,
        reasons=list(row.reasons),
        state=row.state,
        fault_code=row.fault_code,
        snapshot=_snapshot_present(row.snapshot) if row.snapshot else None,
        faces_found=row.faces_found,
        wanted_at=row.wanted_at.isoformat(),
        captured_at=moment(row.captured_at),
        finished_at=moment(row.finished_at),
    )


def match_present(match: CandidateMatch) -> MatchPayload:
    """A candidate; reads `snapshot`, `camera`, `entry` and the reviews with their reviewers."""
    reviews = list(match.reviews.all())
    is_open = match.state in OPEN_MATCH_STATES
    return MatchPayload(
        id=str(match.pk),
        incident_id=str(match.incident_id),
        snapshot=_snapshot_present(match.snapshot),
        camera=MatchCameraPayload(code=match.camera.code, name=match.camera.name),
        entry=MatchEntryPayload(
            label=match.entry.label,
            kind=match.entry.kind,
            is_minor=match.entry.is_minor,
            expires_at=match.entry.expires_at.isoformat(),
        ),
        tier=match.tier,
        state=match.state,
        raw_score=match.raw_score,
        normalised_score=match.normalised_score,
        threshold=match.threshold,
        expected_false_candidates=match.expected_false_candidates,
        box=list(match.box),
        quality=dict(match.quality),
        engine=match.engine,
        engine_version=match.engine_version,
        proposed_at=match.proposed_at.isoformat(),
        expires_at=match.expires_at.isoformat(),
        settled_at=moment(match.settled_at),
        review_count=len(reviews),
        reviews=[] if is_open else [_review_present(review) for review in reviews],
    )


def _review_present(review: Review) -> ReviewPayload:
    return ReviewPayload(
        reviewer=str(review.reviewer),
        decision=review.decision,
        reason=review.reason,
        note=review.note,
        reviewed_at=review.reviewed_at.isoformat(),
    )


def _snapshot_present(snapshot: Snapshot) -> SnapshotPayload:
    return SnapshotPayload(
        id=str(snapshot.pk),
        width=snapshot.width,
        height=snapshot.height,
        received_at=snapshot.received_at.isoformat(),
        is_original=snapshot.is_original,
    )
