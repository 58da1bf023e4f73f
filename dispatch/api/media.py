"""Pictures for those who may see them; who saw what is written down before the first byte leaves."""

import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from accounts.media import PICTURE_RENDERERS, picture_response
from accounts.permissions import Permission
from cameras.storage import picture_read
from common.errors import NotFoundError, ValidationError, gettext_noop
from dispatch.selectors.pictures import reference_of, snapshot_of
from realtime.api import LiveAPIView


class PictureView(LiveAPIView):
    """A camera's picture as it was received."""

    renderer_classes = PICTURE_RENDERERS
    required_permissions = {"GET": Permission.SNAPSHOT_VIEW}

    @extend_schema(
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("incident", OpenApiTypes.UUID, required=True)],
    )
    def get(self, request: Request, snapshot_id: uuid.UUID) -> HttpResponse:
        """Its bytes, for the purpose of the incident it was taken for."""
        snapshot, incident = snapshot_of(
            realm=self.realm, snapshot_id=snapshot_id, incident_id=_uuid(request.query_params.get("incident", ""))
        )
        self.seen("snapshot_viewed", "cameras.snapshot", snapshot.pk, f"incident {incident.number}")
        try:
            data = picture_read(snapshot.path)
        except FileNotFoundError as error:
            raise NotFoundError from error
        return picture_response(data, snapshot.content_type, snapshot.sha256)


class ReferenceView(LiveAPIView):
    """The reference photo of a candidate's entry."""

    renderer_classes = PICTURE_RENDERERS
    required_permissions = {"GET": Permission.MATCH_VIEW}

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY}, parameters=[])
    def get(self, request: Request, match_id: uuid.UUID) -> HttpResponse:
        """Its bytes, opened for this review."""
        photo, incident = reference_of(realm=self.realm, match_id=match_id)
        self.seen("reference_viewed", "recognition.watchlistphoto", photo.pk, f"incident {incident.number}")
        return picture_response(photo.photo_read(), photo.content_type, photo.sha256)


def _uuid(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError as error:
        raise ValidationError(
            "purpose_missing",
            gettext_noop("Say for which incident this picture is looked at."),
            {"fields": {"incident": [value[:40]]}},
        ) from error
