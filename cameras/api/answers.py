"""The forms of answers about cameras: never an address, never a credential."""

from typing import Any

from common.answers import AnswerBody


class CameraAnswer(AnswerBody):
    """A camera of the registry. `condition` is what its last try gave: ok, fault or untried."""

    id: int
    code: str
    name: str
    version: int
    owner: str
    agreement: str | None
    village: str | None
    groups: list[str]
    tags: list[str]
    make: str
    model: str
    kind: str
    state: str
    maintenance_until: str | None
    mount: str
    lat: float
    lon: float
    accuracy_m: float | None
    height_m: float | None
    heading_deg: float | None
    hfov_deg: float | None
    tilt_deg: float | None
    range_m: float
    face_range_m: float | None
    face_matching_allowed: bool
    is_sensitive_site: bool
    width: int | None
    height: int | None
    codec: str
    clock_skew_s: float | None
    condition: str
    last_ok_at: str | None
    last_fault_at: str | None
    last_fault_code: str


class CameraWholeAnswer(CameraAnswer):
    """With what takes more room."""

    ptz_presets: list[dict[str, Any]]
    privacy_masks: list[list[list[float]]]


class CamerasAnswer(AnswerBody):
    """Cameras by code; `next` is what `after` takes to go on, null at the end."""

    cameras: list[CameraAnswer]
    count: int
    next: str | None
