"""Finding faces with YuNet at reduced size."""

import threading
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.engine.manifest import DetectorSpec
from recognition.engine.types import FaceBox, Picture

MAJOR_MIN = 5


class OpenCvTooOld(RuntimeError):
    """OpenCV 4 answers int8 batches with garbage and says nothing."""


class Detector:
    """YuNet; one network for each thread, since it keeps state between calls."""

    def __init__(self, path: Path, spec: DetectorSpec) -> None:
        if int(cv2.__version__.split(".")[0]) < MAJOR_MIN:
            raise OpenCvTooOld(f"OpenCV {cv2.__version__}: version {MAJOR_MIN} or later is needed")
        cv2.setNumThreads(1)  # workers are processes; more threads than cores only wait for one another
        self._path, self._spec, self._local = str(path), spec, threading.local()

    def find(self, picture: Picture) -> tuple[FaceBox, ...]:
        """Faces, best first, in pixels of `picture`; it is reduced to the manifest's width first."""
        height, width = picture.shape[:2]
        scale = min(1.0, self._spec.width_px / max(width, height))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = picture if scale == 1.0 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        network = self._network()
        network.setInputSize(size)
        found: object = network.detect(small)[1]
        if found is None:
            return ()
        boxes = [_box(row, width / size[0], height / size[1]) for row in np.asarray(found, np.float32)]
        return tuple(sorted(boxes, key=lambda box: -box.score))

    def _network(self) -> "cv2.FaceDetectorYN":
        if not hasattr(self._local, "network"):
            spec = self._spec
            self._local.network = cv2.FaceDetectorYN.create(
                self._path, "", (320, 320), spec.score_min, spec.overlap_max, 5000
            )
        network: cv2.FaceDetectorYN = self._local.network
        return network


def _box(row: NDArray[np.float32], scale_x: float, scale_y: float) -> FaceBox:
    factors = np.array([scale_x, scale_y], np.float32)
    x, y, width, height = (float(value) for value in row[:4])
    return FaceBox(
        x * scale_x, y * scale_y, width * scale_x, height * scale_y, float(row[14]), row[4:14].reshape(5, 2) * factors
    )
