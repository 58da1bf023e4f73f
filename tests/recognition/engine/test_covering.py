"""Copies in which nobody is recognised, of the farm's scenes and of streets with faces."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from django.conf import settings

from cameras.farm.config import farm_read
from cameras.farm.scene import jpeg_of, scene_make
from common.images import PictureRefused, header_read
from recognition.engine.covering import Cover, blank, whole_cover
from recognition.engine.detector import Detector
from recognition.engine.engines import load
from recognition.engine.manifest import manifest_read, model_path
from recognition.engine.pixels import MASK_COLOUR
from tests.recognition.engine.test_pipeline import ASTRONAUT, photo, street

FARM = farm_read(Path(settings.BASE_DIR) / "data/demo/farm.json")
SCENES = {camera.code: jpeg_of(scene_make(camera.scene)) for camera in FARM.cameras}
STREETS = {
    f"{px} px": street(("subject-a-1", px), ("subject-b-1", px), ("subject-a-3", px)) for px in (20, 30, 60, 120, 220)
}
PORTRAITS = {"portrait": photo("subject-a-2"), "astronaut": ASTRONAUT.read_bytes()}
MASK = [[0.1, 0.2], [0.45, 0.25], [0.4, 0.7], [0.12, 0.6]]


@pytest.fixture(scope="module")
def cover() -> Cover:
    return Cover()


@pytest.fixture(scope="module")
def detector() -> Detector:
    spec = manifest_read().detector
    return Detector(model_path(spec), spec)


def pixels(data: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


@pytest.mark.parametrize("name", [*SCENES, *STREETS, *PORTRAITS])
def test_the_usual_detector_finds_no_face_in_the_copy(cover: Cover, detector: Detector, name: str) -> None:
    picture = {**SCENES, **STREETS, **PORTRAITS}[name]
    before = [box for box in detector.find(pixels(picture)) if box.width >= 20]
    copy = cover.copy(picture, [])
    assert [box for box in detector.find(pixels(copy.data)) if box.width >= 20] == []
    assert copy.faces >= len(before)
    assert not copy.is_whole
    header, original = header_read(copy.data), header_read(picture)
    assert (header.width, header.height) == (original.width, original.height)
    # What is no face stays to be seen: most of the picture is as it was.
    changed = np.abs(pixels(copy.data).astype(int) - pixels(picture)).max(axis=2) > 60
    assert name in PORTRAITS or changed.mean() < 0.1


def test_there_are_faces_to_be_covered(detector: Detector) -> None:
    found = {name: len(detector.find(pixels(picture))) for name, picture in {**SCENES, **STREETS}.items()}
    assert sum(found[camera.code] for camera in FARM.cameras) >= 4
    assert all(found[name] == 3 for name in ("30 px", "60 px", "120 px", "220 px"))


@pytest.mark.parametrize("whole", [False, True])
def test_inside_a_mask_every_pixel_is_the_same(cover: Cover, whole: bool) -> None:
    picture = street(("subject-a-1", 120), ("subject-b-1", 90))
    data = whole_cover(picture, [MASK]) if whole else cover.copy(picture, [MASK]).data
    image = pixels(data)
    height, width = image.shape[:2]
    inside = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inside, [np.round(np.array(MASK) * (width, height)).astype(np.int32)], (1,))
    assert inside.sum() > 100_000
    assert np.unique(image[inside == 1].reshape(-1, 3), axis=0).tolist() == [list(MASK_COLOUR)]
    assert np.unique(image[inside == 0].reshape(-1, 3), axis=0).shape[0] > 1000


def test_behind_a_mask_nobody_is_searched() -> None:
    engine, picture = load("sface"), street(("subject-a-3", 120), ("subject-b-1", 120))
    assert len(engine.observe(picture).faces) == 2
    (left,) = engine.observe(picture, [[[0.2, 0], [1, 0], [1, 1], [0.2, 1]]]).faces
    assert left.box.x < 300
    assert engine.observe(picture, [[[0, 0], [1, 0], [1, 1], [0, 1]]]).faces == ()


@pytest.mark.parametrize("masks", [[[[0, 0], [1, 1]]], [["a", "b", "c"]], [[[0, 0], [1, 1], [float("nan"), 0]]], [7]])
def test_masks_that_are_none_are_never_taken_for_no_masks(cover: Cover, masks: list) -> None:
    for act in (cover.copy, load("sface").observe, whole_cover):
        with pytest.raises(PictureRefused, match="masks_broken"):
            act(street(), masks)


def test_covered_as_a_whole_nobody_is_found(detector: Detector) -> None:
    for picture in (*STREETS.values(), *PORTRAITS.values()):
        assert detector.find(pixels(whole_cover(picture, []))) == ()
    assert pixels(blank(64, 36)).shape == (36, 64, 3)
