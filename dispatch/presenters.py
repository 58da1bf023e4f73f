"""Rows as the consoles and the API see them; one form for both, so that state plus events equals a fresh state."""

from datetime import datetime
from typing import Any

from cameras.models import Snapshot
from dispatch.events import (
    CallPayload,
    CameraPayload,
    IncidentCameraPayload,
    IncidentPayload,
    MatchCameraPayload,
    MatchEntryPayload,
    MatchPayload,
    ReviewPayload,
    SnapshotPayload,
    TimelinePayload,
)
from dispatch.models import Call, Incident, IncidentCamera, IncidentType, TimelineEntry
from recognition.choices import OPEN_MATCH_STATES
from recognition.models import CandidateMatch, Review


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def call_present(call: Call) -> CallPayload:
    """A call; reads `answered_by`."""
    return CallPayload(
        id=str(call.pk),
        number=call.number,
        state=call.state,
        medium=call.medium,
        caller_number=call.caller_number,
        incident_id=str(call.incident_id) if call.incident_id else None,
        answered_by=str(call.answered_by) if call.answered_by else None,
        arrived_at=call.arrived_at.isoformat(),
        answered_at=_moment(call.answered_at),
        ended_at=_moment(call.ended_at),
    )


def incident_present(incident: Incident) -> IncidentPayload:
    """An incident; reads `type`, `place` and `opened_by`."""
    return IncidentPayload(
        id=str(incident.pk),
        number=incident.number,
        type=incident.type.code,
        priority=incident.priority,
        state=incident.state,
        place_text=incident.place_text,
        place=incident.place.code if incident.place else None,
        lat=incident.lat,
        lon=incident.lon,
        radius_m=incident.radius_m,
        summary=incident.summary,
        caller_name=incident.caller_name,
        caller_number=incident.caller_number,
        rounds_wanted=incident.rounds_wanted,
        rounds_assigned=incident.rounds_assigned,
        revision=incident.revision,
        opened_by=str(incident.opened_by),
        opened_at=incident.opened_at.isoformat(),
        changed_at=incident.changed_at.isoformat(),
    )


def incident_type_present(kind: IncidentType) -> dict[str, Any]:
    """A type as the form needs it."""
    return {
        "code": kind.code,
        "name_id": kind.name_id,
        "name_en": kind.name_en,
        "default_priority": kind.default_priority,
        "face_matching_allowed": kind.face_matching_allowed,
    }


def timeline_present(entry: TimelineEntry) -> TimelinePayload:
    """A line of the timeline; reads `author`."""
    return TimelinePayload(
        id=str(entry.pk),
        incident_id=str(entry.incident_id),
        kind=entry.kind,
        text=entry.text,
        data=entry.data,
        author=str(entry.author) if entry.author else None,
        occurred_at=entry.occurred_at.isoformat(),
    )


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
        captured_at=_moment(row.captured_at),
        finished_at=_moment(row.finished_at),
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
        settled_at=_moment(match.settled_at),
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
