"""Calls over HTTP."""

import uuid
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.permissions import Permission
from dispatch.actions import calls as actions
from dispatch.api.call_answers import (
    CallAnswer,
    CallbacksAnswer,
    LocationLinkAnswer,
    NumberAnswer,
    NumberMark,
    NumbersAnswer,
)
from dispatch.api.call_serializers import (
    CallbackSerializer,
    CallCloseSerializer,
    CallReceiveSerializer,
    NumberReviewSerializer,
    PositionSerializer,
    PresenceSerializer,
)
from dispatch.events import CallPayload, PresencePayload
from dispatch.models import Call
from dispatch.presenters.calls import call_present, presence_present
from dispatch.selectors.calls import call_read, callbacks_read, number_read, numbers_to_review, reputation_present
from dispatch.services.locations import Fix
from realtime.api import LiveAPIView

SOURCE = "api"


def _present(call: Call, status: int = 200) -> Response:
    return Response(call_present(call).model_dump(), status=status)


class CallListView(LiveAPIView):
    """Calls."""

    required_permissions = {"POST": Permission.CALL_RECEIVE}

    @extend_schema(request=CallReceiveSerializer, responses={201: CallPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Put a call into the queue."""
        call = actions.call_receive(
            user=self.user, source=SOURCE, realm=self.realm, **self.taken(CallReceiveSerializer)
        )
        return _present(call, 201)


class CallView(LiveAPIView):
    """One call."""

    required_permissions = {"GET": Permission.CALL_VIEW}

    @extend_schema(responses={200: CallAnswer})
    def get(self, request: Request, call_id: uuid.UUID) -> Response:
        """With its steps, offers, positions, callback attempts, and what is known of its number."""
        self.seen("call_viewed", "dispatch.call", call_id, "call")
        return Response(call_read(realm=self.realm, call_id=call_id))


class CallStepView(LiveAPIView):
    """One step of a call that needs nothing said with it."""

    required_permissions = {"POST": Permission.CALL_RECEIVE}
    step: Any = None

    @extend_schema(request=None, responses={200: CallPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, call_id: uuid.UUID) -> Response:
        """Take the step; 409 `state_conflict` or `call_taken` says how the call stands."""
        return _present(type(self).step(user=self.user, source=SOURCE, realm=self.realm, call_id=call_id))


class CallAnswerView(CallStepView):
    """Taking a waiting call."""

    step = staticmethod(actions.call_answer)


class CallHoldView(CallStepView):
    """Letting the caller wait on the line."""

    step = staticmethod(actions.call_hold)


class CallResumeView(CallStepView):
    """Going back to a held caller."""

    step = staticmethod(actions.call_resume)


class CallEndView(CallStepView):
    """Ending a conversation."""

    step = staticmethod(actions.call_end)


class CallDropView(CallStepView):
    """The line broke."""

    step = staticmethod(actions.call_drop)


class CallWrapUpView(CallStepView):
    """Writing down what is left."""

    step = staticmethod(actions.call_wrap_up)


class CallSilentView(CallStepView):
    """Nobody speaks."""

    step = staticmethod(actions.call_silent)


class CallCloseView(LiveAPIView):
    """Closing a call with its class."""

    required_permissions = {"POST": Permission.CALL_RECEIVE}

    @extend_schema(request=CallCloseSerializer, responses={200: CallPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, call_id: uuid.UUID) -> Response:
        """One act from a running conversation too; `dropped` goes to the callback list."""
        call = actions.call_close(
            user=self.user, source=SOURCE, realm=self.realm, call_id=call_id, **self.taken(CallCloseSerializer)
        )
        return _present(call)


class CallPositionView(LiveAPIView):
    """Where a caller says to be."""

    required_permissions = {"POST": Permission.CALL_RECEIVE}

    @extend_schema(request=PositionSerializer, responses={200: CallPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, call_id: uuid.UUID) -> Response:
        """Keep it with its radius; the best known stands on the call."""
        taken = self.taken(PositionSerializer)
        call = actions.call_locate(user=self.user, source=SOURCE, realm=self.realm, call_id=call_id, fix=Fix(**taken))
        return _present(call)


class LocationLinkView(LiveAPIView):
    """A link that asks the caller's phone where it is."""

    required_permissions = {"POST": Permission.CALL_RECEIVE}

    @extend_schema(request=None, responses={201: LocationLinkAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, call_id: uuid.UUID) -> Response:
        """Its address, to be sent to the caller; valid for half an hour."""
        link, token = actions.location_link_make(user=self.user, source=SOURCE, realm=self.realm, call_id=call_id)
        base = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
        return Response({"url": f"{base}/lokasi/{token}/", "expires_at": link.expires_at.isoformat()}, status=201)


class CallbackListView(LiveAPIView):
    """Who is to be called back."""

    required_permissions = {"GET": Permission.CALL_VIEW}

    @extend_schema(responses={200: CallbacksAnswer})
    def get(self, request: Request) -> Response:
        """The longest overdue first."""
        return Response({"callbacks": callbacks_read(realm=self.realm)})


class CallbackView(LiveAPIView):
    """One attempt to call back."""

    required_permissions = {"POST": Permission.CALL_RECEIVE}

    @extend_schema(request=CallbackSerializer, responses={200: CallPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, call_id: uuid.UUID) -> Response:
        """`reached` goes on as a conversation; the third failure closes the call as dropped."""
        call = actions.callback_try(
            user=self.user, source=SOURCE, realm=self.realm, call_id=call_id, **self.taken(CallbackSerializer)
        )
        return _present(call)


class PresenceView(LiveAPIView):
    """Whether I am ready."""

    required_permissions = {"POST": Permission.CALL_RECEIVE}

    @extend_schema(request=PresenceSerializer, responses={200: PresencePayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Say it again at least once a minute, or the desk counts as left."""
        presence = actions.presence_change(
            user=self.user, source=SOURCE, realm=self.realm, **self.taken(PresenceSerializer)
        )
        return Response(presence_present(presence).model_dump())


class NumberView(LiveAPIView):
    """What is known of a number."""

    required_permissions = {"GET": Permission.CALL_VIEW}

    @extend_schema(responses={200: NumberAnswer}, parameters=[OpenApiParameter("number", str, required=True)])
    def get(self, request: Request) -> Response:
        """Its earlier calls and incidents, and its mark."""
        number = request.query_params.get("number", "")[:40]
        self.seen("number_viewed", "dispatch.call", "", "caller history")
        return Response(number_read(realm=self.realm, number=number))


class NumberReviewListView(LiveAPIView):
    """Marks that wait for a supervisor."""

    required_permissions = {"GET": Permission.NUMBER_REVIEW}

    @extend_schema(responses={200: NumbersAnswer})
    def get(self, request: Request) -> Response:
        """Numbers whose calls are offered later, and why."""
        return Response({"numbers": numbers_to_review(realm=self.realm)})


class NumberReviewView(LiveAPIView):
    """Judging a mark."""

    required_permissions = {"POST": Permission.NUMBER_REVIEW}

    @extend_schema(request=NumberReviewSerializer, responses={200: NumberMark}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, number_id: int) -> Response:
        """Keep it until its time is over, or lift it."""
        row = actions.number_review(
            user=self.user, source=SOURCE, realm=self.realm, number_id=number_id, **self.taken(NumberReviewSerializer)
        )
        return Response(reputation_present(row))
