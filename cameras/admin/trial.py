"""Trying all addresses of a camera: each step of the way, and what to do about the one that failed."""

import base64
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext

from cameras.admin.pages import camera_of, page_context, written
from cameras.choices import Purpose
from cameras.drivers.diagnose import Diagnosis, Outcome, Step, StepResult
from cameras.forms.camera import worded
from cameras.models import Camera
from cameras.services.rights import picture_require
from cameras.services.shown import masked
from cameras.services.trial import Trial, camera_diagnose
from common.errors import ConflictError, gettext_noop

if TYPE_CHECKING:
    from cameras.admin.cameras import CameraAdmin

STEPS = {
    Step.ADDRESS: gettext_noop("Address reads well and is allowed"),
    Step.NAME: gettext_noop("Name is resolved"),
    Step.NETWORK: gettext_noop("Network is allowed"),
    Step.CONNECTION: gettext_noop("Connection stands"),
    Step.TLS: gettext_noop("Certificate is the expected one"),
    Step.SIGN_IN: gettext_noop("Signed in"),
    Step.PICTURE: gettext_noop("Picture is received"),
    Step.USABLE: gettext_noop("Picture is of use"),
}
OUTCOMES = {
    Outcome.OK: ("✓", gettext_noop("done")),
    Outcome.FAILED: ("✗", gettext_noop("failed")),
    Outcome.WARNED: ("▲", gettext_noop("look at it")),
    Outcome.NOT_NEEDED: ("–", gettext_noop("not needed")),
    Outcome.NOT_REACHED: ("·", gettext_noop("not tried")),
}
_ALLOWED = gettext_noop(
    "The administrator names the allowed networks and ports in SIAGA_CAMERA_NETWORKS and SIAGA_CAMERA_PORTS."
)
# By step and code, or by step alone.
ADVICE = {
    (Step.ADDRESS, ""): _ALLOWED,
    (Step.NETWORK, ""): _ALLOWED,
    (Step.NAME, ""): gettext_noop("The name server does not know this name. Check it, or write the IP address."),
    (Step.CONNECTION, "timeout"): gettext_noop(
        "Nothing answers at this address. Check power, cable, network and firewall at the camera."
    ),
    (Step.CONNECTION, ""): gettext_noop(
        "The machine is there but refuses the connection, or the network does not lead to it. Check the port here."
    ),
    (Step.TLS, ""): gettext_noop(
        "If the certificate is new or the camera's own, compare its fingerprint at the camera and write it here."
    ),
    (Step.SIGN_IN, ""): gettext_noop(
        "Check user name and password. Do not try again at once: many cameras lock the account after some wrong tries."
    ),
    (Step.PICTURE, "http_status"): gettext_noop(
        "The camera answers, but not at this address. Compare it with the maker's manual, or ask by ONVIF."
    ),
    (Step.PICTURE, "redirect_refused"): gettext_noop(
        "The camera sends us elsewhere, often from http to https. Write the address that it sends to."
    ),
    (Step.PICTURE, "timeout"): gettext_noop(
        "The connection stands, but no whole picture came in time. A smaller picture or the small stream may help."
    ),
    (Step.PICTURE, "onvif_no_snapshot"): gettext_noop("Choose the kind RTSP with the stream that the device names."),
    (Step.PICTURE, ""): gettext_noop(
        "Check the kind and the address: a browser opened at this address should show a picture."
    ),
    (Step.USABLE, "flaw_dark"): gettext_noop("The picture is almost black. Is it night there, or is the lens covered?"),
    (Step.USABLE, "flaw_overexposed"): gettext_noop("The picture is almost white. Check the exposure at the camera."),
    (Step.USABLE, "flaw_flat"): gettext_noop("The picture has one shade only. Is the lens covered?"),
    (Step.USABLE, ""): gettext_noop(
        "Check the kind and the address: a browser opened at this address should show a picture."
    ),
}  # fmt: skip


def urls(model_admin: "CameraAdmin") -> list[URLPattern]:
    """The page that tries a camera."""
    view = model_admin.admin_site.admin_view
    return [path("<path:object_id>/trial/", view(partial(trial, model_admin)), name="cameras_camera_trial")]


def trial(model_admin: "CameraAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Try all addresses now: the picture and its times, or what failed and what to look at."""
    camera = camera_of(model_admin, request, object_id)
    trials: list[dict[str, Any]] = []
    refused = ""
    if request.method == "POST":
        try:
            picture_require(camera, purpose=Purpose.HEALTH)
        except ConflictError as fault:
            refused = worded(fault)
        else:
            written(request, camera, "camera_tried")
            trials = [_shown(one, camera) for one in camera_diagnose(camera)]
    context = page_context(
        model_admin, request, gettext("Connection test"), subtitle=str(camera), camera=camera, trials=trials,
        refused=refused, fields=_fields(camera),
    )  # fmt: skip
    return TemplateResponse(request, "admin/cameras/camera/trial.html", context)


def _fields(camera: Camera) -> list[tuple[str, str]]:
    names = ("url", "stream_url", "sub_stream_url", "onvif_url")
    return [(_label(name), getattr(camera, name)) for name in names if getattr(camera, name)]


def _label(name: str) -> str:
    field: Any = Camera._meta.get_field(name)
    return str(field.verbose_name)


def _shown(one: Trial, camera: Camera) -> dict[str, Any]:
    found = one.diagnosis
    return {
        "label": _label(one.field),
        "url": one.url,
        "is_good": found.is_good,
        "steps": [_step(result, found) for result in found.steps],
        "fault": worded(found.fault) if found.fault else "",
        "status": found.fault.data.get("status") if found.fault else None,
        "grab": found.grab,
        "device": found.device,
        "picture": _data_url(masked(found.grab.data, camera.privacy_masks)) if found.grab else "",
    }


def _step(result: StepResult, found: Diagnosis) -> dict[str, str]:
    mark, word = OUTCOMES[result.outcome]
    is_told = result.outcome in {Outcome.FAILED, Outcome.WARNED}
    advice = (ADVICE.get((result.step, result.code)) or ADVICE[(result.step, "")]) if is_told else ""
    return {
        "name": gettext(STEPS[result.step]),
        "outcome": result.outcome.value,
        "mark": mark,
        "word": gettext(word),
        "detail": result.detail,
        "fault": worded(found.fault) if found.fault and result.outcome == Outcome.FAILED else "",
        "advice": gettext(advice) if advice else "",
    }


def _data_url(data: bytes) -> str:
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
