"""The small picture that shows what a camera last saw, for the day it dies."""

import io

import cv2
import numpy as np
from PIL import Image, ImageDraw

from cameras.storage import picture_write
from common.images import header_read, not_a_picture

GOOD_WIDTH = 640  # the street is recognised, a passer-by is not: a face that fills 60 px of 1080p fills 20 here
QUALITY = 70
Masks = list[list[list[float]]]


def good_picture_keep(data: bytes, *, masks: Masks) -> str:
    """Keep a small copy with the privacy masks filled; its path. Raises PictureRefused, StorageFull."""
    return picture_write(small_picture(data, masks=masks), suffix="jpg")


def small_picture(data: bytes, *, masks: Masks) -> bytes:
    """JPEG, at most 640 pixels wide; raises PictureRefused."""
    header = header_read(data)
    way = cv2.IMREAD_REDUCED_COLOR_2 if header.width >= GOOD_WIDTH * 2 else cv2.IMREAD_COLOR
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), way)
    if decoded is None:
        raise not_a_picture()
    picture = Image.fromarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB))
    picture.thumbnail((GOOD_WIDTH, GOOD_WIDTH), Image.Resampling.BOX)
    draw = ImageDraw.Draw(picture)
    for polygon in masks:
        draw.polygon([(x * picture.width, y * picture.height) for x, y in polygon], fill=(0, 0, 0))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
