"""Our engine against the plain `face_recognition` recipe on the same 1080p pictures, in one thread each.

The recipe is the one of that library's own examples: load_image_file, face_locations, face_encodings, face_distance,
tolerance 0.6. Pictures are generated street scenes with public-domain faces in them; the reference photos are others.
"""

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import cv2
import face_recognition
import numpy as np

from bench.report import Report
from cameras.farm.config import FaceSpec, SceneSpec
from cameras.farm.scene import jpeg_of, scene_make
from recognition.engine.decision import Tier, propose
from recognition.engine.engines import load
from recognition.engine.gallery import Gallery
from recognition.engine.manifest import manifest_read

PICTURES = Path(__file__).resolve().parent.parent / "data" / "pictures"
SOUGHT, OTHER = "subject-a-1", "subject-b-1"
TOLERANCE = 0.6
WIDTHS_PX = (40, 56, 72, 90, 110)


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture, and whether the sought person is in it."""

    data: bytes
    holds_sought: bool


@dataclass(slots=True)
class Outcome:
    """What one way made of all pictures."""

    seconds: float = 0.0
    found: int = 0
    false: int = 0


def run(say: Callable[[str], None]) -> Report:
    """Both, and the ratio."""
    cv2.setNumThreads(1)
    scenes = _scenes()
    sought = sum(1 for scene in scenes if scene.holds_sought)
    report = Report("faces")
    report.show("pictures of 1920 x 1080", len(scenes), "")
    report.show("pictures with the sought in them", sought, "")
    say("the plain recipe ...")
    recipe = _recipe(scenes)
    _shown(report, "face_recognition recipe", recipe, len(scenes))
    for name in ("sface", "dlib"):
        say(f"{name} ...")
        ours = _engine(name, scenes)
        _shown(report, name, ours, len(scenes))
        ratio = recipe.seconds / ours.seconds
        if name == "sface":
            report.hold("sface over the recipe, frames a second", ratio, "x", ">=", 8)
            report.hold("sface over the recipe, sought found", ours.found - recipe.found, "more", ">=", 0)
            report.hold("sface, other people raised", ours.false, "", "==", 0)
        else:
            report.show("dlib over the recipe, frames a second", ratio, "x")
    return report


def _shown(report: Report, name: str, outcome: Outcome, count: int) -> None:
    report.show(f"{name}, frames a second", count / outcome.seconds, "1/s")
    report.show(f"{name}, sought found", outcome.found, "pictures")
    report.show(f"{name}, others raised", outcome.false, "pictures")


def _scenes() -> list[Scene]:
    """Half of the pictures hold faces: the sought at five widths in two photographs, beside a stranger."""
    scenes = []
    for seed, (portrait, width) in enumerate(product(("subject-a-2", "subject-a-3"), WIDTHS_PX), start=900):
        faces = (
            FaceSpec(portrait, 900, 560, width, tilt_deg=float(seed % 5 - 2)),
            FaceSpec("subject-c", 1300, 600, 60),
        )
        scenes.append(Scene(jpeg_of(scene_make(SceneSpec(seed, faces))), True))
        scenes.append(Scene(jpeg_of(scene_make(SceneSpec(seed + 100))), False))
    return scenes


def _photo(name: str) -> bytes:
    return (PICTURES / f"{name}.jpg").read_bytes()


def _recipe(scenes: Sequence[Scene]) -> Outcome:
    known = []
    for name in (SOUGHT, OTHER):
        (encoding,) = face_recognition.face_encodings(face_recognition.load_image_file(io.BytesIO(_photo(name))))
        known.append(encoding)
    outcome = Outcome()
    started = time.perf_counter()
    for scene in scenes:
        image = face_recognition.load_image_file(io.BytesIO(scene.data))
        encodings = face_recognition.face_encodings(image, face_recognition.face_locations(image))
        nearest = [face_recognition.face_distance(known, encoding) for encoding in encodings]
        raised = {int(np.argmin(row)) for row in nearest if row.min() <= TOLERANCE}
        outcome.found += 0 in raised and scene.holds_sought
        outcome.false += 1 in raised or (0 in raised and not scene.holds_sought)
    outcome.seconds = time.perf_counter() - started
    return outcome


def _engine(name: str, scenes: Sequence[Scene]) -> Outcome:
    engine, spec = load(name), manifest_read().engines[name]
    vectors = np.array([engine.enrol(_photo(photo)).vector for photo in (SOUGHT, OTHER)], np.float32)
    gallery = Gallery(engine=name, version=spec.version, spec=spec, entry_ids=[SOUGHT, OTHER], vectors=vectors)
    outcome = Outcome()
    started = time.perf_counter()
    for scene in scenes:
        faces = [face for face in engine.observe(scene.data).faces if face.vector is not None]
        hits = gallery.search(np.array([face.vector for face in faces], np.float32), engine=engine) if faces else ()
        raised = {
            hit.entry_id
            for face, hit in zip(faces, hits, strict=True)
            if propose(hit, face.quality, spec).tier is not Tier.NONE
        }
        outcome.found += SOUGHT in raised and scene.holds_sought
        outcome.false += OTHER in raised or (SOUGHT in raised and not scene.holds_sought)
    outcome.seconds = time.perf_counter() - started
    return outcome
