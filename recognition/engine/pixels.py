"""Pixels: decoding, privacy masks, making things unrecognisable."""

import cv2
import numpy as np

from common.errors import gettext_noop
from common.images import PictureRefused, header_read
from recognition.engine.types import Masks, Picture

MASK_COLOUR = (96, 96, 96)
# A JPEG's colour comes in blocks of 16 pixels: what is filled this much further out keeps the mask itself even.
JPEG_MARGIN_PX = 24


def picture_decode(data: bytes) -> Picture:
    """BGR; the header is checked first. Raises PictureRefused."""
    header_read(data)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise PictureRefused("picture_not_a_picture", gettext_noop("This is not a JPEG or PNG picture."))
    return image.astype(np.uint8, copy=False)


def masks_fill(image: Picture, masks: Masks, *, margin_px: int = 0) -> Picture:
    """Fill the polygons with one colour, in place; broken masks raise PictureRefused, for they may not be missed."""
    height, width = image.shape[:2]
    for mask in masks:
        points = _points(mask, width, height)
        cv2.fillPoly(image, [points], MASK_COLOUR)
        if margin_px:
            cv2.polylines(image, [points], True, MASK_COLOUR, thickness=2 * margin_px + 1)
    return image


def cells(image: Picture, count: int, *, is_smooth: bool) -> Picture:
    """The same with `count` cells along its longer side, at its size: all else is gone for good."""
    height, width = image.shape[:2]
    scale = count / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    way = cv2.INTER_LINEAR if is_smooth else cv2.INTER_NEAREST
    return cv2.resize(small, (width, height), interpolation=way).astype(np.uint8, copy=False)


def _points(mask: object, width: int, height: int) -> np.ndarray:
    try:
        shares = np.asarray(mask, np.float64)
    except (TypeError, ValueError):
        shares = np.empty((0, 2))
    if shares.ndim != 2 or shares.shape[1] != 2 or len(shares) < 3 or not np.isfinite(shares).all():
        raise PictureRefused("masks_broken", gettext_noop("The camera's privacy masks cannot be read."))
    return np.round(shares.clip(0, 1) * (width, height)).astype(np.int32)
