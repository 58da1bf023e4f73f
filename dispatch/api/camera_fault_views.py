"""The maintainers' work list over HTTP: for the page, and for a maintainer's own system."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent, repeatable
from accounts.media import PICTURE_RENDERERS, picture_response
from accounts.permissions import Permission
from cameras.choices import FaultKind
from cameras.storage import StorageUnreachable, picture_read
from common import clock
from common.errors import NotFoundError
from dispatch.actions import cameras as actions
from dispatch.api import camera_serializers as forms
from dispatch.api.documents import ExchangeAPIView
from dispatch.api.export_views import CsvRenderer
from dispatch.formats.table import lines
from dispatch.presenters.camera_faults import fault_present, fault_rows
from dispatch.presenters.camera_words import troubles_of
from dispatch.selectors.camera_faults import SHOWS, FaultFilter, faults_found
from dispatch.selectors.camera_pictures import last_good_of

SOURCE = "api"
LISTED_MAX = 1000
FILTER = [
    OpenApiParameter("show", str, enum=SHOWS, description="todo: not in maintenance; free: nobody's"),
    OpenApiParameter("kind", str, enum=FaultKind.values),
    OpenApiParameter("group", int, description="a camera group's id"),
    OpenApiParameter("owner", str, description="an agency's code"),
    OpenApiParameter("village", str, description="a kelurahan's code"),
    OpenApiParameter("q", str, description="in code or name"),
]  # fmt: skip


class CameraFaultListView(ExchangeAPIView):
    """Open faults of cameras."""

    required_permissions = {"GET": Permission.CAMERA_MAINTAIN}
    renderer_classes = [JSONRenderer, CsvRenderer]

    @extend_schema(
        responses={200: forms.FaultListAnswer, (200, "text/csv"): OpenApiTypes.STR}, parameters=FILTER
    )  # fmt: skip
    def get(self, request: Request) -> Response | HttpResponse:
        """The longest first, at most 1000; as CSV with `Accept: text/csv` or `?format=csv`, which goes on record."""
        chosen, at = FaultFilter.of(request.query_params.dict()), clock.now()
        found = faults_found(chosen, user=self.user, at=at)
        if getattr(request.accepted_renderer, "format", "") == "csv":
            self.seen("camera_faults_exported", "cameras.camerafaultcase", chosen.show, str(chosen.fields))
            name = f"siaga-camera-faults-{timezone.localtime(at):%Y%m%d-%H%M}.csv"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
            return HttpResponse(lines(fault_rows(found)), content_type="text/csv; charset=utf-8", headers=headers)
        faults = [fault_present(case) for case in found[:LISTED_MAX]]
        return Response({"total": len(faults) if len(faults) < LISTED_MAX else found.count(), "faults": faults})


class CameraFaultView(ExchangeAPIView):
    """One fault."""

    required_permissions = {"PATCH": Permission.CAMERA_MAINTAIN}

    @extend_schema(request=forms.FaultChangeSerializer, responses={200: forms.FaultAnswer}, parameters=[KEY])
    @idempotent
    def patch(self, request: Request, case_id: int) -> Response:
        """Take it up, give it back, note something; 409 `fault_taken` names who was faster."""
        taken = self.taken(forms.FaultChangeSerializer)
        case = actions.fault_change(
            user=self.user, source=SOURCE, case_id=case_id, is_taken=taken.get("taken"), note=taken.get("note", "")
        )
        return Response(fault_present(case))


class CameraFaultBulkView(ExchangeAPIView):
    """One act on many faults."""

    required_permissions = {"POST": Permission.CAMERA_MAINTAIN}

    @extend_schema(request=forms.FaultBulkSerializer, responses={200: forms.BulkAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Take up what nobody has, give one's own back, begin or end maintenance; at most 1000."""
        body = self.taken(forms.FaultBulkSerializer)
        act = actions.BulkAct(body["act"])
        count = actions.faults_bulk(
            user=self.user, source=SOURCE, act=act, case_ids=body["cases"],
            chosen=forms.filter_of(body["filter"]) if body["whole_list"] else None,
            ends_at=body.get("ends_at"), reason=body.get("reason", ""),
        )  # fmt: skip
        said = {
            actions.BulkAct.TAKE: ngettext("%(count)d fault is yours now.", "%(count)d faults are yours now.", count),
            actions.BulkAct.GIVE_BACK: ngettext("%(count)d fault given back.", "%(count)d faults given back.", count),
            actions.BulkAct.MAINTAIN: ngettext(
                "%(count)d camera is in maintenance now.", "%(count)d cameras are in maintenance now.", count
            ),
            actions.BulkAct.RESUME: ngettext(
                "Maintenance of %(count)d camera has ended.", "Maintenance of %(count)d cameras has ended.", count
            ),
        }
        return Response({"count": count, "said": said[act] % {"count": count}})


