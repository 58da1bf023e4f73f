"""The picture that may be shown: privacy masks filled, no larger than a screen needs, nothing of its metadata."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from common.errors import gettext_noop
from common.images import PictureRefused, header_read, not_a_picture

WIDTH_MAX = 1280
QUALITY = 80
POINTS_MIN = 3
SHIFT = 4  # fractions of a pixel that OpenCV is given, as bits
Masks = Sequence[Sequence[Sequence[float]]]


def masked_jpeg(data: bytes, masks: Masks, *, width_max: int = WIDTH_MAX) -> bytes:
    """JPEG with every mask black; raises PictureRefused, also for a mask that cannot be drawn."""
    header = header_read(data)
    way = cv2.IMREAD_REDUCED_COLOR_2 if header.width >= width_max * 2 else cv2.IMREAD_COLOR
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), way)
    if picture is None:
        raise not_a_picture()
    # Before it is made smaller, so that no colour of what is hidden is mixed into the rim.
    for polygon in masks:
        cv2.fillPoly(picture, [_points(polygon, picture.shape[1], picture.shape[0])], (0, 0, 0), shift=SHIFT)
    if picture.shape[1] > width_max:
        height = max(1, round(picture.shape[0] * width_max / picture.shape[1]))
        picture = cv2.resize(picture, (width_max, height), interpolation=cv2.INTER_AREA)
    is_made, made = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not is_made:
        raise not_a_picture()
    return bytes(made)


def _points(polygon: Sequence[Sequence[float]], width: int, height: int) -> NDArray[np.int32]:
    try:
        shares = [(float(x), float(y)) for x, y in polygon]
    except (TypeError, ValueError) as error:
        raise _mask_broken() from error
    if len(shares) < POINTS_MIN or not all(math.isfinite(part) and -1 <= part <= 2 for one in shares for part in one):
        raise _mask_broken()
    scaled = np.array([(x * width, y * height) for x, y in shares]) * (1 << SHIFT)
    points: NDArray[np.int32] = np.rint(scaled).astype(np.int32)
    return points


def _mask_broken() -> PictureRefused:
    return PictureRefused(
        "mask_broken", gettext_noop("A privacy mask of this camera cannot be drawn, so nothing of it is shown.")
    )
