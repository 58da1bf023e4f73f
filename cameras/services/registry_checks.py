"""What may not stand in the registry together, for the form and the import alike."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cameras.choices import CameraMount
from cameras.drivers.guard import Guard
from cameras.drivers.types import CameraFault
from common.errors import SiagaError, ValidationError, gettext_noop

# How each address is asked: by the camera's own kind, or by what it is for.
KIND_OF_ADDRESS = {"url": "", "stream_url": "rtsp", "sub_stream_url": "rtsp", "onvif_url": "onvif"}
# A fault of the first is new only when one of the others was changed: what stands there already is not held against a
# row that does not touch it.
DEPENDS = {
    **{name: {name} for name in ("stream_url", "sub_stream_url", "onvif_url")},
    "url": {"url", "kind"},
    "face_matching_allowed": {"face_matching_allowed", "is_sensitive_site", "agreement"},
    "ptz_presets": {"ptz_presets", "mount"},
}
PASSWORD_WORDS = {"pwd", "pass", "passwd", "password", "loginpas", "passwort", "sandi"}


def camera_faults(
    values: Mapping[str, Any], *, guard: Guard, agreement_allows_faces: bool | None
) -> Iterator[tuple[str, SiagaError]]:
    """Column and fault of everything that cannot be; `agreement_allows_faces` is None without an agreement."""
    for name, kind in KIND_OF_ADDRESS.items():
        fault = address_fault(kind or values.get("kind") or "", values.get(name) or "", guard)
        if fault is not None:
            yield name, fault
    if values.get("face_matching_allowed"):
        if values.get("is_sensitive_site"):
            yield (
                "face_matching_allowed",
                ValidationError("sensitive_site", gettext_noop("Faces are never matched at a sensitive site.")),
            )
        elif agreement_allows_faces is False:
            yield (
                "face_matching_allowed",
                ValidationError(
                    "agreement_forbids", gettext_noop("The access agreement does not allow face matching.")
                ),
            )
    if values.get("ptz_presets") and values.get("mount") != CameraMount.PTZ:
        yield (
            "ptz_presets",
            ValidationError("presets_fixed", gettext_noop("Only a camera that pans, tilts and zooms has presets.")),
        )


def address_fault(kind: str, url: str, guard: Guard) -> SiagaError | None:
    """What is wrong with an address, without asking it."""
    if not url or not kind:
        return None
    if "@" in url or _holds_password(url):
        return ValidationError(
            "credentials_in_address",
            gettext_noop("User name and password have fields of their own; leave them out of the address."),
        )
    try:
        guard.url_check(kind, url)
    except CameraFault as fault:
        return fault
    return None


def _holds_password(url: str) -> bool:
    try:
        return any(name.lower() in PASSWORD_WORDS for name, _value in parse_qsl(urlsplit(url).query))
    except ValueError:
        return False
