"""Copies in which nobody is recognised: faces covered, privacy masks filled.

Faces are looked for below the usual score, so that rather too much is covered; then once more as usual, and what is
still found is covered as well. Where it does not end the whole picture is made unrecognisable.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from recognition.engine.detector import Detector
from recognition.engine.manifest import CoveringSpec, manifest_read, model_path
from recognition.engine.pixels import JPEG_MARGIN_PX, cells, masks_fill, picture_decode
from recognition.engine.types import FaceBox, Masks, Picture


@dataclass(frozen=True, slots=True)
class Covered:
    """A copy as JPEG; `is_whole` where all of it was made unrecognisable."""

    data: bytes
    faces: int
    is_whole: bool = False


class Cover:
    """Makes copies, with detectors of its own."""

    def __init__(self) -> None:
        manifest = manifest_read()
        path = model_path(manifest.detector)
        self._spec = manifest.covering
        self._wary = Detector(path, replace(manifest.detector, score_min=self._spec.score_min))
        self._usual = Detector(path, manifest.detector)

    def copy(self, picture: bytes, masks: Masks) -> Covered:
        """Raises PictureRefused."""
        spec = self._spec
        image = masks_fill(picture_decode(picture), masks)
        boxes = self._wary.find(image)
        faces, margin = len(boxes), spec.margin
        for _round in range(spec.rounds_max):
            if not boxes:
                masks_fill(image, masks, margin_px=JPEG_MARGIN_PX)
                return Covered(_encoded(image, spec), faces)
            for box in boxes:
                _cover(image, box, margin, spec.face_cells)
            boxes, margin = self._usual.find(image), margin * 2
        return Covered(whole_cover(picture, masks), faces, is_whole=True)


def whole_cover(picture: bytes, masks: Masks) -> bytes:
    """The whole picture in cells so large that no face is one; needs no detector. Raises PictureRefused."""
    spec = manifest_read().covering
    image = cells(picture_decode(picture), spec.picture_cells, is_smooth=False)
    return _encoded(masks_fill(image, masks, margin_px=JPEG_MARGIN_PX), spec)


def blank(width: int, height: int) -> bytes:
    """Grey, for a picture that cannot even be decoded."""
    return _encoded(np.full((height, width, 3), 96, np.uint8), manifest_read().covering)


def _cover(image: Picture, box: FaceBox, margin: float, count: int) -> None:
    height, width = image.shape[:2]
    side_x, side_y = box.width * margin, box.height * margin
    left, top = max(0, round(box.x - side_x)), max(0, round(box.y - side_y))
    right, bottom = min(width, round(box.x + box.width + side_x)), min(height, round(box.y + box.height + side_y))
    if left < right and top < bottom:
        image[top:bottom, left:right] = cells(image[top:bottom, left:right], count, is_smooth=True)


def _encoded(image: Picture, spec: CoveringSpec) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, spec.jpeg_quality])[1].tobytes()
