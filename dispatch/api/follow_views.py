"""Handovers, protocol cards and the report of undone work, over HTTP."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.permissions import Permission
from common import clock
from dispatch.actions import follow as actions
from dispatch.actions import protocols as protocol_actions
from dispatch.api.incident_answers import ProtocolRunAnswer, ProtocolsAnswer, UndoneAnswer
from dispatch.api.incident_views import user_named
from dispatch.api.serializers import HandoverSerializer, ProtocolAnswerSerializer, ProtocolStartSerializer
from dispatch.events import HandoverPayload
from dispatch.presenters.incidents import handover_present
from dispatch.presenters.protocols import asked_present
from dispatch.selectors.protocols import cards_read
from dispatch.selectors.undone import undone_read
from dispatch.services.protocols import Asked
from realtime.api import LiveAPIView

SOURCE = "api"


class UndoneView(LiveAPIView):
    """What is open, overdue and undone."""

    required_permissions = {"GET": Permission.REPORT_VIEW}

    @extend_schema(responses={200: UndoneAnswer})
    def get(self, request: Request) -> Response:
        """Counts and rows of each kind of undone work, from the rows as they are now."""
        return Response(undone_read(realm=self.realm, at=clock.now()))


class HandoverListView(LiveAPIView):
    """Handovers."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=HandoverSerializer, responses={201: HandoverPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Offer everything I own to somebody."""
        taken = self.taken(HandoverSerializer)
        handover = actions.handover_offer(
            user=self.user, source=SOURCE, realm=self.realm, to_user=user_named(taken["username"]) or self.user,
            note=taken["note"],
        )  # fmt: skip
        return Response(handover_present(handover).model_dump(), status=201)


class HandoverAcceptView(LiveAPIView):
    """Taking over."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=None, responses={200: HandoverPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, handover_id: uuid.UUID) -> Response:
        """All that is still open changes its owner."""
        handover = actions.handover_accept(user=self.user, source=SOURCE, realm=self.realm, handover_id=handover_id)
        return Response(handover_present(handover).model_dump())


class HandoverDeclineView(LiveAPIView):
    """Not taking over, or withdrawing."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=None, responses={200: HandoverPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, handover_id: uuid.UUID) -> Response:
        """Everything stays where it is."""
        handover = actions.handover_decline(user=self.user, source=SOURCE, realm=self.realm, handover_id=handover_id)
        return Response(handover_present(handover).model_dump())


class ProtocolListView(LiveAPIView):
    """Protocol cards."""

    required_permissions = {"GET": Permission.CALL_VIEW}

    @extend_schema(responses={200: ProtocolsAnswer})
    def get(self, request: Request) -> Response:
        """Those in use."""
        return Response({"protocols": cards_read()})


class ProtocolRunListView(LiveAPIView):
    """Asking cards."""

    required_permissions = {"POST": Permission.CALL_RECEIVE}

    @extend_schema(request=ProtocolStartSerializer, responses={201: ProtocolRunAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Begin a card in a call or for an incident."""
        taken = self.taken(ProtocolStartSerializer)
        found = protocol_actions.protocol_start(
            user=self.user, source=SOURCE, realm=self.realm, code=taken["card"], call_id=taken["call"],
            incident_id=taken["incident"],
        )  # fmt: skip
        return _asked(found, 201)


class ProtocolRunView(LiveAPIView):
    """One use of a card."""

    required_permissions = {"GET": Permission.CALL_VIEW, "POST": Permission.CALL_RECEIVE}

    @extend_schema(responses={200: ProtocolRunAnswer})
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        """Where it stands."""
        return _asked(protocol_actions.protocol_read(user=self.user, realm=self.realm, run_id=run_id))

    @extend_schema(
        operation_id="protocol_runs_answer",
        request=ProtocolAnswerSerializer,
        responses={200: ProtocolRunAnswer},
        parameters=[KEY],
    )
    @idempotent
    def post(self, request: Request, run_id: uuid.UUID) -> Response:
        """Answer by a key, or take answers back from a position on with an empty one."""
        found = protocol_actions.protocol_answer(
            user=self.user, source=SOURCE, realm=self.realm, run_id=run_id, **self.taken(ProtocolAnswerSerializer)
        )
        return _asked(found)


def _asked(found: Asked, status: int = 200) -> Response:
    return Response(asked_present(found.run, found.card, found.walk), status=status)
