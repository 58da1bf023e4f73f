"""From the bytes of a picture to described faces: header, decode, gate, detect small, crop full, quality, embed."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from common.clock import monotonic_s
from common.errors import TerminalError, gettext_noop
from recognition.engine.detector import Detector
from recognition.engine.manifest import EngineSpec, Metric, QualitySpec
from recognition.engine.pixels import masks_fill, picture_decode
from recognition.engine.quality import face_quality, frame_flags, with_norm
from recognition.engine.types import Enrolment, FaceBox, FaceObservation, Masks, Observation, Picture, Vectors, Verdict


class EnrolmentRefused(TerminalError):
    """This photo cannot be a reference; the code says why."""


class Embedder(Protocol):
    """Turns found faces into raw vectors; how it wants them cut out is its own affair."""

    def embed(self, picture: Picture, boxes: Sequence[FaceBox]) -> Vectors:
        """One row for each face, not yet of length 1: the length may be a sign of quality."""


class PipelineEngine:
    """An engine out of a detector and an embedder."""

    def __init__(
        self, name: str, spec: EngineSpec, limits: QualitySpec, detector: Detector, embedder: Embedder
    ) -> None:
        self.name, self.version = name, spec.version
        self._spec, self._limits, self._detector, self._embedder = spec, limits, detector, embedder

    def observe(self, picture: bytes, masks: Masks = ()) -> Observation:
        """All faces outside the masks; those that must not be searched carry no vector."""
        started = monotonic_s()
        image = masks_fill(picture_decode(picture), masks)
        decoded = monotonic_s()
        height, width = image.shape[:2]
        flags = frame_flags(image, self._limits)
        boxes = () if flags else self._detector.find(image)
        detected = monotonic_s()
        faces = tuple(FaceObservation(box, face_quality(image, box, self._limits)) for box in boxes)
        faces = self._described(image, faces)
        durations = {
            "decode": (decoded - started) * 1000,
            "detect": (detected - decoded) * 1000,
            "embed": (monotonic_s() - detected) * 1000,
        }
        return Observation(width, height, faces, flags, durations)

    def enrol(self, picture: bytes) -> Enrolment:
        """The only face, and a good one."""
        seen = self.observe(picture)
        if not seen.faces:
            raise EnrolmentRefused("enrolment_no_face", gettext_noop("No face was found in this photo."))
        if len(seen.faces) > 1:
            raise EnrolmentRefused(
                "enrolment_several_faces",
                gettext_noop("This photo shows %(count)d faces; cut it to the one person."),
                {"count": len(seen.faces)},
            )
        face = seen.faces[0]
        if face.box.width < self._limits.enrol_px_min:
            raise EnrolmentRefused(
                "enrolment_too_small",
                gettext_noop("The face is %(found)d pixels wide; at least %(needed)d are needed."),
                {"found": round(face.box.width), "needed": self._limits.enrol_px_min},
            )
        if face.vector is None or face.quality.verdict is not Verdict.SEARCHABLE:
            raise EnrolmentRefused(
                "enrolment_poor_quality",
                gettext_noop("The face is too blurred or too badly lit to be a reference."),
                {"reasons": list(face.quality.reasons)},
            )
        return Enrolment(face.box, face.quality, face.vector)

    def _described(self, image: Picture, faces: tuple[FaceObservation, ...]) -> tuple[FaceObservation, ...]:
        chosen = [face for face in faces if face.quality.verdict is not Verdict.COUNTED]
        if not chosen:
            return faces
        raw = self._embedder.embed(image, [face.box for face in chosen])
        described = {}
        for face, row in zip(chosen, raw, strict=True):
            norm = float(np.linalg.norm(row))
            quality = with_norm(face.quality, norm, self._spec)
            is_kept = quality.verdict is not Verdict.COUNTED and norm > 0
            vector = row / np.float32(norm or 1) if self._spec.metric is Metric.COSINE else row
            described[id(face)] = FaceObservation(face.box, quality, vector if is_kept else None)
        return tuple(described.get(id(face), face) for face in faces)
