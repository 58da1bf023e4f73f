"""Whether two pictures are one and the same moment, whatever a ticking clock in them says. Pure."""

import cv2
import numpy as np
from numpy.typing import NDArray

from common.images import header_read, not_a_picture

COLUMNS, ROWS = 16, 9
# At an eighth a sensor's noise still moves half of all tiles by a fifth of a grey level and more, in the dark by more;
# a picture that was encoded again moves none but those of its clock.
UNMOVED_GREY = 0.05


def is_unmoved(first: bytes, second: bytes) -> bool:
    """Whether most of the picture does not differ at all; raises PictureRefused for what cannot be decoded."""
    one, other = _grey(first), _grey(second)
    if one.shape != other.shape:
        return False
    moved = cv2.resize(cv2.absdiff(one, other), (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return float(np.median(moved)) < UNMOVED_GREY


def _grey(data: bytes) -> NDArray[np.float32]:
    header_read(data)
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8)
    if found is None:
        raise not_a_picture()
    grey: NDArray[np.float32] = found.astype(np.float32)
    return grey
