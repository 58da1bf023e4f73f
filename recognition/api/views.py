"""The watchlist over HTTP."""

import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.media import PICTURE_RENDERERS, picture_response
from accounts.permissions import Permission
from common.images import MAX_BYTES
from realtime.api import LiveAPIView
from recognition import actions
from recognition.api.answers import EntriesAnswer, EntryAnswer, PhotoAnswer
from recognition.api.serializers import (
    EntryCreateSerializer,
    EntryQuerySerializer,
    PhotoSerializer,
    WithdrawalSerializer,
)
from recognition.choices import EntryState
from recognition.presenters import entry_present, photo_present
from recognition.selectors import entries_read, entry_read, photo_read
from recognition.services.watchlist import EntryDraft

SOURCE = "api"


class EntryListView(LiveAPIView):
    """Who may be sought."""

    required_permissions = {"GET": Permission.WATCHLIST_VIEW, "POST": Permission.WATCHLIST_MANAGE}

    @extend_schema(
        operation_id="watchlist_list",
        responses={200: EntriesAnswer},
        parameters=[OpenApiParameter("state", str, enum=EntryState.values)],
    )
    def get(self, request: Request) -> Response:
        """`{"entries": [...]}`, the newest first."""
        query = EntryQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        entries = entries_read(realm=self.realm, state=query.validated_data["state"])
        return Response({"entries": [entry_present(entry) for entry in entries]})

    @extend_schema(request=EntryCreateSerializer, responses={201: EntryAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """A draft: it is sought only after a second person's approval."""
        draft = EntryDraft(**self.taken(EntryCreateSerializer))
        entry = actions.entry_create(user=self.user, source=SOURCE, realm=self.realm, draft=draft)
        return Response(entry_present(entry), status=201)


class EntryView(LiveAPIView):
    """One entry."""

    required_permissions = {"GET": Permission.WATCHLIST_VIEW}

    @extend_schema(responses={200: EntryAnswer})
    def get(self, request: Request, entry_id: uuid.UUID) -> Response:
        """With the facts of its photos."""
        return Response(entry_present(entry_read(realm=self.realm, entry_id=entry_id)))


class PhotoListView(LiveAPIView):
    """Reference photos of an entry."""

    parser_classes = [MultiPartParser]
    required_permissions = {"POST": Permission.WATCHLIST_MANAGE}

    @extend_schema(request={"multipart/form-data": PhotoSerializer}, responses={201: PhotoAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, entry_id: uuid.UUID) -> Response:
        """Add one; 400 says what is wrong with it (`enrolment_no_face`, `enrolment_several_faces`, ...)."""
        taken = self.taken(PhotoSerializer)
        photo = actions.photo_add(
            user=self.user,
            source=SOURCE,
            entry_id=entry_read(realm=self.realm, entry_id=entry_id).pk,
            photo=taken["photo"].read(MAX_BYTES + 1),
            provenance=taken["provenance"],
        )
        return Response(photo_present(photo), status=201)


class PhotoView(LiveAPIView):
    """A reference photo."""

    renderer_classes = PICTURE_RENDERERS
    required_permissions = {"GET": Permission.WATCHLIST_VIEW}

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY}, parameters=[])
    def get(self, request: Request, entry_id: uuid.UUID, photo_id: uuid.UUID) -> HttpResponse:
        """Its bytes; who looked is written down first."""
        photo = photo_read(realm=self.realm, entry_id=entry_id, photo_id=photo_id)
        self.seen("photo_viewed", "recognition.watchlistphoto", photo.pk, photo.entry.case_number)
        return picture_response(photo.photo_read(), photo.content_type, photo.sha256)


class ApprovalView(LiveAPIView):
    """The second person's approval."""

    required_permissions = {"POST": Permission.WATCHLIST_APPROVE}

    @extend_schema(request=None, responses={200: EntryAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, entry_id: uuid.UUID) -> Response:
        """409 `same_person`, `entry_without_photo`, `entry_not_draft` or `entry_expired`."""
        entry = entry_read(realm=self.realm, entry_id=entry_id)
        return Response(entry_present(actions.entry_approve(user=self.user, source=SOURCE, entry_id=entry.pk)))


class WithdrawalView(LiveAPIView):
    """The end of a search."""

    required_permissions = {"POST": Permission.WATCHLIST_MANAGE}

    @extend_schema(request=WithdrawalSerializer, responses={200: EntryAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, entry_id: uuid.UUID) -> Response:
        """At once, with a reason; 409 `entry_ended`."""
        entry = entry_read(realm=self.realm, entry_id=entry_id)
        ended = actions.entry_withdraw(
            user=self.user, source=SOURCE, entry_id=entry.pk, **self.taken(WithdrawalSerializer)
        )
        return Response(entry_present(ended))
