"""Calls and incidents over HTTP."""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.permissions import Permission
from common.errors import TerminalError, gettext_noop
from dispatch.actions import incidents as actions
from dispatch.actions.matches import match_review
from dispatch.api.incident_answers import DispositionsAnswer, IncidentAnswer, IncidentTypesAnswer, StateAnswer
from dispatch.api.serializers import (
    IncidentFieldsSerializer,
    IncidentOpenSerializer,
    NoteSerializer,
    ReviewSerializer,
)
from dispatch.events import IncidentPayload, MatchPayload, TimelinePayload
from dispatch.presenters.cameras import match_present
from dispatch.presenters.incidents import (
    disposition_present,
    incident_present,
    incident_type_present,
    timeline_present,
)
from dispatch.selectors.state import dispositions, incident_read, incident_types, state_read
from dispatch.services.incidents import IncidentDraft
from realtime.api import LiveAPIView

IF_MATCH = OpenApiParameter(
    "If-Match", {"type": "string", "pattern": '^"?[0-9]{1,9}"?$'}, OpenApiParameter.HEADER, required=True,
    description="the revision",
)  # fmt: skip
SOURCE = "api"


class StateView(LiveAPIView):
    """All that is open, for a console that starts."""

    required_permissions = {"GET": Permission.STREAM_READ}

    @extend_schema(responses={200: StateAnswer})
    def get(self, request: Request) -> Response:
        """`{"head", "calls", "incidents", "incident_cameras", "matches"}`; then read events after `head`."""
        return Response(state_read(realm=self.realm, user=self.user))


class IncidentListView(LiveAPIView):
    """Incidents."""

    required_permissions = {"POST": Permission.INCIDENT_OPEN}

    @extend_schema(request=IncidentOpenSerializer, responses={201: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Open an incident, from a call or without one."""
        taken = self.taken(IncidentOpenSerializer)
        call_id = taken.pop("call", None)
        draft = IncidentDraft(type_code=taken.pop("type"), place_code=taken.pop("place", None), **taken)
        incident = actions.incident_open(user=self.user, source=SOURCE, realm=self.realm, draft=draft, call_id=call_id)
        return Response(incident_present(incident).model_dump(), status=201)


class IncidentView(LiveAPIView):
    """One incident."""

    required_permissions = {"GET": Permission.INCIDENT_VIEW, "PATCH": Permission.INCIDENT_EDIT}

    @extend_schema(responses={200: IncidentAnswer})
    def get(self, request: Request, incident_id: uuid.UUID) -> Response:
        """With its story, calls, cameras and candidates."""
        return Response(incident_read(realm=self.realm, incident_id=incident_id, user=self.user))

    @extend_schema(
        request=IncidentFieldsSerializer(partial=True), responses={200: IncidentPayload}, parameters=[KEY, IF_MATCH]
    )
    @idempotent
    def patch(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Change fields; `If-Match` carries the revision that was read (428 without).

        What others changed meanwhile stays; 412 names the fields that they changed too, with their present values.
        """
        incident = actions.incident_change(
            user=self.user,
            source=SOURCE,
            realm=self.realm,
            incident_id=incident_id,
            revision=_revision(request),
            changes=self.taken(IncidentFieldsSerializer, partial=True),
        )
        return Response(incident_present(incident).model_dump())


class NoteListView(LiveAPIView):
    """Notes of an incident."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=NoteSerializer, responses={201: TimelinePayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Add a note; notes never conflict."""
        line = actions.note_add(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(NoteSerializer)
        )
        return Response(timeline_present(line).model_dump(), status=201)


class RoundListView(LiveAPIView):
    """Rounds of asking the cameras."""

    required_permissions = {"POST": Permission.CAMERA_PULL}

    @extend_schema(request=None, responses={202: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Ask once more; 409 `round_running` while they are being asked."""
        incident = actions.cameras_pull(user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id)
        return Response(incident_present(incident).model_dump(), status=202)


class ReviewListView(LiveAPIView):
    """Reviews of a candidate."""

    required_permissions = {"POST": Permission.MATCH_REVIEW}

    @extend_schema(request=ReviewSerializer, responses={201: MatchPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, match_id: uuid.UUID) -> Response:
        """Judge it, with a reason; 409 `match_settled` or `already_reviewed`."""
        match = match_review(
            user=self.user, source=SOURCE, realm=self.realm, match_id=match_id, **self.taken(ReviewSerializer)
        )
        return Response(match_present(match).model_dump(), status=201)


class IncidentTypeListView(LiveAPIView):
    """Types of incidents."""

    required_permissions = {"GET": Permission.INCIDENT_VIEW}

    @extend_schema(responses={200: IncidentTypesAnswer})
    def get(self, request: Request) -> Response:
        """Those that can be chosen."""
        return Response({"incident_types": [incident_type_present(kind) for kind in incident_types()]})


class DispositionListView(LiveAPIView):
    """Dispositions."""

    required_permissions = {"GET": Permission.INCIDENT_VIEW}

    @extend_schema(responses={200: DispositionsAnswer})
    def get(self, request: Request) -> Response:
        """Those that can be chosen."""
        return Response({"dispositions": [disposition_present(row) for row in dispositions()]})


def _revision(request: Request) -> int:
    text = request.headers.get("If-Match", "").strip('"')
    if not text.isdecimal() or len(text) > 9:
        raise TerminalError(
            "precondition_required", gettext_noop("This request needs an If-Match header with the revision.")
        )
    return int(text)
