"""Pictures for those who may see them; who saw what is written down before the first byte leaves."""

import uuid

from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from accounts.permissions import Permission
from accounts.services.audit import audit_write
from cameras.storage import picture_read
from common.errors import NotFoundError, ValidationError, gettext_noop
from dispatch.api.views import LiveAPIView
from dispatch.selectors import reference_of, snapshot_of


class PictureRenderer(BaseRenderer):
    """Lets a browser ask for pictures; the bytes themselves pass untouched."""

    media_type = "image/*"
    format = "picture"

    def render(self, data: object, *_args: object, **_kwargs: object) -> bytes:
        """Only errors come here; an `<img>` cannot show them anyhow."""
        return JSONRenderer().render(data)


class MediaView(LiveAPIView):
    """A view of something that is sensitive to look at."""

    renderer_classes = [JSONRenderer, PictureRenderer]

    def seen(self, action: str, object_type: str, object_id: object, purpose: str) -> None:
        """Write down who looks at what, and what for."""
        with transaction.atomic():
            audit_write(
                actor=self.actor,
                action=action,
                object_type=object_type,
                object_id=object_id,
                realm=self.realm.code,
                purpose=purpose,
            )


class PictureView(MediaView):
    """A camera's picture as it was received."""

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
        return _picture(data, snapshot.content_type, snapshot.sha256)


class ReferenceView(MediaView):
    """The reference photo of a candidate's entry."""

    required_permissions = {"GET": Permission.MATCH_VIEW}

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY}, parameters=[])
    def get(self, request: Request, match_id: uuid.UUID) -> HttpResponse:
        """Its bytes, opened for this review."""
        photo, incident = reference_of(realm=self.realm, match_id=match_id)
        self.seen("reference_viewed", "recognition.watchlistphoto", photo.pk, f"incident {incident.number}")
        return _picture(photo.photo_read(), photo.content_type, photo.sha256)


def _picture(data: bytes, content_type: str, sha256: str) -> HttpResponse:
    headers = {
        "Cache-Control": "private, max-age=300",
        "ETag": f'"{sha256}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
    }
    return HttpResponse(data, content_type=content_type, headers=headers)


def _uuid(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError as error:
        raise ValidationError(
            "purpose_missing",
            gettext_noop("Say for which incident this picture is looked at."),
            {"fields": {"incident": [value[:40]]}},
        ) from error
