"""Cameras live: a viewing is opened for a purpose, then asked for stills or carried by a socket."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import GuardedAPIView, idempotent
from accounts.media import PICTURE_RENDERERS
from accounts.permissions import Permission
from cameras.drivers.types import CameraFault
from cameras.models import LiveViewing
from cameras.services.live_link import refusal_seen, still_latest
from common.answers import ErrorAnswer
from common.serializers import StrictSerializer
from dispatch.actions import live as actions
from dispatch.models import Incident
from dispatch.presenters.live import LiveAnswer, LiveWaitAnswer, viewing_present
from realtime.models import LIVE, Realm

SOURCE = "api"
NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}


class LiveOpenSerializer(StrictSerializer):
    """Which camera, and what for: an open incident, or a reason for those who look after cameras."""

    camera = serializers.CharField(max_length=30)
    incident = serializers.UUIDField(allow_null=True, default=None)
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class LiveListView(GuardedAPIView):
    """Viewings."""

    required_permissions = {"POST": Permission.CAMERA_LIVE}

    @extend_schema(request=LiveOpenSerializer, responses={201: LiveAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Open one; it is on record before anything is shown.

        429 `live_full` says which cap is reached and who is in the way; 409 `camera_not_active`, `live_not_agreed`,
        `camera_not_asked`, `incident_closed`; 400 `purpose_missing`.
        """
        form = LiveOpenSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        taken = form.validated_data
        viewing = actions.live_open(
            user=self.user, source=SOURCE, realm=Realm.objects.get(code=LIVE), code=taken["camera"],
            incident_id=taken["incident"], reason=taken["reason"],
        )  # fmt: skip
        return _answer(viewing, status=201)


class LiveView(GuardedAPIView):
    """One viewing."""

    required_permissions = {"DELETE": Permission.CAMERA_LIVE}

    @extend_schema(responses={200: LiveAnswer}, parameters=[KEY])
    @idempotent
    def delete(self, request: Request, viewing_id: uuid.UUID) -> Response:
        """Close it."""
        return _answer(actions.live_close(user=self.user, source=SOURCE, viewing_id=viewing_id))


class LiveStillView(GuardedAPIView):
    """The newest picture of a viewing."""

    renderer_classes = PICTURE_RENDERERS
    required_permissions = {"GET": Permission.CAMERA_LIVE}

    @extend_schema(
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            (200, "application/json"): LiveWaitAnswer,
            409: ErrorAnswer,
        }
    )
    def get(self, request: Request, viewing_id: uuid.UUID) -> HttpResponse:
        """JPEG with privacy masks filled, `X-Live-At` says when it came; 409 `live_over` with the reason in `end`.

        JSON where there is none: it is on its way, or the camera suffers a `fault`. It waits for no camera: pictures
        are pulled apart from this, one for all viewers, while somebody asks.
        """
        viewing = actions.live_check(user=self.user, viewing_id=viewing_id)
        try:
            still = still_latest(viewing.camera)
        except CameraFault as fault:
            refusal_seen(viewing.camera, fault)
            return _none(fault.code, _(fault.safe_message))
        if still is None:
            return _none("", "")
        headers = {**NO_STORE, "X-Live-At": still.received_at.isoformat()}
        return HttpResponse(still.data, content_type="image/jpeg", headers=headers)


def _none(fault: str, words: str) -> JsonResponse:
    return JsonResponse(LiveWaitAnswer(fault=fault, message=words).model_dump(), headers=NO_STORE)


def _answer(viewing: LiveViewing, *, status: int = 200) -> Response:
    number = None
    if viewing.incident_id:
        number = Incident.objects.filter(pk=viewing.incident_id).values_list("number", flat=True).first()
    return Response(viewing_present(viewing, incident_number=number).model_dump(), status=status)
