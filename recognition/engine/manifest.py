"""Which files an engine is made of, and every threshold: none stands in code."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from common.errors import TerminalError, gettext_noop

PATH = Path(__file__).with_name("manifest.json")


class ManifestBroken(TerminalError):
    """A model file is missing or is not the one that was measured."""

    def __init__(self, file: str, why: str) -> None:
        message = gettext_noop("The face engine cannot start: %(file)s %(why)s.")
        super().__init__("manifest_broken", message, {"file": file, "why": why})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpec:
    """A file of a package, by its path in it and its SHA-256."""

    package: str
    file: str
    licence: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSpec(FileSpec):
    """The detector and the width that pictures are reduced to for it."""

    name: str
    version: str
    width_px: int
    score_min: float
    overlap_max: float


@dataclass(frozen=True, slots=True)
class CoveringSpec:
    """How faces are made unrecognisable in copies: found below the usual score, covered with a margin, looked for anew.

    `face_cells` and `picture_cells` are how many cells across are left of a face, and of a picture covered as a whole.
    """

    score_min: float
    margin: float
    rounds_max: int
    face_cells: int
    picture_cells: int
    jpeg_quality: int


class Metric(StrEnum):
    """How two vectors are compared. Whichever it is, higher scores are closer."""

    COSINE = "cosine"
    NEGATIVE_L2 = "negative_l2"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec(FileSpec):
    """An embedder with its thresholds; higher scores are closer. `raw_*` are for watchlists below `cohort_min`."""

    version: str
    dimension: int
    metric: Metric
    raw_list: float
    raw_push: float
    z_list: float
    z_push: float
    z_push_alone: float
    false_match_rates: dict[str, float]
    cohort_top: int
    cohort_min: int
    tie_margin: float
    norm_reject: float
    norm_warn: float
    landmarks: FileSpec | None = None


@dataclass(frozen=True, slots=True)
class QualitySpec:
    """Limits of the quality gate; sizes are face-box widths in pixels."""

    search_px_min: int
    alarm_px_min: int
    enrol_px_min: int
    sharpness_min: float
    brightness_min: float
    brightness_max: float
    frame_contrast_min: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole file."""

    detector: DetectorSpec
    covering: CoveringSpec
    engines: dict[str, EngineSpec]
    quality: QualitySpec


@cache
def manifest_read(path: Path = PATH) -> Manifest:
    """The manifest; unknown or missing fields raise TypeError at once."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Manifest(
        detector=DetectorSpec(**content["detector"]),
        covering=CoveringSpec(**content["covering"]),
        engines={name: _engine(spec) for name, spec in content["engines"].items()},
        quality=QualitySpec(**content["quality"]),
    )


def _engine(content: dict[str, Any]) -> EngineSpec:
    landmarks = content.get("landmarks")
    return EngineSpec(
        **{**content, "metric": Metric(content["metric"]), "landmarks": FileSpec(**landmarks) if landmarks else None}
    )


def model_path(spec: FileSpec, folder: Path | None = None) -> Path:
    """The verified model file: out of its package (which is not imported), or out of `folder`.

    Raises ManifestBroken when it is not there or its SHA-256 differs.
    """
    root = folder or _package_folder(spec.package)
    path = root / (Path(spec.file).name if folder else spec.file)
    if not path.is_file():
        raise ManifestBroken(path.name, "is missing")
    if hashlib.sha256(path.read_bytes()).hexdigest() != spec.sha256:
        raise ManifestBroken(path.name, "has another SHA-256 than the manifest")
    return path


def _package_folder(package: str) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ManifestBroken(package, "is not installed")
    return Path(found.submodule_search_locations[0])
