"""Looking for those who are sought in one picture. Of everybody else nothing but a count is kept."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.db.models import Q

from cameras.models import Snapshot
from common import clock
from recognition.choices import EntryState, MatchTier
from recognition.engine.decision import Tier, expected_false_candidates, propose
from recognition.engine.gallery import Gallery, Hit
from recognition.engine.manifest import manifest_read
from recognition.engine.types import FaceEngine, FaceObservation, Masks, Observation
from recognition.models import CandidateMatch, FaceAnalysis, WatchlistPhoto
from recognition.services.repeats import earlier_of, taken_up
from recognition.services.watchlist import vector_of

MATCH_LIFETIME = timedelta(minutes=30)
CANDIDATES_MAX = 5


@dataclass(frozen=True, slots=True)
class Findings:
    """What the engine made of one picture, before anything is written."""

    observation: Observation
    comparisons: int
    hits: tuple[tuple[FaceObservation, Hit], ...]


def gallery_for(*, incident_id: uuid.UUID, realm_id: int, engine: FaceEngine) -> Gallery:
    """All who may be sought in this incident now: approved, begun, not ended, of this realm and this engine."""
    at = clock.now()
    photos = WatchlistPhoto.objects.filter(
        Q(entry__incident_id__isnull=True) | Q(entry__incident_id=incident_id),
        entry__realm_id=realm_id,
        entry__state=EntryState.ACTIVE,
        entry__valid_from__lte=at,
        entry__expires_at__gt=at,
        engine=engine.name,
        engine_version=engine.version,
    ).order_by("entry_id", "id")
    spec = manifest_read().engines[engine.name]
    vectors = [vector_of(photo) for photo in photos]
    return Gallery(
        engine=engine.name,
        version=engine.version,
        spec=spec,
        entry_ids=[str(photo.entry_id) for photo in photos],
        vectors=np.array(vectors, np.float32).reshape(-1, spec.dimension),
    )


def picture_search(*, picture: bytes, gallery: Gallery, engine: FaceEngine, masks: Masks = ()) -> Findings:
    """Observe and search outside the camera's privacy masks; touches no row. Raises PictureRefused."""
    observation = engine.observe(picture, masks)
    faces = [(face, face.vector) for face in observation.faces if face.vector is not None]
    hits = gallery.search(np.array([vector for _, vector in faces], np.float32), engine=engine) if faces else ()
    pairs = tuple((face, hit) for (face, _), hit in zip(faces, hits, strict=False))
    return Findings(observation, len(faces) * len(gallery), pairs)


def analysis_record(
    *, snapshot: Snapshot, incident_id: uuid.UUID, findings: Findings, engine: FaceEngine
) -> list[CandidateMatch]:
    """Write the counts and the candidates of one picture, best first; the picture is analysed once only.

    Returns what is news: new candidates, and known ones that this picture makes worth an alarm.
    """
    spec = manifest_read().engines[engine.name]
    at = clock.now()
    best: dict[str, CandidateMatch] = {}
    seen: set[str] = set()
    raised: list[CandidateMatch] = []
    earlier = earlier_of(
        incident_id=incident_id,
        camera_id=snapshot.camera_id,
        entry_ids={hit.entry_id for _, hit in findings.hits},
        at=at,
    )
    for face, hit in sorted(findings.hits, key=lambda pair: -pair[1].raw):
        known = earlier.get(hit.entry_id)
        proposal = propose(hit, face.quality, spec, agreeing_frames=1 + (known.frames if known else 0))
        if proposal.tier is Tier.NONE or hit.entry_id in seen:
            continue
        seen.add(hit.entry_id)
        if known is not None:
            if taken_up(known, is_pushed=proposal.tier is Tier.PUSHED, expires_at=at + MATCH_LIFETIME):
                raised.append(known)
            continue
        best[hit.entry_id] = CandidateMatch(
            realm_id=snapshot.realm_id,
            incident_id=incident_id,
            snapshot=snapshot,
            camera_id=snapshot.camera_id,
            entry_id=uuid.UUID(hit.entry_id),
            tier=MatchTier.PUSHED if proposal.tier is Tier.PUSHED else MatchTier.LISTED,
            raw_score=hit.raw,
            normalised_score=hit.normalised,
            threshold=proposal.threshold,
            expected_false_candidates=expected_false_candidates(findings.comparisons, proposal.false_match_rate),
            box=[round(value, 1) for value in (face.box.x, face.box.y, face.box.width, face.box.height)],
            quality={"face_px": round(face.quality.face_px), "reasons": list(face.quality.reasons)},
            engine=engine.name,
            engine_version=engine.version,
            proposed_at=at,
            expires_at=at + MATCH_LIFETIME,
        )
    matches = CandidateMatch.objects.bulk_create(list(best.values())[:CANDIDATES_MAX])
    FaceAnalysis.objects.create(
        snapshot=snapshot,
        incident_id=incident_id,
        engine=engine.name,
        engine_version=engine.version,
        faces_found=len(findings.observation.faces),
        faces_searched=len(findings.hits),
        comparisons=findings.comparisons,
        candidates=len(matches),
        flags=list(findings.observation.flags),
        duration_ms=sum(findings.observation.durations_ms.values()),
    )
    return [*matches, *raised]
