"""Public warnings over HTTP: CAP 1.2 in and out."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.permissions import Permission
from common import clock
from dispatch.actions import alerts as actions
from dispatch.api.alert_serializers import AlertCancelSerializer, AlertDraftSerializer
from dispatch.api.answers import AlertDetailAnswer, AlertListAnswer
from dispatch.api.documents import (
    CAP_PARSERS,
    CAP_RENDERERS,
    CAP_TYPE,
    FEED_RENDERERS,
    ExchangeAPIView,
    document_response,
)
from dispatch.events import AlertPayload
from dispatch.formats.cap.feed import FeedEntry, feed_write
from dispatch.models import Alert
from dispatch.presenters.alerts import alert_present
from dispatch.selectors.alerts import alert_get, alert_incidents, alert_places, alerts_feed, alerts_read
from dispatch.services.alerts import AlertDraft

SOURCE = "api"


class AlertListView(ExchangeAPIView):
    """Warnings."""

    required_permissions = {"GET": Permission.ALERT_VIEW, "POST": Permission.ALERT_ISSUE}

    @extend_schema(
        responses={200: AlertListAnswer},
        parameters=[OpenApiParameter("all", bool, description="those that hold no longer, too")],
        operation_id="alerts_list",
    )
    def get(self, request: Request) -> Response:
        """Those that hold, the latest first; at most 200."""
        is_all = request.query_params.get("all", "").lower() in {"1", "true"}
        return Response({"alerts": alerts_read(realm=self.realm, is_all=is_all)})

    @extend_schema(request=AlertDraftSerializer, responses={201: AlertPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Warn others; the document is at `alerts/<id>/cap/` and in the feed."""
        alert = actions.alert_issue(user=self.user, source=SOURCE, realm=self.realm, draft=_draft(request))
        return _present(alert, 201)


class AlertView(ExchangeAPIView):
    """One warning."""

    required_permissions = {"GET": Permission.ALERT_VIEW}

    @extend_schema(responses={200: AlertDetailAnswer}, operation_id="alerts_retrieve")
    def get(self, request: Request, alert_id: uuid.UUID) -> Response:
        """With the places in its area and, for the centre, the open incidents there."""
        alert = alert_get(realm=self.realm, alert_id=alert_id)
        sees_incidents = self.user.may(Permission.INCIDENT_VIEW)
        incidents = alert_incidents(alert) if sees_incidents else []
        answer = {
            "alert": alert_present(alert).model_dump(),
            "incidents": [{"id": str(row.pk), "number": row.number, "type": row.type.code} for row in incidents],
            "places": [{"code": row.code, "kind": row.kind, "name": row.name} for row in alert_places(alert)],
        }
        return Response(answer)


class AlertUpdateView(ExchangeAPIView):
    """Replacing one of ours."""

    required_permissions = {"POST": Permission.ALERT_ISSUE}

    @extend_schema(request=AlertDraftSerializer, responses={201: AlertPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, alert_id: uuid.UUID) -> Response:
        """The one before ends; 409 `alert_ended` when it holds no longer."""
        alert = actions.alert_update(
            user=self.user, source=SOURCE, realm=self.realm, alert_id=alert_id, draft=_draft(request)
        )
        return _present(alert, 201)


class AlertCancelView(ExchangeAPIView):
    """Calling one of ours off."""

    required_permissions = {"POST": Permission.ALERT_ISSUE}

    @extend_schema(request=AlertCancelSerializer, responses={201: AlertPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, alert_id: uuid.UUID) -> Response:
        """The answer is the message that does so."""
        alert = actions.alert_cancel(
            user=self.user, source=SOURCE, realm=self.realm, alert_id=alert_id, **self.taken(AlertCancelSerializer)
        )
        return _present(alert, 201)


class CapReceiveView(ExchangeAPIView):
    """CAP of others."""

    required_permissions = {"POST": Permission.ALERT_RECEIVE}
    parser_classes = CAP_PARSERS

    @extend_schema(
        request={CAP_TYPE: OpenApiTypes.STR, "application/xml": OpenApiTypes.STR},
        responses={200: AlertPayload, 201: AlertPayload}, parameters=[KEY],
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """201 for a new message, 200 for one that is known; 400 `cap_malformed` names each fault with its place."""
        document: Any = request.data  # the parsers give bytes, and an empty body as an empty mapping
        stored = actions.alert_receive(
            user=self.user, source=SOURCE, realm=self.realm, document=document if isinstance(document, bytes) else b""
        )
        return _present(stored.alert, 201 if stored.is_new else 200)


class CapView(ExchangeAPIView):
    """The document of a warning."""

    required_permissions = {"GET": Permission.ALERT_VIEW}
    renderer_classes = CAP_RENDERERS

    @extend_schema(responses={(200, CAP_TYPE): OpenApiTypes.STR}, parameters=[])
    def get(self, request: Request, alert_id: uuid.UUID) -> HttpResponse:
        """Byte for byte as it was sent."""
        return document_response(bytes(alert_get(realm=self.realm, alert_id=alert_id).document), CAP_TYPE)


class CapFeedView(ExchangeAPIView):
    """What we warn of."""

    required_permissions = {"GET": Permission.ALERT_VIEW}
    renderer_classes = FEED_RENDERERS

    @extend_schema(responses={(200, "application/atom+xml"): OpenApiTypes.STR}, parameters=[])
    def get(self, request: Request) -> HttpResponse:
        """Our warnings that hold, and what was called off in the last two days, as an Atom feed."""
        alerts = list(alerts_feed(realm=self.realm, at=clock.now()))
        feed = feed_write(
            url=_absolute(request, reverse("dispatch-api:cap-feed")),
            title=_("Warnings of this centre"),
            author=settings.CAP_SENDER,
            updated=max((alert.received_at for alert in alerts), default=clock.now()),
            entries=[
                FeedEntry(
                    identifier=alert.identifier,
                    title=str(alert),
                    summary=alert.event or alert.message_type,
                    updated=alert.sent_at,
                    url=_absolute(request, reverse("dispatch-api:alert-cap", args=[alert.pk])),
                )
                for alert in alerts
            ],
        )
        return document_response(feed, "application/atom+xml")


def _draft(request: Request) -> AlertDraft:
    serializer = AlertDraftSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    return serializer.draft()


def _absolute(request: Request, path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def _present(alert: Alert, status: int) -> Response:
    return Response(alert_present(alert).model_dump(), status=status)