class CameraTrialView(ExchangeAPIView):
    """Trying a camera now."""

    required_permissions = {"POST": Permission.CAMERA_MAINTAIN}

    @extend_schema(request=None, responses={200: forms.TriedAnswer})
    @repeatable
    def post(self, request: Request, camera_id: int) -> Response:
        """One pull of six seconds at most; its outcome counts as the patrol's do, its picture is not kept.

        Without Idempotency-Key: an answer of before would say nothing of now.
        """
        tried = actions.camera_try_now(user=self.user, source=SOURCE, camera_id=camera_id)
        flags = list(tried.health.flags) if tried.health else []
        troubles = troubles_of(tried.fault_code, () if tried.fault_code else flags)
        return Response(
            {
                "is_good": not tried.fault_code,
                "fault_code": tried.fault_code,
                "duration_ms": tried.duration_ms,
                "condition": tried.health.condition if tried.health else "unknown",
                "flags": flags,
                "troubles": [{"code": row.code, "what": row.what, "first": row.first} for row in troubles],
                "said": _tried_words(tried),
            }
        )


class CameraViewTakeView(ExchangeAPIView):
    """Taking a camera's view as the right one."""

    required_permissions = {"POST": Permission.CAMERA_MAINTAIN}

    @extend_schema(request=None, responses={200: forms.ViewAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, camera_id: int) -> Response:
        """After it was turned or cleaned on purpose; 409 `no_view` where the last picture shows none."""
        row = actions.view_take(user=self.user, source=SOURCE, camera_id=camera_id)
        return Response({"sharpness": row.sharpness_baseline, "brightness": row.brightness_baseline})


class CameraMaintenanceView(ExchangeAPIView):
    """Maintenance of a camera."""

    required_permissions = {"POST": Permission.CAMERA_MAINTAIN}

    @extend_schema(request=forms.WindowSerializer, responses={201: forms.WindowAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, camera_id: int) -> Response:
        """Not asked and not missed until it ends."""
        body = self.taken(forms.WindowSerializer)
        window = actions.window_plan(
            user=self.user, source=SOURCE, camera_id=camera_id, begins_at=body.get("begins_at"),
            ends_at=body["ends_at"], reason=body["reason"],
        )  # fmt: skip
        answer = {
            "id": window.pk, "begins_at": window.begins_at.isoformat(), "ends_at": window.ends_at.isoformat(),
            "reason": window.reason,
        }  # fmt: skip
        return Response(answer, status=201)


class MaintenanceWindowView(ExchangeAPIView):
    """One time of maintenance."""

    required_permissions = {"DELETE": Permission.CAMERA_MAINTAIN}

    @extend_schema(responses={200: forms.WindowEndedAnswer}, parameters=[KEY])
    @idempotent
    def delete(self, request: Request, window_id: int) -> Response:
        """End it now, or call it off; the camera is looked at again at once."""
        return Response({"is_ended": actions.window_end(user=self.user, source=SOURCE, window_id=window_id)})


class CameraLastGoodView(ExchangeAPIView):
    """What a camera last showed."""

    renderer_classes = PICTURE_RENDERERS
    required_permissions = {"GET": Permission.CAMERA_MAINTAIN}

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, camera_id: int) -> HttpResponse:
        """The last good picture, 640 pixels wide with its masks filled; who looks goes on record."""
        found = last_good_of(camera_id=camera_id)
        if found is None:
            raise NotFoundError
        self.seen("camera_last_good_viewed", "cameras.camera", camera_id, "maintenance")
        try:
            data = picture_read(found.path)
        except (FileNotFoundError, StorageUnreachable) as error:
            raise NotFoundError from error
        return picture_response(data, "image/jpeg", found.etag)


class CameraAlarmSeenView(ExchangeAPIView):
    """Taking note of cameras that died."""

    required_permissions = {"POST": Permission.CAMERA_MAINTAIN}

    @extend_schema(request=forms.AlarmSeenSerializer, responses={200: forms.AlarmSeenAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """For oneself alone; the faults stay on the work list."""
        until = actions.alarm_seen(user=self.user, source=SOURCE, **self.taken(forms.AlarmSeenSerializer))
        return Response({"until": until.isoformat()})


def _tried_words(tried: actions.Tried) -> str:
    code = tried.camera.code
    if tried.fault_code:
        (trouble,) = troubles_of(tried.fault_code)
        return f"{code}: {trouble.what} {trouble.first}"
    words = gettext("%(code)s gave a picture after %(duration)d ms.") % {
        "code": code,
        "duration": tried.duration_ms or 0,
    }
    if tried.health and tried.health.condition == "down":
        words += " " + gettext("It counts as up after a second one.")
    return words
