"""What the engine speaks in. Higher scores are closer, whatever they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Masks = Sequence[Sequence[Sequence[float]]]  # polygons of [x, y], shares of width and height
Picture = NDArray[np.uint8]  # height x width x 3, BGR
Vectors = NDArray[np.float32]  # n x dimension; of length 1 where the metric is the cosine
Landmarks = NDArray[np.float32]  # 5 x 2: right eye, left eye, nose, right and left corner of the mouth, in pixels


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A found face in pixels of the full picture."""

    x: float
    y: float
    width: float
    height: float
    score: float
    landmarks: Landmarks


class Verdict(StrEnum):
    """What the quality of a face allows."""

    COUNTED = "counted"  # too small or poor to be searched; no vector is made
    LISTED = "listed"  # searched, never an alarm
    SEARCHABLE = "searchable"


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """Why a face may be searched or not."""

    face_px: float
    eye_distance_px: float
    sharpness: float
    brightness: float
    vector_norm: float | None
    verdict: Verdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FaceObservation:
    """One face; `vector` is None where it must not be searched."""

    box: FaceBox
    quality: FaceQuality
    vector: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """All faces of one picture; `flags` say why a picture was not searched (dark, overexposed, flat)."""

    width: int
    height: int
    faces: tuple[FaceObservation, ...]
    flags: tuple[str, ...] = ()
    durations_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The one face of a reference photo."""

    box: FaceBox
    quality: FaceQuality
    vector: NDArray[np.float32]


class FaceEngine(Protocol):
    """What every engine does. Vectors of different engines or versions are never compared."""

    name: str
    version: str

    def observe(self, picture: bytes, masks: Masks = ()) -> Observation:
        """Find and describe all faces of a JPEG or PNG outside the masks.

        Raises common.images.PictureRefused, also for masks that are none.
        """

    def enrol(self, picture: bytes) -> Enrolment:
        """Describe the only face of a reference photo; raises EnrolmentRefused or PictureRefused."""
