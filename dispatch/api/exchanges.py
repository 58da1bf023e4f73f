"""The webhook of telephone exchanges: signed, fresh, at most once."""

import hmac
import re
import time
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.crypto import SealBroken
from common.errors import RetryableError, TerminalError, gettext_noop
from common.serializers import FiniteField, StrictSerializer
from common.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, signature_of
from dispatch.actions.exchanges import events_hear
from dispatch.api.call_answers import HeardAnswer
from dispatch.choices import LineEvent
from dispatch.models import PbxLink
from dispatch.services.lines import Told
from dispatch.services.locations import Fix

CLOCK_SKEW_MAX_S = 300
BATCH_MAX = 100
SIGNED = [
    OpenApiParameter(TIMESTAMP_HEADER, str, OpenApiParameter.HEADER, required=True, description="Unix seconds"),
    OpenApiParameter(
        SIGNATURE_HEADER, str, OpenApiParameter.HEADER, required=True,
        description="`v1=` and the hex HMAC-SHA256 of timestamp, dot and body",
    ),
]  # fmt: skip


class MomentField(serializers.DateTimeField):
    """A time with its offset: one without is read differently by everybody."""

    default_error_messages = {"naive": _("This time lacks its offset from UTC.")}

    def enforce_timezone(self, value: datetime) -> datetime:
        """Ask for the offset instead of assuming one."""
        if value.tzinfo is None:
            self.fail("naive")
        return super().enforce_timezone(value)


class LinePositionSerializer(StrictSerializer):
    """Where the caller is, as the exchange knows it."""

    lat = FiniteField(min_value=-90, max_value=90)
    lon = FiniteField(min_value=-180, max_value=180)
    radius_m = FiniteField(min_value=0, max_value=1_000_000)
    measured_at = MomentField()

    def get_fields(self) -> dict[str, Any]:
        """Named `source` on the wire, which the framework's fields have as an attribute of their own."""
        return super().get_fields() | {"source": serializers.ChoiceField(["aml", "cell", "pbx"], default="pbx")}


class LineEventSerializer(StrictSerializer):
    """One event of one line."""

    id = serializers.CharField(max_length=80)
    event = serializers.ChoiceField(LineEvent.choices)
    call = serializers.CharField(max_length=80)
    at = MomentField()
    caller = serializers.CharField(max_length=64, allow_null=True, allow_blank=True, default=None)
    agent = serializers.CharField(max_length=20, allow_null=True, allow_blank=True, default=None)
    cause = serializers.CharField(max_length=20, allow_blank=True, default="")
    language = serializers.RegexField(r"^([a-z]{2,3}(-[A-Z]{2})?)?$", max_length=8, allow_blank=True, default="")
    skill = serializers.SlugField(max_length=20, allow_blank=True, default="")
    location = LinePositionSerializer(allow_null=True, default=None)


class LineEventsSerializer(StrictSerializer):
    """A batch."""

    events = serializers.ListField(child=LineEventSerializer(), allow_empty=False, max_length=BATCH_MAX)


class LineEventListView(APIView):
    """Events of an exchange. No session: the signature is the right."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(request=LineEventsSerializer, responses={202: HeardAnswer}, parameters=SIGNED, auth=[])
    def post(self, request: Request, pbx_code: str) -> Response:
        """All or nothing; an event that was heard before counts as repeated and changes nothing."""
        pbx = signed_link(request, pbx_code)
        serializer = LineEventsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        told = [_told(item) for item in serializer.validated_data["events"]]
        accepted = events_hear(pbx=pbx, told=told)
        return Response({"accepted": accepted, "repeated": len(told) - accepted}, status=202)


def signed_link(request: Request, pbx_code: str) -> PbxLink:
    """The exchange whose secret signed this; an unknown exchange looks like a wrong signature.

    Raises TerminalError `signature_invalid` or `signature_stale`, RetryableError `link_unreadable`.
    """
    body = request._request.body  # before the parser reads it away
    timestamp = request.headers.get(TIMESTAMP_HEADER, "")
    given = request.headers.get(SIGNATURE_HEADER, "")
    pbx = PbxLink.objects.select_related("realm").filter(code=pbx_code, is_active=True).first()
    secrets = _secrets(pbx) if pbx else []
    fits = [hmac.compare_digest(signature_of(secret, timestamp, body).encode(), given.encode()) for secret in secrets]
    if pbx is None or not any(fits):
        raise TerminalError("signature_invalid", gettext_noop("The signature does not fit."))
    if not re.fullmatch(r"\d{1,12}", timestamp, re.ASCII) or abs(time.time() - int(timestamp)) > CLOCK_SKEW_MAX_S:
        raise TerminalError(
            "signature_stale",
            gettext_noop("This was signed too long ago, or a clock is wrong."),
            {"now": int(time.time())},
        )
    return pbx


def _secrets(pbx: PbxLink) -> list[str]:
    try:
        return pbx.secrets_read()
    except SealBroken as error:  # our fault, not the sender's: it must keep what it has and come again
        raise RetryableError(
            "link_unreadable", gettext_noop("The secret of this exchange cannot be read; tell the administrator.")
        ) from error


def _told(item: dict[str, Any]) -> Told:
    where = item["location"]
    return Told(
        event_id=item["id"],
        kind=item["event"],
        pbx_call=item["call"],
        at=item["at"],
        caller_number=item["caller"],
        extension=item["agent"] or "",
        cause=item["cause"],
        language=item["language"],
        skill=item["skill"],
        location=Fix(**where) if where else None,
    )
