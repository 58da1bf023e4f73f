"""What is masked is black, to the rim, in whatever size the picture comes; what cannot be masked is not shown."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cameras.rules.masked import masked_jpeg
from common.images import PictureRefused

HALF = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]


def picture(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (250, 250, 250)).save(buffer, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
    return buffer.getvalue()


@pytest.mark.parametrize(("width", "height"), [(640, 360), (1920, 1080), (4000, 2250)])
def test_a_mask_is_black_and_the_rest_is_not(width: int, height: int) -> None:
    made = Image.open(io.BytesIO(masked_jpeg(picture(width, height), [HALF]))).convert("L")
    assert made.width == min(width, 1280)
    seen = np.asarray(made)
    middle = made.width // 2
    assert seen[:, : middle - 8].max() < 8
    assert seen[:, middle + 8 :].min() > 240


def test_nothing_of_the_metadata_leaves() -> None:
    made = Image.open(io.BytesIO(masked_jpeg(picture(640, 360), [])))
    assert not made.getexif()
    assert "exif" not in made.info


@pytest.mark.parametrize(
    "mask", [[[0.1, 0.1], [0.2, 0.2]], [[0, 0], [1, 0], [float("nan"), 1]], [[0, 0], [1], [1, 1]], [["a", 0]] * 3,
             [[0, 0], [500, 0], [1, 1]]],
)  # fmt: skip
def test_a_mask_that_cannot_be_drawn_shows_nothing(mask: Any) -> None:
    with pytest.raises(PictureRefused) as refused:
        masked_jpeg(picture(640, 360), [mask])
    assert refused.value.code == "mask_broken"


def test_rubbish_is_refused() -> None:
    with pytest.raises(PictureRefused):
        masked_jpeg(b"\xff\xd8 and nothing more", [])
