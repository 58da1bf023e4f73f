"""The engine on real faces: public-domain photographs, as they are and placed small into a generated street."""

import io
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage
from PIL import Image

from common.images import PictureRefused
from recognition.engine.engines import load
from recognition.engine.manifest import ManifestBroken, manifest_read, model_path
from recognition.engine.pipeline import EnrolmentRefused
from recognition.engine.types import FaceEngine, Verdict

PICTURES = Path(__file__).resolve().parents[3] / "data" / "pictures"
ASTRONAUT = Path(skimage.__file__).parent / "data" / "astronaut.png"


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    return load("sface")


def photo(name: str) -> bytes:
    return (PICTURES / f"{name}.jpg").read_bytes()


def jpeg(image: object) -> bytes:
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1])  # type: ignore[call-overload]


def street(*faces: tuple[str, int], width: int = 1920, height: int = 1080) -> bytes:
    """A noisy road with photographs pasted so that the face boxes are about the given pixels wide."""
    noise = np.random.default_rng(7).normal(0, 6, (height, width, 3))
    base = np.linspace(170, 80, height)[:, None, None] + noise
    picture = base.clip(0, 255).astype(np.uint8)
    for row in (40, 120, 200, height - 60):  # windows and kerbs: without an edge it would pass for out of focus
        for left in range(20, width - 40, 48):
            picture[row : row + 26, left : left + 22] //= 2
    for index, (name, face_px) in enumerate(faces):
        source = cv2.imdecode(np.frombuffer(photo(name), np.uint8), cv2.IMREAD_COLOR)
        assert source is not None
        scale = face_px / 170  # the crops hold faces of about 170 pixels
        small = cv2.resize(source, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        left, top = 100 + index * 350, 300
        picture[top : top + small.shape[0], left : left + small.shape[1]] = small
    return jpeg(picture)


def test_one_person_is_near_and_others_are_far(engine: FaceEngine) -> None:
    spec = manifest_read().engines["sface"]
    a1, a2, a3, b, c = (
        engine.enrol(data).vector
        for data in (*(photo(f"subject-{n}") for n in ("a-1", "a-2", "a-3", "b-1")), ASTRONAUT.read_bytes())
    )
    assert min(float(a1 @ a2), float(a1 @ a3), float(a2 @ a3)) > spec.raw_push
    assert max(float(one @ other) for one in (a1, a2, a3) for other in (b, c)) < spec.raw_list
    assert abs(float(np.linalg.norm(a1)) - 1) < 1e-5


@pytest.mark.parametrize("face_px", [60, 90, 120])
def test_a_person_in_the_street_is_recognised_from_another_photo(engine: FaceEngine, face_px: int) -> None:
    sought = engine.enrol(photo("subject-a-1")).vector
    seen = engine.observe(street(("subject-a-3", face_px), ("subject-b-1", face_px)))
    assert len(seen.faces) == 2
    left, right = sorted(seen.faces, key=lambda face: face.box.x)
    assert left.vector is not None
    assert right.vector is not None
    spec = manifest_read().engines["sface"]
    assert float(sought @ left.vector) > spec.raw_push
    assert float(sought @ right.vector) < spec.raw_list


def test_boxes_are_in_pixels_of_the_full_picture(engine: FaceEngine) -> None:
    box = engine.observe(street(("subject-a-1", 120))).faces[0].box
    assert 100 < box.x < 350
    assert 90 < box.width < 150


def test_a_tiny_face_is_counted_and_never_described(engine: FaceEngine) -> None:
    seen = engine.observe(street(("subject-a-1", 19), width=960, height=540))
    assert [face.quality.verdict for face in seen.faces] == [Verdict.COUNTED]
    assert [face.vector for face in seen.faces] == [None]


def test_an_empty_street_has_no_faces(engine: FaceEngine) -> None:
    assert engine.observe(street()).faces == ()


@pytest.mark.parametrize(("grey", "flag"), [(0, "dark"), (255, "overexposed"), (120, "flat")])
def test_a_useless_frame_is_flagged_and_not_searched(engine: FaceEngine, grey: int, flag: str) -> None:
    seen = engine.observe(jpeg(np.full((360, 640, 3), grey, np.uint8)))
    assert (seen.flags, seen.faces) == ((flag,), ())


def test_enrolment_says_what_is_wrong_with_a_photo(engine: FaceEngine) -> None:
    refused = {
        "enrolment_no_face": street(),
        "enrolment_several_faces": street(("subject-a-1", 120), ("subject-b-1", 120)),
        "enrolment_too_small": street(("subject-a-1", 45)),
    }
    for code, picture in refused.items():
        with pytest.raises(EnrolmentRefused) as error:
            engine.enrol(picture)
        assert error.value.code == code
        assert error.value.safe_message % error.value.data


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "picture_empty"), (b"<html>", "picture_not_a_picture"), (photo("subject-a-1")[:-900], "picture_truncated")],
)
def test_what_is_no_picture_is_refused_before_decoding(engine: FaceEngine, data: bytes, code: str) -> None:
    with pytest.raises(PictureRefused, match=code):
        engine.observe(data)


def test_a_bomb_is_refused_by_its_header(engine: FaceEngine) -> None:
    buffer = io.BytesIO()
    Image.new("L", (20_000, 20_000)).save(buffer, "PNG")
    with pytest.raises(PictureRefused, match="picture_too_many_pixels"):
        engine.observe(buffer.getvalue())


def test_threads_see_what_one_sees(engine: FaceEngine) -> None:
    data = street(("subject-a-1", 100), ("subject-b-1", 80))
    alone = [face.vector for face in engine.observe(data).faces]
    results: dict[int, list[object]] = {}

    def run(number: int) -> None:
        for _ in range(3):
            results[number] = [face.vector for face in engine.observe(data).faces]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for vectors in results.values():
        assert all(np.array_equal(one, other) for one, other in zip(alone, vectors, strict=True))  # type: ignore[arg-type]
    assert len(results) == 4


def test_another_model_file_is_not_loaded(tmp_path: Path) -> None:
    spec = manifest_read().engines["sface"]
    with pytest.raises(ManifestBroken, match="missing"):
        model_path(spec, tmp_path)
    (tmp_path / Path(spec.file).name).write_bytes(b"other weights")
    with pytest.raises(ManifestBroken, match="SHA-256"):
        model_path(spec, tmp_path)
