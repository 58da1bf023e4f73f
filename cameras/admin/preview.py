"""Looking through a camera: a still every two seconds, with its privacy masks filled. Opening it is on record."""

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext

from accounts.audited_admin import user_of
from accounts.permissions import Permission
from cameras.admin.pages import camera_of, opening_holds, opening_sign, page_context, written
from cameras.choices import Purpose
from cameras.drivers.types import CameraFault
from cameras.forms.camera import worded
from cameras.models import Camera
from cameras.services.rights import picture_require
from cameras.services.shown import masked
from cameras.services.trial import camera_try
from common.errors import ConflictError

if TYPE_CHECKING:
    from cameras.admin.cameras import CameraAdmin

USE = "live"


def urls(model_admin: "CameraAdmin") -> list[URLPattern]:
    """The page, and its pictures."""
    view = model_admin.admin_site.admin_view
    return [
        path("<path:object_id>/live/", view(partial(live, model_admin)), name="cameras_camera_live"),
        path("<path:object_id>/live/picture/", view(partial(picture, model_admin)), name="cameras_camera_live_picture"),
    ]


def live(model_admin: "CameraAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Once in the audit record for each opening."""
    camera = _camera(model_admin, request, object_id)
    refused = ""
    try:
        picture_require(camera, purpose=Purpose.LIVE_VIEW)
    except ConflictError as fault:
        refused = worded(fault)
    else:
        written(request, camera, "camera_live_opened", purpose="live view")
    context = page_context(
        model_admin, request, gettext("Live preview"), subtitle=str(camera), camera=camera, refused=refused,
        opening="" if refused else opening_sign(request, camera, USE),
    )  # fmt: skip
    return TemplateResponse(request, "admin/cameras/camera/live.html", context)


def picture(model_admin: "CameraAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """One still, for a page that was opened not long ago."""
    camera = _camera(model_admin, request, object_id)
    if not opening_holds(request, camera, USE):
        return JsonResponse({"fault": gettext("This page was opened too long ago: open it again."), "is_over": True})
    try:
        picture_require(camera, purpose=Purpose.LIVE_VIEW)
    except ConflictError as fault:
        return JsonResponse({"fault": worded(fault), "is_over": True})
    return picture_now(camera, masks=True)


def picture_now(camera: Camera, *, masks: bool) -> HttpResponse:
    """A fresh still, or as JSON why there is none: a status of its own would only fill the browser's log."""
    outcome = camera_try(camera)
    if isinstance(outcome, CameraFault):
        status = outcome.data.get("status")
        return JsonResponse({"fault": worded(outcome) + (f" (HTTP {status})" if status else ""), "is_over": False})
    data = masked(outcome.data, camera.privacy_masks) if masks else outcome.data
    content_type = outcome.content_type if data is outcome.data else "image/jpeg"
    headers = {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Received-At": outcome.received_at.isoformat(),
    }
    return HttpResponse(data, content_type=content_type, headers=headers)


def _camera(model_admin: "CameraAdmin", request: HttpRequest, object_id: str) -> Camera:
    if not user_of(request).may(Permission.CAMERA_LIVE):
        raise PermissionDenied
    return camera_of(model_admin, request, object_id, may_look=True)
