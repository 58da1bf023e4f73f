"""What a still is worth, from its eighth-size grey picture: cheap enough to be asked of every picture.

Rules without a memory: what changed since yesterday (frozen, turned, a little less sharp) is the patrol's to say, which
knows the camera's own baseline. Only what is certain in one picture is flagged here, since a wrong flag keeps a picture
from recognition.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from common.images import header_read, not_a_picture

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]

# Every picture is measured at this size, so that the thresholds mean the same for each resolution: an eighth of 1080p.
WIDTH, HEIGHT = 240, 135
THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT = 64, 36
# 16 x 9 tiles of 15 x 15: small enough for a hand, large enough that one burnt-in clock fills only a few.
COLUMNS, ROWS = 16, 9

# A sensor with a closed lens gives 0 to 16, video black included; a street with one lamp lights more than a twentieth.
DARK_BELOW, DARK_PERCENTILE = 32, 95
# Clipped white. Sky and sun clip up to the horizon, some 40 % of a view; more than this and the ground is lost too.
WHITE_FROM, OVEREXPOSED_SHARE = 245, 0.6
# Sensor noise of sigma 5 is 0.6 at an eighth; wallpaper, fog and a lost signal stay below, a bare road does not.
PLAIN_STD = 2.5
# All but the tiles of a clock and a name in two lines.
FLAT_SHARE = 0.92
# An edge is spread over more than 16 pixels of 1080p (sigma 16: 0.32; in focus by day 0.74, at night 0.64).
BLURRED_BELOW = 0.4
REBLUR_PX = 9
# Blocks of video compression and coarse noise are one pixel here, and are not what the lens shows.
NOISE_BLUR_PX = 3
# Per pixel; below this a tile shows noise and no edges.
GRADIENT_FLOOR = 0.5
# A cloth or hand: one connected plain patch darker than any lit ground (70), over more of the view than sky ever takes
# (0.42), while a quarter of the rest still has daylight (65; slits between fingers are half in shadow): what is beside
# the black sky of a night is nearly as black.
COVER_LUMA, COVER_SHARE, DAYLIGHT_LUMA, DAYLIGHT_PERCENTILE = 70, 0.42, 65, 75
# Nearly everything: then the little that is left may be dim. A black night is darker than a cloth in daylight (16).
COVER_NEARLY_ALL, COVER_NOT_NIGHT_LUMA = 0.8, 16

_FACTORS = (
    (8, cv2.IMREAD_REDUCED_GRAYSCALE_8), (4, cv2.IMREAD_REDUCED_GRAYSCALE_4), (2, cv2.IMREAD_REDUCED_GRAYSCALE_2),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StillFacts:
    """Facts of one picture. `flags` are values of cameras.choices.HealthFlag; none means fit for recognition.

    brightness and contrast are mean and standard deviation of grey, 0 to 255. sharpness is 0 (no edge left) to 1, and
    does not depend on contrast. thumbnail is 64 x 36 grey bytes, row by row.
    """

    brightness: float
    contrast: float
    sharpness: float
    thumbnail: bytes
    flags: tuple[str, ...]


def still_facts(data: bytes) -> StillFacts:
    """Measure a JPEG or PNG; raises common.images.PictureRefused. Most of its time is spent without the GIL."""
    grey = _decoded(data)
    mean, deviation = cv2.meanStdDev(grey)
    exact = grey.astype(np.float32)
    levels, deviations = _tiles(exact)
    sharpness = _sharpness(exact)
    thumbnail = cv2.resize(grey, (THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT), interpolation=cv2.INTER_AREA)
    return StillFacts(
        brightness=float(mean[0, 0]),
        contrast=float(deviation[0, 0]),
        sharpness=sharpness,
        thumbnail=thumbnail.tobytes(),
        flags=_flags(grey, levels, deviations, sharpness),
    )


def _decoded(data: bytes) -> Grey:
    """The grey picture at the size of measuring; libjpeg scales while it decodes, which is where the time is saved."""
    header = header_read(data)
    fits = (way for by, way in _FACTORS if header.width >= WIDTH * by and header.height >= by)
    way = next(fits, cv2.IMREAD_GRAYSCALE)
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), way)
    except cv2.error as error:
        raise not_a_picture() from error
    if found is None:
        raise not_a_picture()
    if found.shape != (HEIGHT, WIDTH):
        found = cv2.resize(found, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    grey: Grey = np.asarray(found, np.uint8)
    return grey


def _tiles(exact: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of every tile."""
    levels = _per_tile(exact)
    return levels, np.sqrt(np.maximum(_per_tile(exact * exact) - levels * levels, 0))


def _per_tile(values: Floats) -> Floats:
    return np.asarray(cv2.resize(values, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), np.float32)


def _sharpness(exact: Floats) -> float:
    """How much of the differences between neighbours a second blur takes away (Crete et al., 2007).

    The median over the tiles that have edges, so that a burnt-in clock, always sharp, does not speak for the lens.
    """
    exact = np.asarray(cv2.blur(exact, (NOISE_BLUR_PX, NOISE_BLUR_PX)), np.float32)
    edges, lost = np.zeros((ROWS, COLUMNS), np.float32), np.zeros((ROWS, COLUMNS), np.float32)
    for axis, kernel in ((0, (1, REBLUR_PX)), (1, (REBLUR_PX, 1))):
        own = _differences(exact, axis)
        again = _differences(np.asarray(cv2.blur(exact, kernel), np.float32), axis)
        edges += _per_tile(own)
        lost += _per_tile(np.maximum(own - again, 0))
    has_edges = edges >= max(GRADIENT_FLOOR, float(np.median(edges)))
    if not has_edges.any():
        return 0.0
    return float(np.median(lost[has_edges] / edges[has_edges]))


def _differences(values: Floats, axis: int) -> Floats:
    found = np.zeros_like(values)
    if axis == 0:
        cv2.absdiff(values[1:], values[:-1], found[1:])
    else:
        np.abs(values[:, 1:] - values[:, :-1], out=found[:, 1:])
    return found


def _flags(grey: Grey, levels: Floats, deviations: Floats, sharpness: float) -> tuple[str, ...]:
    """The one flag that explains the picture: what is dark, white or plain has no focus to speak of."""
    if _is_dark(grey):
        return ("dark",)
    if np.count_nonzero(grey >= WHITE_FROM) >= OVEREXPOSED_SHARE * grey.size:
        return ("overexposed",)
    is_plain = deviations < PLAIN_STD
    if np.count_nonzero(is_plain) >= FLAT_SHARE * is_plain.size:
        return ("flat",)
    if _is_covered(is_plain, levels):
        return ("covered",)
    return ("blurred",) if sharpness < BLURRED_BELOW else ()


def _is_dark(grey: Grey) -> bool:
    # Counted instead of sorted: a twentieth of the picture must be lit.
    return bool(np.count_nonzero(grey >= DARK_BELOW) < (100 - DARK_PERCENTILE) / 100 * grey.size)


def _is_covered(is_plain: NDArray[np.bool_], levels: Floats) -> bool:
    is_patch = (is_plain & (levels < COVER_LUMA)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(is_patch, connectivity=4)
    if count < 2:
        return False
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    is_inside = labels == largest
    share = stats[largest, cv2.CC_STAT_AREA] / is_patch.size
    if share >= COVER_NEARLY_ALL:
        return bool(levels[is_inside].mean() >= COVER_NOT_NIGHT_LUMA)
    return bool(share >= COVER_SHARE and np.percentile(levels[~is_inside], DAYLIGHT_PERCENTILE) >= DAYLIGHT_LUMA)
