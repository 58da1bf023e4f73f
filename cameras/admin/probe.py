"""Asking ONVIF devices what they are, and making cameras of what they say."""

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext

from cameras.admin.pages import change_require, page_context, written
from cameras.choices import CameraKind
from cameras.drivers.onvif import DeviceFound, ProfileFound
from cameras.drivers.types import CameraFault
from cameras.forms import ProbeForm
from cameras.forms.camera import worded
from cameras.models import Camera
from cameras.services.trial import devices_probe

if TYPE_CHECKING:
    from cameras.admin.cameras import CameraAdmin

CLOCK_TOLERANCE_S = 5


def urls(model_admin: "CameraAdmin") -> list[URLPattern]:
    """The page that asks."""
    view = model_admin.admin_site.admin_view
    return [path("onvif/", view(partial(probe, model_admin)), name="cameras_camera_probe")]


def probe(model_admin: "CameraAdmin", request: HttpRequest) -> HttpResponse:
    """Ask each address once; user name and password are used for that and forgotten."""
    change_require(model_admin, request)
    form = ProbeForm(request.POST or None)
    results: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        written(request, None, "onvif_probed", addresses=[address[:100] for address in values["addresses"]])
        found = devices_probe(values["addresses"], username=values["username"], password=values["password"])
        known = _known()
        results = [_result(address, outcome, values["username"], known) for address, outcome in found]
    context = page_context(
        model_admin, request, gettext("Ask ONVIF devices"), form=form, results=results,
        tolerance_s=CLOCK_TOLERANCE_S,
    )  # fmt: skip
    return TemplateResponse(request, "admin/cameras/camera/onvif.html", context)


def _known() -> dict[str, str]:
    """Host -> code of the cameras that are registered."""
    rows = Camera.objects.values_list("code", "url", "onvif_url")
    return {urlsplit(url).hostname or "": code for code, *urls_of in rows for url in urls_of if url}


def _result(address: str, outcome: DeviceFound | CameraFault, username: str, known: dict[str, str]) -> dict[str, Any]:
    if isinstance(outcome, CameraFault):
        return {"address": address, "fault": worded(outcome), "status": outcome.data.get("status")}
    skew = outcome.clock_skew_s
    return {
        "address": address,
        "device": outcome,
        "known_code": known.get(urlsplit(outcome.url).hostname or "", ""),
        "is_clock_wrong": skew is not None and abs(skew) > CLOCK_TOLERANCE_S,
        "profiles": [(found, _add_url(outcome, found, username)) for found in outcome.profiles],
    }


def _add_url(device: DeviceFound, found: ProfileFound, username: str) -> str:
    """The form of a new camera, filled with what the device says."""
    kind = CameraKind.HTTP_JPEG if found.snapshot_url else CameraKind.RTSP
    url = found.snapshot_url or found.stream_url
    if not url:
        return ""
    values = {
        "kind": kind.value, "url": url, "stream_url": found.stream_url, "onvif_url": device.url,
        "make": device.make[:60], "model": device.model[:60], "credential_user": username,
        "name": f"{device.make} {device.model} {found.profile.name}".strip()[:120], "state": "planned",
    }  # fmt: skip
    return f"{reverse('admin:cameras_camera_add')}?{urlencode({key: value for key, value in values.items() if value})}"
