"""The network behind `face_recognition`, run by onnxruntime: the same vectors as dlib's in a tenth of the time."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import dlib
import numpy as np
import onnxruntime

from recognition.engine.engines.dlib_weights import INPUT, SIDE_PX, network_read, network_write
from recognition.engine.types import FaceBox, Picture, Vectors

# dlib's face networks take RGB with these means off (input_rgb_image_sized), in units of 256.
MEANS = np.array([122.782, 117.001, 104.298], np.float32)
PADDING = 0.25


class DlibEmbedder:
    """128 numbers for each face, compared by their distance. Cut out as dlib does: five points, 150 x 150, padded.

    The 68-point model is not used: the data that it was trained on exclude commercial use.
    """

    def __init__(self, weights: Path, landmarks: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a worker process for each core, none of them with a pool of its own
        model = network_write(network_read(weights.read_bytes())).SerializeToString()
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._landmarks = dlib.shape_predictor(str(landmarks))

    def embed(self, picture: Picture, boxes: Sequence[FaceBox]) -> Vectors:
        """Raw vectors, one row a face."""
        rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
        return self.embed_chips([self.chip(rgb, box) for box in boxes])

    def chip(self, rgb: Picture, box: FaceBox) -> Picture:
        """The upright face, 150 x 150, out of a picture in RGB."""
        rectangle = dlib.rectangle(round(box.x), round(box.y), round(box.x + box.width), round(box.y + box.height))
        shape = self._landmarks(rgb, rectangle)
        chip: Picture = dlib.get_face_chip(rgb, shape, SIDE_PX, PADDING)
        return chip

    def embed_chips(self, chips: Sequence[Picture]) -> Vectors:
        """Vectors of faces that are cut out already, one row each."""
        batch = (np.stack(chips).astype(np.float32) - MEANS) / np.float32(256)
        rows: Vectors = self._session.run(None, {INPUT: np.ascontiguousarray(batch.transpose(0, 3, 1, 2))})[0]
        return rows
