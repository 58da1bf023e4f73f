"""Drawing what is never shown, on a still of the camera itself."""

import json
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext

from cameras.admin.pages import actor_of, camera_of, opening_holds, opening_sign, page_context, written
from cameras.admin.preview import picture_now
from cameras.choices import Purpose
from cameras.forms.camera import worded
from cameras.models import Camera, CameraHealth
from cameras.rules.shapes import masks_read
from cameras.services.registry import camera_save
from cameras.services.rights import picture_require
from cameras.storage import picture_read
from common.errors import ConflictError, SiagaError

if TYPE_CHECKING:
    from cameras.admin.cameras import CameraAdmin

USE = "masks"


def urls(model_admin: "CameraAdmin") -> list[URLPattern]:
    """The editor, and the picture that it draws on."""
    view = model_admin.admin_site.admin_view
    return [
        path("<path:object_id>/masks/", view(partial(masks, model_admin)), name="cameras_camera_masks"),
        path(
            "<path:object_id>/masks/picture/", view(partial(picture, model_admin)), name="cameras_camera_masks_picture"
        ),
    ]


def masks(model_admin: "CameraAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Show and take masks; what was drawn is given back when it cannot be taken."""
    camera = camera_of(model_admin, request, object_id)
    drawn, fault = camera.privacy_masks, ""
    if request.method == "POST":
        try:
            drawn = json.loads(request.POST.get("masks", ""))
            _save(request, camera, drawn)
        except ValueError:
            drawn, fault = camera.privacy_masks, gettext("The masks did not arrive whole; nothing was saved.")
        except SiagaError as error:
            fault = worded(error)
        else:
            count = len(camera.privacy_masks)
            text = ngettext("%(count)d mask is kept.", "%(count)d masks are kept.", count) % {"count": count}
            model_admin.message_user(request, text, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:cameras_camera_masks", args=[camera.pk]))
    else:
        written(request, camera, "camera_masks_opened", purpose="privacy masks")
    last = CameraHealth.objects.filter(camera=camera).exclude(last_good_path="").first()
    context = page_context(
        model_admin, request, gettext("Privacy masks"), subtitle=str(camera), camera=camera, fault=fault,
        drawn=drawn, opening=opening_sign(request, camera, USE), last_good_at=last and last.last_good_at,
    )  # fmt: skip
    return TemplateResponse(request, "admin/cameras/camera/masks.html", context)


def picture(model_admin: "CameraAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """A fresh still without masks, or with `last` the patrol's last good one."""
    camera = camera_of(model_admin, request, object_id)
    if not opening_holds(request, camera, USE):
        return JsonResponse({"fault": gettext("This page was opened too long ago: open it again."), "is_over": True})
    if "last" in request.GET:
        return _last(camera)
    try:
        picture_require(camera, purpose=Purpose.HEALTH)
    except ConflictError as fault:
        return JsonResponse({"fault": worded(fault), "is_over": True})
    return picture_now(camera, masks=False)


def _last(camera: Camera) -> HttpResponse:
    health = CameraHealth.objects.filter(camera=camera).exclude(last_good_path="").first()
    try:
        data = picture_read(health.last_good_path) if health else b""
    except FileNotFoundError:
        data = b""
    if not data:
        return JsonResponse({"fault": gettext("There is no earlier picture."), "is_over": True})
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return HttpResponse(data, content_type=kind, headers={"Cache-Control": "no-store"})


def _save(request: HttpRequest, camera: Camera, drawn: object) -> None:
    """By the service that all changes go through."""
    camera.privacy_masks = masks_read(drawn)
    seen = request.POST.get("seen_version", "")
    camera_save(
        actor=actor_of(request),
        camera=camera,
        groups=list(camera.groups.all()),
        seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
    )
