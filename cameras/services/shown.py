"""Pictures as they may be shown: what lies under a privacy mask is not in the bytes."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageStat

from cameras.rules.shapes import masks_read
from common.errors import ValidationError

QUALITY = 85
GREY = (160, 90)
DARK, BRIGHT, FLAT = 12.0, 243.0, 4.0
MASK_COLOUR = (24, 24, 24)


def masked(data: bytes, masks: Sequence[Sequence[Sequence[float]]]) -> bytes:
    """The picture with its masks filled, as JPEG; unchanged bytes when there are none.

    Masks that cannot be read hide everything: showing too little is mended, showing too much is not.
    """
    if not masks:
        return data
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
        shown = picture.convert("RGB")
    width, height = shown.size
    draw = ImageDraw.Draw(shown)
    try:
        polygons = masks_read(masks)
    except ValidationError:
        polygons = [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]]
    for polygon in polygons:
        draw.polygon([(x * width, y * height) for x, y in polygon], fill=MASK_COLOUR)
    buffer = io.BytesIO()
    shown.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def picture_flaw(data: bytes) -> str:
    """What makes a picture useless at a glance: broken, dark, overexposed or flat; empty when nothing does."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            picture.draft("L", GREY)
            grey = picture.convert("L").resize(GREY)
    except (OSError, ValueError, SyntaxError):
        return "broken"
    seen = ImageStat.Stat(grey)
    if seen.stddev[0] < FLAT:
        return "dark" if seen.mean[0] < DARK else "overexposed" if seen.mean[0] > BRIGHT else "flat"
    return "dark" if seen.mean[0] < DARK else "overexposed" if seen.mean[0] > BRIGHT else ""
