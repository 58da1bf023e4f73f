"""Copies of pictures for all who do not judge a candidate in them."""

import logging
from functools import cache

import cv2

from cameras.models import Snapshot
from common.images import PictureRefused
from recognition.engine.covering import Cover, blank, whole_cover
from recognition.engine.manifest import ManifestBroken

log = logging.getLogger(__name__)
CONTENT_TYPE, SUFFIX = "image/jpeg", "jpg"


@cache
def cover_load() -> Cover:
    """The detectors, loaded once for each process; raises ManifestBroken."""
    return Cover()


def copy_make(*, snapshot: Snapshot, picture: bytes) -> bytes:
    """A copy with faces covered and the camera's masks filled; reads `camera`. It never shows more than it should:

    without a detector the whole picture is made unrecognisable, and what cannot be decoded or masked is left grey.
    """
    masks = snapshot.camera.privacy_masks
    try:
        return cover_load().copy(picture, masks).data
    except (ManifestBroken, cv2.error, MemoryError, RuntimeError) as error:
        log.error("no face detector: the whole picture is covered (%s)", type(error).__name__)
    except PictureRefused:
        return blank(snapshot.width, snapshot.height)
    try:
        return whole_cover(picture, masks)
    except (PictureRefused, cv2.error):
        return blank(snapshot.width, snapshot.height)
