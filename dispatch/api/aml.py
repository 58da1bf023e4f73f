"""Positions that phones send by text when 112 is dialled (AML), from the gateway that receives those texts."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.errors import ValidationError, gettext_noop
from common.phones import number_normalise
from common.serializers import StrictSerializer
from dispatch.actions.exchanges import aml_hear
from dispatch.api.exchanges import SIGNED, signed_link
from dispatch.rules.aml import LENGTH_MAX, aml_parse


class AmlSerializer(StrictSerializer):
    """One text, and the number it came from."""

    caller = serializers.CharField(max_length=64)
    text = serializers.CharField(max_length=LENGTH_MAX)


class AmlReceiptSerializer(serializers.Serializer[object]):
    """What became of it."""

    accepted = serializers.IntegerField()
    repeated = serializers.IntegerField()
    matched = serializers.BooleanField()


class AmlView(APIView):
    """Texts of phones. No session: the signature is the right."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(request=AmlSerializer, responses={202: AmlReceiptSerializer}, parameters=SIGNED, auth=[])
    def post(self, request: Request, pbx_code: str) -> Response:
        """Put the position on the newest open call of this number, or keep it until the call is heard of.

        A text of a phone that does not know where it is counts as taken, and changes nothing.
        """
        pbx = signed_link(request, pbx_code)
        serializer = AmlSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        number = number_normalise(serializer.validated_data["caller"])
        if number is None:
            raise ValidationError("aml_without_number", gettext_noop("The number that the text came from is missing."))
        fix = aml_parse(serializer.validated_data["text"])
        if fix is None:
            return Response({"accepted": 1, "repeated": 0, "matched": False}, status=202)
        heard = aml_hear(pbx=pbx, number=number, fix=fix)
        return Response(
            {"accepted": int(heard.is_new), "repeated": int(not heard.is_new), "matched": heard.call is not None},
            status=202,
        )
