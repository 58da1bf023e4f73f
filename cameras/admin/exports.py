"""The filtered list as a file; without credentials, and on record."""

from functools import partial
from typing import TYPE_CHECKING

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from cameras.admin.pages import written
from cameras.services.registry import cameras_read
from cameras.services.registry_export import csv_chunks, geojson_chunks, template_csv

if TYPE_CHECKING:
    from cameras.admin.cameras import CameraAdmin

FORMS = {
    "csv": (csv_chunks, "text/csv; charset=utf-8", "csv"),
    "geojson": (geojson_chunks, "application/geo+json", "geojson"),
}


def urls(model_admin: "CameraAdmin") -> list[URLPattern]:
    """A file of the list, and a template to begin with."""
    view = model_admin.admin_site.admin_view
    return [
        path("export.<str:form>", view(partial(export, model_admin)), name="cameras_camera_export"),
        path("template.csv", view(partial(template, model_admin)), name="cameras_camera_template"),
    ]


def export(model_admin: "CameraAdmin", request: HttpRequest, form: str) -> HttpResponse:
    """All rows that the list shows with the same address, over all its pages."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if form not in FORMS:
        raise Http404
    try:
        keys = list(model_admin.filtered(request).values_list("pk", flat=True))
    except IncorrectLookupParameters as error:
        raise Http404 from error
    chunks, content_type, suffix = FORMS[form]
    written(request, None, "cameras_exported", form=form, count=len(keys))
    content = b"".join(chunks(cameras_read().filter(pk__in=set(keys)).order_by("code")))
    return file_response(content, content_type, f"kamera-{timezone.localtime():%Y%m%d-%H%M}.{suffix}")


def template(model_admin: "CameraAdmin", request: HttpRequest) -> HttpResponse:
    """A file with all columns and one example."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    return file_response(template_csv(), "text/csv; charset=utf-8", "kamera-templat.csv")


def file_response(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to keep, in no cache."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)
