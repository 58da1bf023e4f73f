"""All cameras of the list on a map, with what they see."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext

from cameras.admin.pages import page_context

if TYPE_CHECKING:
    from cameras.admin.cameras import CameraAdmin

COLUMNS = (
    "pk",
    "code",
    "name",
    "lat",
    "lon",
    "heading_deg",
    "hfov_deg",
    "range_m",
    "state",
    "last_ok_at",
    "last_fault_at",
)


def urls(model_admin: "CameraAdmin") -> list[URLPattern]:
    """The map, and what stands on it."""
    view = model_admin.admin_site.admin_view
    return [
        path("map/", view(partial(shown, model_admin)), name="cameras_camera_map"),
        path("map/cameras.json", view(partial(data, model_admin)), name="cameras_camera_map_data"),
    ]


def shown(model_admin: "CameraAdmin", request: HttpRequest) -> HttpResponse:
    """The page; it asks for the cameras with its own address' filters."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    context = page_context(
        model_admin, request, gettext("Map of cameras"), query=request.GET.urlencode(), words=request.GET.get("q", "")
    )
    return TemplateResponse(request, "admin/cameras/camera/map.html", context)


def data(model_admin: "CameraAdmin", request: HttpRequest) -> HttpResponse:
    """The cameras of the list with the same address."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    try:
        rows = model_admin.filtered(request).order_by("code").values_list(*COLUMNS)
    except IncorrectLookupParameters as error:
        raise Http404 from error
    return JsonResponse({"cameras": [_row(dict(zip(COLUMNS, row, strict=True))) for row in rows]})


def _row(values: dict[str, Any]) -> dict[str, Any]:
    ok, fault = values.pop("last_ok_at"), values.pop("last_fault_at")
    condition = "untried" if not ok and not fault else "fault" if fault and (not ok or fault > ok) else "ok"
    return {**values, "condition": condition}
