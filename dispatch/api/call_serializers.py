"""What the API takes of calls."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from common.serializers import FiniteField, StrictSerializer
from dispatch.choices import CallbackOutcome, CallClass, CallMedium, PresenceState

NUMBER = r"^\+?[0-9][0-9 -]{1,30}$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Z]{2})?$"


class CallReceiveSerializer(StrictSerializer):
    """A call that comes in; the number may be missing."""

    medium = serializers.ChoiceField(CallMedium.choices, default=CallMedium.VOICE)
    caller_number = serializers.RegexField(
        NUMBER, required=False, allow_null=True, allow_blank=True, default=None, max_length=32
    )
    language = serializers.RegexField(LANGUAGE, default="id", max_length=8)
    skill = serializers.SlugField(default="", allow_blank=True, max_length=20)

    def validate_caller_number(self, value: str | None) -> str | None:
        """Blank is none."""
        return value or None


class CallCloseSerializer(StrictSerializer):
    """The class of a call."""

    call_class = serializers.ChoiceField(CallClass.choices)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class CallbackSerializer(StrictSerializer):
    """How an attempt went."""

    outcome = serializers.ChoiceField(CallbackOutcome.choices)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class PositionSerializer(StrictSerializer):
    """A position with its radius; `measured_at` is now unless it is said."""

    lat = FiniteField(min_value=-90, max_value=90)
    lon = FiniteField(min_value=-180, max_value=180)
    radius_m = FiniteField(min_value=0, max_value=1_000_000)
    measured_at = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A position of the future is the fault of a clock: it is taken as of now."""
        now = timezone.now()
        attrs["measured_at"] = min(attrs.get("measured_at") or now, now)
        return attrs


class PresenceSerializer(StrictSerializer):
    """Readiness."""

    state = serializers.ChoiceField(PresenceState.choices)
    languages = serializers.ListField(
        child=serializers.RegexField(LANGUAGE, max_length=8), required=False, max_length=10
    )


class NumberReviewSerializer(StrictSerializer):
    """A decision on a mark."""

    is_kept = serializers.BooleanField()
    note = serializers.CharField(max_length=300)
