"""The dlib engine against the owner's `face_recognition`, number by number, and on people in the street."""

import io
from pathlib import Path

import face_recognition
import numpy as np
import pytest
from PIL import Image

from recognition.engine.engines import load
from recognition.engine.engines.dlib_weights import WeightsUnreadable, network_read
from recognition.engine.gallery import Gallery, GalleryMismatch
from recognition.engine.manifest import ManifestBroken, manifest_read, model_path
from recognition.engine.types import FaceEngine
from tests.recognition.engine.test_pipeline import ASTRONAUT, photo, street

SPEC = manifest_read().engines["dlib"]


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    return load("dlib")


@pytest.mark.parametrize("picture", [photo("subject-a-1"), photo("subject-b-1"), ASTRONAUT.read_bytes()])
def test_the_vector_is_that_of_face_recognition(engine: FaceEngine, picture: bytes) -> None:
    enrolled = engine.enrol(picture)
    box = enrolled.box
    rgb = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
    top, left = round(box.y), round(box.x)
    where = (top, round(box.x + box.width), round(box.y + box.height), left)
    (reference,) = face_recognition.face_encodings(rgb, [where], model="small")
    assert np.abs(enrolled.vector - reference).max() <= 1e-5
    assert np.linalg.norm(reference) > 1.1  # not of length 1: its metric is the distance


def test_the_sought_is_found_in_the_street_and_a_stranger_is_not(engine: FaceEngine) -> None:
    photos = (photo("subject-a-1"), ASTRONAUT.read_bytes())
    vectors = np.array([engine.enrol(data).vector for data in photos], np.float32)
    gallery = Gallery(engine="dlib", version=SPEC.version, spec=SPEC, entry_ids=["a", "c"], vectors=vectors)
    seen = engine.observe(street(("subject-a-3", 120), ("subject-b-1", 120)))
    faces = [face.vector for face in sorted(seen.faces, key=lambda face: face.box.x) if face.vector is not None]
    sought, stranger = gallery.search(np.array(faces, np.float32), engine=engine)
    assert sought.entry_id == "a"
    assert sought.raw >= SPEC.raw_list
    assert stranger.raw < SPEC.raw_list
    assert sought.raw == pytest.approx(-float(np.linalg.norm(faces[0] - vectors[0])), abs=1e-4)


def test_the_normalised_score_works_on_distances_too(engine: FaceEngine) -> None:
    random = np.random.default_rng(3)
    crowd = (random.normal(size=(SPEC.cohort_min + 20, SPEC.dimension)) / 8).astype(np.float32)
    gallery = Gallery(
        engine="dlib", version=SPEC.version, spec=SPEC, entry_ids=[str(n) for n in range(len(crowd))], vectors=crowd
    )
    near, far = gallery.search(np.array([crowd[7] + 0.01, random.normal(size=128) / 8], np.float32), engine=engine)
    assert near.entry_id == "7"
    assert near.normalised is not None
    assert near.normalised > SPEC.z_push_alone
    assert far.normalised is not None
    assert far.normalised < SPEC.z_push


def test_vectors_of_the_two_engines_never_meet(engine: FaceEngine) -> None:
    gallery = Gallery(
        engine="dlib", version=SPEC.version, spec=SPEC, entry_ids=["a"], vectors=np.ones((1, 128), np.float32)
    )
    with pytest.raises(GalleryMismatch):
        gallery.search(np.ones((1, 128), np.float32), engine=load("sface"))


def test_weights_that_are_cut_or_changed_are_refused(tmp_path: Path) -> None:
    data = model_path(SPEC).read_bytes()
    with pytest.raises(WeightsUnreadable):
        network_read(data[: len(data) // 2])
    with pytest.raises(WeightsUnreadable):
        network_read(b"not a network")
    (tmp_path / Path(SPEC.file).name).write_bytes(data + b"\0")
    with pytest.raises(ManifestBroken, match="SHA-256"):
        model_path(SPEC, tmp_path)
