"""SFace through OpenCV's own network reader."""

import threading
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from recognition.engine.align import align
from recognition.engine.manifest import EngineSpec
from recognition.engine.types import FaceBox, Picture, Vectors

SIDE = (112, 112)


class SFaceEmbedder:
    """128 numbers for each aligned face. The network is not reentrant, so there is one for each thread.

    `FaceRecognizerSF.feature` of OpenCV 5 fails on this int8 file; reading the network and naming its input works.
    """

    def __init__(self, path: Path, spec: EngineSpec) -> None:
        self._path, self._spec, self._local = str(path), spec, threading.local()

    def embed(self, picture: Picture, boxes: Sequence[FaceBox]) -> Vectors:
        """Raw vectors, one row a face, not yet of length 1: the length is a sign of quality."""
        network = self._network()
        rows = np.empty((len(boxes), self._spec.dimension), np.float32)
        for index, box in enumerate(boxes):
            chip = align(picture, box)
            network.setInput(cv2.dnn.blobFromImage(chip, 1.0, SIDE, (0, 0, 0), swapRB=True, crop=False), "data")
            rows[index] = network.forward().reshape(-1)
        return rows

    def _network(self) -> "cv2.dnn.Net":
        if not hasattr(self._local, "network"):
            self._local.network = cv2.dnn.readNetFromONNX(self._path)
        network: cv2.dnn.Net = self._local.network
        return network
