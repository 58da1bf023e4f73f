"""Whether a face, or a whole picture, is good enough for what it would be used for."""

import cv2
import numpy as np

from recognition.engine.manifest import EngineSpec, QualitySpec
from recognition.engine.types import FaceBox, FaceQuality, Picture, Verdict

GREY_WIDTH_PX = 160


def frame_flags(picture: Picture, limits: QualitySpec) -> tuple[str, ...]:
    """`dark`, `overexposed`, `flat`: such a picture is kept but not searched."""
    small = cv2.resize(picture, (GREY_WIDTH_PX, GREY_WIDTH_PX * 9 // 16), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    mean, spread = float(grey.mean()), float(grey.std())
    flags = []
    if mean < limits.brightness_min and spread < limits.frame_contrast_min:
        flags.append("dark")
    elif mean > limits.brightness_max and spread < limits.frame_contrast_min:
        flags.append("overexposed")
    elif spread < limits.frame_contrast_min:
        flags.append("flat")
    return tuple(flags)


def face_quality(picture: Picture, box: FaceBox, limits: QualitySpec) -> FaceQuality:
    """What can be said before a vector is made."""
    crop = _crop(picture, box)
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    sharpness = float(cv2.Laplacian(cv2.resize(grey, (112, 112)), cv2.CV_64F).var())
    brightness = float(grey.mean())
    eyes = box.landmarks[0] - box.landmarks[1]
    reasons = []
    verdict = Verdict.SEARCHABLE
    if box.width < limits.search_px_min:
        verdict, reasons = Verdict.COUNTED, ["too_small"]
    else:
        if box.width < limits.alarm_px_min:
            reasons.append("small")
        if sharpness < limits.sharpness_min:
            reasons.append("blurred")
        if not limits.brightness_min <= brightness <= limits.brightness_max:
            reasons.append("badly_lit")
        if reasons:
            verdict = Verdict.LISTED
    return FaceQuality(box.width, float(np.hypot(*eyes)), sharpness, brightness, None, verdict, tuple(reasons))


def with_norm(quality: FaceQuality, norm: float, spec: EngineSpec) -> FaceQuality:
    """The length of the raw vector is a sign of quality that costs nothing (AUC 0.91): short ones are poor faces."""
    verdict, reasons = quality.verdict, quality.reasons
    if norm < spec.norm_reject:
        verdict, reasons = Verdict.COUNTED, (*reasons, "weak_vector")
    elif norm < spec.norm_warn:
        verdict, reasons = Verdict.LISTED, (*reasons, "doubtful_vector")
    return FaceQuality(
        quality.face_px, quality.eye_distance_px, quality.sharpness, quality.brightness, norm, verdict, reasons
    )


def _crop(picture: Picture, box: FaceBox) -> Picture:
    height, width = picture.shape[:2]
    left, top = max(0, min(width - 1, int(box.x))), max(0, min(height - 1, int(box.y)))
    right, bottom = (
        min(width, max(left + 1, int(box.x + box.width))),
        min(height, max(top + 1, int(box.y + box.height))),
    )
    return picture[top:bottom, left:right]
