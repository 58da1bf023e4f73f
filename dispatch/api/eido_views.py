"""Incidents as EIDO documents (NENA-STA-021), out and in."""

import uuid

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.permissions import Permission
from dispatch.actions.eido import eido_receive
from dispatch.api.answers import EidoIncident, EidoTakenAnswer
from dispatch.api.documents import ExchangeAPIView
from dispatch.formats.eido.write import eido_write
from dispatch.rules.eido import tracking_identifier
from dispatch.selectors.eido import report_read

SOURCE = "api"


class EidoView(ExchangeAPIView):
    """An incident for another system."""

    required_permissions = {"GET": Permission.EIDO_READ}

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, incident_id: uuid.UUID) -> Response:
        """As an EIDO document: whole for the centre, for an agency what it may see of what it has a part in."""
        report = report_read(realm=self.realm, incident_id=incident_id, user=self.user)
        receiver = self.user.agency.code if self.user.agency else self.user.username
        self.seen("eido_given", "dispatch.incident", incident_id, receiver)
        return Response(eido_write(report))


class EidoReceiveView(ExchangeAPIView):
    """Incidents of other systems."""

    required_permissions = {"POST": Permission.EIDO_WRITE}

    @extend_schema(
        request=OpenApiTypes.OBJECT, responses={200: EidoTakenAnswer, 201: EidoTakenAnswer}, parameters=[KEY]
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Take an EIDO document: 201 when it opened an incident, 200 when it is about a known one.

        The sender and the document's `$id` say which incident it is; a newer document changes what nobody here has
        changed. About an incident of ours only notes and links are taken. 400 `eido_malformed` names each place.
        """
        taken = eido_receive(user=self.user, source=SOURCE, realm=self.realm, document=request.data)
        incident = taken.incident
        answer = EidoTakenAnswer(
            outcome=taken.outcome,
            identifier=tracking_identifier(incident.pk, settings.EIDO_ELEMENT),
            incident=EidoIncident(id=str(incident.pk), number=incident.number, state=incident.state),
            kept=list(taken.kept),
        )
        return Response(answer.model_dump(), status=201 if taken.outcome == "created" else 200)
