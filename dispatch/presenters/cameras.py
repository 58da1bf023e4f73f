"""Cameras of an incident, and candidates."""

from cameras.models import Snapshot
from dispatch.events import (
    CameraPayload,
    CameraWatchPayload,
    IncidentCameraPayload,
    KeptSnapshotPayload,
    MatchCameraPayload,
    MatchEntryPayload,
    MatchPayload,
    ReviewPayload,
    SnapshotPayload,
)
from dispatch.models import CameraWatch, IncidentCamera
from dispatch.presenters.base import moment
from dispatch.rules.reach import speed_m_s
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
        preset=row.preset,
        times_asked=row.times_asked,
        state=row.state,
        fault_code=row.fault_code,
        snapshot=_kept_present(row.snapshot) if row.snapshot else None,
        faces_found=row.faces_found,
        wanted_at=row.wanted_at.isoformat(),
        captured_at=moment(row.captured_at),
        finished_at=moment(row.finished_at),
    )


def watch_present(watch: CameraWatch) -> CameraWatchPayload:
    """A watch; reads the incident's type and the wishes with their cameras."""
    wishes = sorted((wish.camera.code, wish.is_wanted) for wish in watch.wishes.all())
    return CameraWatchPayload(
        id=str(watch.pk),
        incident_id=str(watch.pk),
        origin=watch.origin,
        lat=watch.lat,
        lon=watch.lon,
        error_m=watch.error_m,
        speed_m_s=speed_m_s(watch.incident.type.reach),
        origin_at=watch.origin_at.isoformat(),
        area=[list(corner) for corner in watch.area],
        started_at=watch.started_at.isoformat(),
        stop_at=watch.stop_at.isoformat(),
        ended_at=moment(watch.ended_at),
        end=watch.end,
        extension_reason=watch.extension_reason,
        added=[code for code, is_wanted in wishes if is_wanted],
        removed=[code for code, is_wanted in wishes if not is_wanted],
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
        frames=match.frames,
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


def _kept_present(snapshot: Snapshot) -> KeptSnapshotPayload:
    return KeptSnapshotPayload(
        **_snapshot_present(snapshot).model_dump(),
        derived_at=moment(snapshot.derived_at),
        retention_class=snapshot.retention_class,
        delete_after=moment(snapshot.delete_after),
        deleted_at=moment(snapshot.deleted_at),
    )
