"""What the farm serves can be recognised: its scenes hold whom the configuration says, and nobody else."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from cameras.farm.config import FarmConfig, farm_read
from cameras.farm.scene import HEIGHT, WIDTH, jpeg_of, scene_make
from cameras.farm.video import FRAMES, loop_encode, rtp_packets
from recognition.engine.engines import load
from recognition.engine.types import Verdict
from tests.recognition.engine.test_pipeline import photo

PATH = Path(settings.BASE_DIR) / "data/demo/farm.json"


@pytest.fixture(scope="module")
def farm() -> FarmConfig:
    return farm_read(PATH)


def test_the_demo_farm_is_what_the_story_needs(farm: FarmConfig) -> None:
    assert len(farm.cameras) == 8
    assert sum(1 for camera in farm.cameras if camera.scene.faces) == 4
    assert sum(1 for camera in farm.cameras if camera.fault) == 2
    assert {camera.kind for camera in farm.cameras} == {"http_jpeg", "mjpeg", "rtsp"}
    portraits = {face.portrait for camera in farm.cameras for face in camera.scene.faces}
    assert portraits == {"subject-a-2", "subject-a-3", "subject-c"}  # never the photo that is enrolled


def test_the_sought_is_recognised_in_each_scene_and_nobody_else_is(farm: FarmConfig) -> None:
    engine = load("sface")
    sought, decoy = (engine.enrol(photo(name)).vector for name in ("subject-a-1", "subject-b-1"))
    for camera in farm.cameras:
        seen = engine.observe(jpeg_of(scene_make(camera.scene)))
        assert len(seen.faces) == len(camera.scene.faces), camera.code
        for face in seen.faces:
            assert face.vector is not None
            assert face.quality.verdict is Verdict.SEARCHABLE
            (spec,) = [one for one in camera.scene.faces if abs(one.x - face.box.x - face.box.width / 2) < one.width]
            score = float(np.dot(face.vector, sought))
            assert score >= 0.6 if spec.portrait.startswith("subject-a") else score <= 0.4
            assert float(np.dot(face.vector, decoy)) <= 0.4


def test_the_same_seed_gives_the_same_scene(farm: FarmConfig) -> None:
    first, again = scene_make(farm.cameras[0].scene), scene_make(farm.cameras[0].scene)
    assert first.shape == (HEIGHT, WIDTH, 3)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, scene_make(farm.cameras[4].scene))


def test_a_loop_starts_with_a_key_frame_and_its_parameter_sets(farm: FarmConfig) -> None:
    loop = loop_encode(scene_make(farm.cameras[1].scene))
    kinds = [{unit[0] & 0x1F for unit in frame} for frame in loop.frames]
    assert len(kinds) == FRAMES
    assert {5, 7, 8} <= kinds[0]
    assert all(5 not in later for later in kinds[1:])
    packets = list(rtp_packets(loop.frames[0], sequence=65_530, timestamp=9000, source=7))
    assert all(len(packet) <= 1300 for packet in packets)
    assert [packet[1] >> 7 for packet in packets].count(1) == packets[-1][1] >> 7 == 1
    numbers = [int.from_bytes(packet[2:4], "big") for packet in packets]
    assert numbers == [(65_530 + index) & 0xFFFF for index in range(len(packets))]


@pytest.mark.parametrize("change", [{"fault": "sleepy"}, {"code": "JKT-00413"}, {"colour": "red"}])
def test_a_wrong_farm_file_is_refused(tmp_path: Path, change: dict[str, str]) -> None:
    content = json.loads(PATH.read_text())
    content["cameras"][0] |= change
    wrong = tmp_path / "farm.json"
    wrong.write_text(json.dumps(content))
    with pytest.raises((ValueError, TypeError)):
        farm_read(wrong)
