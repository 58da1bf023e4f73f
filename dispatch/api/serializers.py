"""What the API takes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.serializers import FiniteField, StrictSerializer
from dispatch.choices import CallMedium, Priority
from recognition.choices import Decision, ReviewReason


class CallReceiveSerializer(StrictSerializer):
    """A call that comes in; the number may be missing."""

    medium = serializers.ChoiceField(CallMedium.choices, default=CallMedium.VOICE)
    caller_number = serializers.RegexField(
        r"^\+?[0-9][0-9 -]{1,30}$", required=False, allow_null=True, allow_blank=True, default=None
    )

    def validate_caller_number(self, value: str | None) -> str | None:
        """Blank is none."""
        return value or None


class IncidentFieldsSerializer(StrictSerializer):
    """What may be changed of an incident."""

    type = serializers.SlugField(max_length=30)
    priority = serializers.ChoiceField(Priority.choices)
    place = serializers.CharField(max_length=30, allow_null=True)
    place_text = serializers.CharField(max_length=200, allow_blank=True)
    lat = FiniteField(min_value=-90, max_value=90, allow_null=True)
    lon = FiniteField(min_value=-180, max_value=180, allow_null=True)
    radius_m = FiniteField(min_value=0, max_value=100_000, allow_null=True)
    summary = serializers.CharField(max_length=4000, allow_blank=True)
    caller_name = serializers.CharField(max_length=120, allow_blank=True)
    caller_number = serializers.RegexField(r"^\+?[0-9][0-9 -]{1,30}$", allow_null=True, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A position has both parts or none."""
        if (attrs.get("lat") is None) != (attrs.get("lon") is None):
            raise serializers.ValidationError({"lat": [_("Latitude and longitude come together.")]})
        if attrs.get("caller_number") == "":
            attrs["caller_number"] = None
        return attrs


class IncidentOpenSerializer(IncidentFieldsSerializer):
    """A new incident: only the type is needed."""

    call = serializers.UUIDField(required=False, allow_null=True, default=None)

    def get_fields(self) -> dict[str, Any]:
        """All but the type may be left out."""
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "type"
        return fields


class NoteSerializer(StrictSerializer):
    """A note."""

    text = serializers.CharField(max_length=4000)


class ReviewSerializer(StrictSerializer):
    """A person's decision on a candidate."""

    decision = serializers.ChoiceField(Decision.choices)
    reason = serializers.ChoiceField(ReviewReason.choices)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
    viewed_ms = serializers.IntegerField(min_value=0, max_value=24 * 3600 * 1000)
