"""Agencies over HTTP: sharing by the centre, and what an agency sees and answers."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.models import Agency
from accounts.permissions import Permission
from common.errors import AccessDeniedError
from dispatch.actions import agencies as actions
from dispatch.api.incident_answers import AgencyIncidentAnswer, AgencyIncidentsAnswer
from dispatch.api.serializers import (
    DoneSerializer,
    ForwardSerializer,
    NoteSerializer,
    ReasonSerializer,
    ShareSerializer,
)
from dispatch.events import PartPayload, TimelinePayload
from dispatch.models import AgencyPart
from dispatch.presenters.agencies import part_present
from dispatch.presenters.incidents import timeline_present
from dispatch.selectors.agencies import agency_incident, agency_incidents
from realtime.api import LiveAPIView

SOURCE = "api"


class PartListView(LiveAPIView):
    """Agencies in an incident."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=ShareSerializer, responses={201: PartPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Tell an agency by hand; those it has agreements with are told too."""
        part = actions.agency_share(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(ShareSerializer)
        )
        return _part(part, 201)


class AgencyIncidentListView(LiveAPIView):
    """What my agency has a part in."""

    required_permissions = {"GET": Permission.AGENCY_WORK}

    @extend_schema(responses={200: AgencyIncidentsAnswer}, operation_id="agency_incidents_list")
    def get(self, request: Request) -> Response:
        """Open incidents, as far as they concern it."""
        return Response({"incidents": agency_incidents(realm=self.realm, agency=self.agency)})

    @property
    def agency(self) -> Agency:
        """The user's agency; who has none sees nothing."""
        if self.user.agency is None:
            raise AccessDeniedError
        return self.user.agency


class AgencyIncidentView(AgencyIncidentListView):
    """One incident of my agency."""

    @extend_schema(responses={200: AgencyIncidentAnswer}, operation_id="agency_incidents_retrieve")
    def get(self, request: Request, incident_id: uuid.UUID) -> Response:  # type: ignore[override]
        """With the lines of its story that agencies share."""
        found = agency_incident(realm=self.realm, agency=self.agency, incident_id=incident_id)
        self.seen("agency_incident_viewed", "dispatch.incident", incident_id, f"agency {self.agency.code}")
        return Response(found)


class PartAcceptView(LiveAPIView):
    """Taking it."""

    required_permissions = {"POST": Permission.AGENCY_WORK}

    @extend_schema(request=None, responses={200: PartPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, part_id: uuid.UUID) -> Response:
        """The agency takes its part."""
        return _part(actions.agency_accept(user=self.user, source=SOURCE, part_id=part_id))


class PartRejectView(LiveAPIView):
    """Not taking it."""

    required_permissions = {"POST": Permission.AGENCY_WORK}

    @extend_schema(request=ReasonSerializer, responses={200: PartPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, part_id: uuid.UUID) -> Response:
        """With the reason."""
        return _part(
            actions.agency_reject(user=self.user, source=SOURCE, part_id=part_id, **self.taken(ReasonSerializer))
        )


class PartForwardView(LiveAPIView):
    """Handing it on."""

    required_permissions = {"POST": Permission.AGENCY_WORK}

    @extend_schema(request=ForwardSerializer, responses={200: PartPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, part_id: uuid.UUID) -> Response:
        """To another agency, with the reason."""
        taken = self.taken(ForwardSerializer)
        return _part(
            actions.agency_forward(
                user=self.user, source=SOURCE, part_id=part_id, to=taken["agency"], reason=taken["reason"]
            )
        )


class PartDoneView(LiveAPIView):
    """Being done."""

    required_permissions = {"POST": Permission.AGENCY_WORK}

    @extend_schema(request=DoneSerializer, responses={200: PartPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, part_id: uuid.UUID) -> Response:
        """With a disposition of its own."""
        return _part(actions.agency_done(user=self.user, source=SOURCE, part_id=part_id, **self.taken(DoneSerializer)))


class PartNoteView(LiveAPIView):
    """Adding to the story."""

    required_permissions = {"POST": Permission.AGENCY_WORK}

    @extend_schema(request=NoteSerializer, responses={201: TimelinePayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, part_id: uuid.UUID) -> Response:
        """A note, which the centre and the other agencies see."""
        line = actions.agency_note(user=self.user, source=SOURCE, part_id=part_id, **self.taken(NoteSerializer))
        return Response(timeline_present(line).model_dump(), status=201)


def _part(part: AgencyPart, status: int = 200) -> Response:
    return Response(part_present(part).model_dump(), status=status)
