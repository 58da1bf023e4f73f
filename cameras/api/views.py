"""Cameras over HTTP, for whoever may see where they are: without addresses, and without credentials."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import GuardedAPIView
from accounts.permissions import Permission
from cameras.api.answers import CamerasAnswer, CameraWholeAnswer
from cameras.choices import CameraState
from cameras.models import Camera
from cameras.presenters import camera_present, camera_whole_present
from cameras.services.registry import cameras_read
from cameras.services.registry_export import csv_chunks, geojson_chunks
from common.errors import NotFoundError
from common.serializers import StrictSerializer
from realtime.api import LiveAPIView

LIMIT_MAX = 500
TEXT_MAX = 100
FORMS = {"csv": (csv_chunks, "text/csv; charset=utf-8"), "geojson": (geojson_chunks, "application/geo+json")}


class _FileRenderer(BaseRenderer):
    """Lets programs ask for the types of the files; the bytes themselves pass untouched."""

    def render(self, data: object, *_args: object, **_kwargs: object) -> bytes:
        """Only errors come here."""
        return JSONRenderer().render(data)


class CsvRenderer(_FileRenderer):
    """A table."""

    media_type = "text/csv"
    format = "csv"


class GeoJsonRenderer(_FileRenderer):
    """RFC 7946."""

    media_type = "application/geo+json"
    format = "geojson"


class CameraQuerySerializer(StrictSerializer):
    """What the list can be narrowed by."""

    q = serializers.CharField(required=False, default="", allow_blank=True, max_length=TEXT_MAX)
    state = serializers.ChoiceField(CameraState.choices, required=False, default="")
    owner = serializers.CharField(required=False, default="", max_length=TEXT_MAX)
    group = serializers.CharField(required=False, default="", max_length=TEXT_MAX)
    after = serializers.CharField(required=False, default="", max_length=TEXT_MAX, trim_whitespace=False)
    limit = serializers.IntegerField(required=False, default=LIMIT_MAX, min_value=1, max_value=LIMIT_MAX)


NARROWING = [
    OpenApiParameter("q", str, description="part of the code or the name"),
    OpenApiParameter("state", str, enum=CameraState.values),
    OpenApiParameter("owner", str, description="code of the agency"),
    OpenApiParameter("group", str, description="name of the group"),
]


class CameraListView(GuardedAPIView):
    """The registry of cameras."""

    required_permissions = {"GET": Permission.CAMERA_VIEW}

    @extend_schema(
        operation_id="cameras_list",
        responses={200: CamerasAnswer},
        parameters=[
            *NARROWING,
            OpenApiParameter("after", str, description="the code after which to go on"),
            OpenApiParameter("limit", int, description=f"1 to {LIMIT_MAX}"),
        ],
    )
    def get(self, request: Request) -> Response:
        """`{"cameras", "count", "next"}` by code, all states; `count` is of all that fit."""
        query = _query(request)
        rows = _narrowed(query).order_by("code")
        page = list(rows.filter(code__gt=query["after"])[: query["limit"] + 1])
        shown = page[: query["limit"]]
        following = shown[-1].code if len(page) > len(shown) else None
        return Response(
            {"cameras": [camera_present(camera) for camera in shown], "count": rows.count(), "next": following}
        )


class CameraView(GuardedAPIView):
    """One camera."""

    required_permissions = {"GET": Permission.CAMERA_VIEW}

    @extend_schema(operation_id="cameras_retrieve", responses={200: CameraWholeAnswer})
    def get(self, request: Request, camera_id: int) -> Response:
        """With its presets and masks."""
        camera = cameras_read().filter(pk=camera_id).first()
        if camera is None:
            raise NotFoundError
        return Response(camera_whole_present(camera))


class CameraExportView(LiveAPIView):
    """The registry as a file."""

    required_permissions = {"GET": Permission.CAMERA_VIEW}
    renderer_classes = [JSONRenderer, CsvRenderer, GeoJsonRenderer]

    @extend_schema(
        operation_id="cameras_export",
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/geo+json"): OpenApiTypes.STR},
        parameters=[OpenApiParameter("form", str, OpenApiParameter.PATH, enum=sorted(FORMS)), *NARROWING],
    )
    def get(self, request: Request, form: str) -> HttpResponse:
        """CSV as the import takes it, or GeoJSON; who took it stands in the audit record."""
        if form not in FORMS:
            raise NotFoundError
        rows = _narrowed(_query(request)).order_by("code")
        self.seen("cameras_exported", Camera._meta.label_lower, "", f"{form} by the interface for programs")
        chunks, content_type = FORMS[form]
        headers = {
            "Content-Disposition": f'attachment; filename="cameras.{form}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(b"".join(chunks(rows, is_shared=True)), content_type=content_type, headers=headers)


def _query(request: Request) -> dict[str, Any]:
    query = CameraQuerySerializer(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def _narrowed(query: dict[str, Any]) -> QuerySet[Camera]:
    rows = cameras_read()
    if query["q"]:
        rows = rows.filter(Q(code__icontains=query["q"]) | Q(name__icontains=query["q"]))
    exact = {"state": query["state"], "owner__code": query["owner"], "groups__name": query["group"]}
    return rows.filter(**{name: value for name, value in exact.items() if value})
