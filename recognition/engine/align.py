"""Turning a face upright into the crop that the embedder was trained on."""

import cv2
import numpy as np

from recognition.engine.types import FaceBox, Picture

SIDE_PX = 112
# Where the five points stand in a 112 x 112 crop: the customary template of such embedders.
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)


def align(picture: Picture, box: FaceBox) -> Picture:
    """The face, 112 x 112 pixels, cut from the full picture by a similarity transform (least squares)."""
    source = box.landmarks.astype(np.float64)
    target = TEMPLATE.astype(np.float64)
    matrix = _similarity(source, target)
    return cv2.warpAffine(picture, matrix, (SIDE_PX, SIDE_PX)).astype(np.uint8, copy=False)


def _similarity(
    source: "np.ndarray[tuple[int, int], np.dtype[np.float64]]",
    target: "np.ndarray[tuple[int, int], np.dtype[np.float64]]",
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    # Umeyama 1991: rotation and scale out of the covariance of the two centred sets.
    source_mean, target_mean = source.mean(0), target.mean(0)
    centred = source - source_mean
    left, values, right = np.linalg.svd((target - target_mean).T @ centred / len(source))
    sign = np.array([1.0, np.sign(np.linalg.det(left @ right)) or 1.0])
    rotation = left @ np.diag(sign) @ right
    scale = float((values * sign).sum() / max(1e-9, centred.var(0).sum()))
    offset = target_mean - scale * rotation @ source_mean
    return np.hstack([scale * rotation, offset[:, None]])
