"""A camera as programs read it."""

from typing import Any

from cameras.choices import CameraMount
from cameras.models import Camera
from cameras.rules.optics import face_range_m

PLAIN = (
    "id", "code", "name", "version", "tags", "make", "model", "kind", "state", "mount", "lat", "lon", "accuracy_m",
    "height_m", "heading_deg", "hfov_deg", "tilt_deg", "range_m", "face_matching_allowed", "is_sensitive_site",
    "width", "height", "codec", "clock_skew_s", "last_fault_code",
)  # fmt: skip
MOMENTS = ("maintenance_until", "last_ok_at", "last_fault_at")


def camera_face_range_m(camera: Camera) -> float | None:
    """How far away somebody known is recognised, to a decimetre."""
    found = face_range_m(camera.width, camera.hfov_deg, is_fisheye=camera.mount == CameraMount.FISHEYE)
    return None if found is None else round(found, 1)


def condition_of(camera: Camera) -> str:
    """What the last try gave: ok, fault or untried."""
    ok, fault = camera.last_ok_at, camera.last_fault_at
    if fault and (ok is None or fault > ok):
        return "fault"
    return "ok" if ok else "untried"


def camera_present(camera: Camera) -> dict[str, Any]:
    """Without addresses and credentials; read `owner`, `agreement`, `village` and `groups` along with the camera."""
    moments = {name: getattr(camera, name) for name in MOMENTS}
    return {
        **{name: getattr(camera, name) for name in PLAIN},
        **{name: value.isoformat() if value else None for name, value in moments.items()},
        "owner": camera.owner.code,
        "agreement": camera.agreement.number if camera.agreement else None,
        "village": camera.village.code if camera.village else None,
        "groups": sorted(group.name for group in camera.groups.all()),
        "face_range_m": camera_face_range_m(camera),
        "condition": condition_of(camera),
    }


def camera_whole_present(camera: Camera) -> dict[str, Any]:
    """With presets and masks."""
    return {**camera_present(camera), "ptz_presets": camera.ptz_presets, "privacy_masks": camera.privacy_masks}
