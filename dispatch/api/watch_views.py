"""How an incident's cameras are watched."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.permissions import Permission
from common.errors import NotFoundError
from common.serializers import FiniteField, StrictSerializer
from dispatch.actions import watches as actions
from dispatch.events import CameraWatchPayload
from dispatch.models import CameraWatch
from dispatch.presenters.cameras import watch_present
from realtime.api import LiveAPIView

SOURCE = "api"


class CameraWishSerializer(StrictSerializer):
    """A camera to add or to take out."""

    code = serializers.CharField(max_length=30)
    is_wanted = serializers.BooleanField()


class AreaSerializer(StrictSerializer):
    """Corners as [latitude, longitude]; an empty list goes back to the cameras around."""

    area = serializers.ListField(
        child=serializers.ListField(child=FiniteField(min_value=-180, max_value=180), min_length=2, max_length=2),
        max_length=60,
    )


class ExtensionSerializer(StrictSerializer):
    """How much longer, and why."""

    minutes = serializers.IntegerField(min_value=1, max_value=60)
    reason = serializers.CharField(min_length=3, max_length=200)


class WatchView(LiveAPIView):
    """The watch of an incident's cameras."""

    required_permissions = {"GET": Permission.CAMERA_VIEW, "DELETE": Permission.CAMERA_CHOOSE}

    @extend_schema(responses=CameraWatchPayload)
    def get(self, request: Request, incident_id: uuid.UUID) -> Response:
        """As it is; 404 where no camera was asked yet."""
        watch = CameraWatch.objects.select_related("incident__type").filter(realm=self.realm, pk=incident_id).first()
        if watch is None:
            raise NotFoundError
        return _answer(watch)

    @extend_schema(responses={200: CameraWatchPayload}, parameters=[KEY])
    @idempotent
    def delete(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Ask the cameras no more."""
        return _answer(actions.watch_stop(user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id))


class WatchCameraView(LiveAPIView):
    """Operators' choices of cameras."""

    required_permissions = {"POST": Permission.CAMERA_CHOOSE}

    @extend_schema(request=CameraWishSerializer, responses=CameraWatchPayload, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Add a camera, or take it out; 400 `camera_unknown`."""
        return _answer(
            actions.camera_wish(
                user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id,
                **self.taken(CameraWishSerializer),
            )
        )  # fmt: skip


class WatchAreaView(LiveAPIView):
    """The area that an operator drew."""

    required_permissions = {"PUT": Permission.CAMERA_CHOOSE}

    @extend_schema(request=AreaSerializer, responses=CameraWatchPayload, parameters=[KEY])
    @idempotent
    def put(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Ask the cameras in it; 400 `area_bad`."""
        return _answer(
            actions.area_set(
                user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id,
                **self.taken(AreaSerializer),
            )
        )  # fmt: skip


class WatchExtensionView(LiveAPIView):
    """More time."""

    required_permissions = {"POST": Permission.CAMERA_CHOOSE}

    @extend_schema(request=ExtensionSerializer, responses=CameraWatchPayload, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Watch on, with a reason; 400 `too_long` beyond two hours."""
        return _answer(
            actions.watch_extend(
                user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id,
                **self.taken(ExtensionSerializer),
            )
        )  # fmt: skip


def _answer(watch: CameraWatch) -> Response:
    return Response(watch_present(watch).model_dump())
