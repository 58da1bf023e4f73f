"""Pictures for those who may see them; who saw what is written down before the first byte leaves."""

import hashlib
import uuid

from django.http import HttpResponse
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.media import PICTURE_RENDERERS, picture_response
from accounts.permissions import Permission
from cameras.models import Snapshot
from cameras.storage import picture_read
from common.answers import AnswerBody
from common.errors import AccessDeniedError, NotFoundError, ValidationError, gettext_noop
from dispatch.models import Incident
from dispatch.selectors.pictures import may_judge, reference_of, snapshot_of
from realtime.api import LiveAPIView

PURPOSE_LENGTH_MIN, PURPOSE_LENGTH_MAX = 5, 200
NO_STORE = {"Cache-Control": "no-store"}


class PreparingAnswer(AnswerBody):
    """There is a picture, but no copy yet that may be shown; `incident_camera.changed` tells when there is."""

    code: str
    message: str


class PictureView(LiveAPIView):
    """A camera's picture: a copy with faces covered, or the original for those who must see it."""

    renderer_classes = PICTURE_RENDERERS
    required_permissions = {"GET": Permission.SNAPSHOT_VIEW}

    @extend_schema(
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY, 202: PreparingAnswer},
        parameters=[
            OpenApiParameter("incident", OpenApiTypes.UUID, required=True),
            OpenApiParameter(
                "match", OpenApiTypes.UUID, description="an open candidate of yours to judge in it: gives the original"
            ),
            OpenApiParameter(
                "original", OpenApiTypes.BOOL, description="with `evidence.export` and a `purpose`: the original"
            ),
            OpenApiParameter("purpose", str, description="what the original is needed for; stands in the audit record"),
        ],
    )
    def get(self, request: Request, snapshot_id: uuid.UUID) -> HttpResponse:
        """For the purpose of the incident it was taken for. `202` as long as the copy is still being made."""
        query = request.query_params
        snapshot, incident = snapshot_of(
            realm=self.realm, snapshot_id=snapshot_id, incident_id=_uuid(query.get("incident", ""), "incident")
        )
        if snapshot.deleted_at is not None:
            raise NotFoundError({"deleted_at": snapshot.deleted_at.isoformat()})
        if "match" in query:
            return self._for_review(snapshot, incident, _uuid(query["match"], "match"))
        if query.get("original", "").lower() in {"1", "true"}:
            return self._original(snapshot, incident, query.get("purpose", ""))
        if not snapshot.derived_path:
            return _preparing()
        self.seen(
            "snapshot_viewed", "cameras.snapshot", snapshot.pk, f"incident {incident.number}", {"copy": "covered"}
        )
        data = _bytes(snapshot.derived_path)
        return picture_response(data, "image/jpeg", hashlib.sha256(data).hexdigest())

    def _for_review(self, snapshot: Snapshot, incident: Incident, match_id: uuid.UUID) -> HttpResponse:
        if not self.user.may(Permission.MATCH_REVIEW) or not may_judge(
            user=self.user, match_id=match_id, snapshot=snapshot
        ):
            raise AccessDeniedError
        return self._as_it_was(snapshot, f"review, incident {incident.number}", {"match": str(match_id)})

    def _original(self, snapshot: Snapshot, incident: Incident, purpose: str) -> HttpResponse:
        if not self.user.may(Permission.EVIDENCE_EXPORT):
            raise AccessDeniedError
        purpose = purpose.replace("\0", "").strip()
        if not PURPOSE_LENGTH_MIN <= len(purpose) <= PURPOSE_LENGTH_MAX:
            message = gettext_noop("Say what this is for.")
            raise ValidationError("invalid_query", message, {"fields": {"purpose": [message]}})
        return self._as_it_was(snapshot, f"incident {incident.number}: {purpose}", {})

    def _as_it_was(self, snapshot: Snapshot, purpose: str, data: dict[str, str]) -> HttpResponse:
        self.seen("snapshot_viewed", "cameras.snapshot", snapshot.pk, purpose, {"copy": "original", **data})
        response = picture_response(_bytes(snapshot.path), snapshot.content_type, snapshot.sha256)
        response["Cache-Control"] = "no-store"  # each look at an original is asked for, and written down
        return response


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


def _bytes(path: str) -> bytes:
    try:
        return picture_read(path)
    except FileNotFoundError as error:
        raise NotFoundError from error


def _preparing() -> Response:
    message = gettext_noop("The picture is being prepared: faces are covered first.")
    body = PreparingAnswer(code="picture_preparing", message=gettext(message))
    # JSON even where a picture was asked for: there is none to be mistaken for one.
    return Response(
        body.model_dump(), status=status.HTTP_202_ACCEPTED, headers=NO_STORE, content_type="application/json"
    )


def _uuid(value: str, field: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError as error:
        raise ValidationError(
            "purpose_missing",
            gettext_noop("Say for which incident this picture is looked at."),
            {"fields": {field: [value[:40]]}},
        ) from error
