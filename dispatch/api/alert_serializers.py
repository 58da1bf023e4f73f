"""What the API takes of warnings."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.serializers import FiniteField, StrictSerializer
from dispatch.choices.alerts import AlertCategory, AlertCertainty, AlertSeverity, AlertUrgency
from dispatch.formats.cap.values import ValueRefused, polygon_read
from dispatch.services.alerts import AlertDraft, Words
from places.models import Place

LONGEST = timedelta(days=14)
POLYGON_CHARS_MAX = 20_000


class AlertDraftSerializer(StrictSerializer):
    """A warning to issue: what, how grave, until when, in words, and where (a circle, a polygon or a place)."""

    category = serializers.ChoiceField(AlertCategory.choices)
    urgency = serializers.ChoiceField(AlertUrgency.choices)
    severity = serializers.ChoiceField(AlertSeverity.choices)
    certainty = serializers.ChoiceField(AlertCertainty.choices)
    onset_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    expires_at = serializers.DateTimeField()
    event = serializers.CharField(max_length=200)
    headline = serializers.CharField(max_length=300)
    description = serializers.CharField(max_length=4000, allow_blank=True, default="")
    instruction = serializers.CharField(max_length=4000, allow_blank=True, default="")
    event_en = serializers.CharField(max_length=200, allow_blank=True, default="")
    headline_en = serializers.CharField(max_length=300, allow_blank=True, default="")
    description_en = serializers.CharField(max_length=4000, allow_blank=True, default="")
    instruction_en = serializers.CharField(max_length=4000, allow_blank=True, default="")
    area = serializers.CharField(max_length=500, help_text="the area in words")
    place = serializers.CharField(max_length=30, allow_blank=True, default="", help_text="code of a place")
    lat = FiniteField(min_value=-90, max_value=90, allow_null=True, default=None)
    lon = FiniteField(min_value=-180, max_value=180, allow_null=True, default=None)
    radius_m = FiniteField(min_value=10, max_value=100_000, allow_null=True, default=None)
    polygon = serializers.CharField(
        max_length=POLYGON_CHARS_MAX, allow_blank=True, default="",
        help_text="lat,lon pairs with blanks between; closed by itself",
    )  # fmt: skip

    def validate_expires_at(self, value: Any) -> Any:
        """It ends in the future, and not too far away."""
        now = timezone.now()
        if not now < value <= now + LONGEST:
            raise serializers.ValidationError(_("A warning ends in the future, at most fourteen days away."))
        return value

    def validate_polygon(self, value: str) -> Any:
        """Points; the last is the first."""
        if not value.strip():
            return ()
        parts = value.split()
        closed = value if parts[0] == parts[-1] else f"{value} {parts[0]}"
        try:
            return polygon_read(closed)
        except ValueRefused as refused:
            raise serializers.ValidationError(_(str(refused))) from refused

    def validate_place(self, value: str) -> Place | None:
        """A known one."""
        found = Place.objects.filter(code=value).first() if value else None
        if value and found is None:
            raise serializers.ValidationError(_("This place is not known."))
        return found

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """It holds somewhere, and a circle is whole."""
        circle = [attrs.get(name) for name in ("lat", "lon", "radius_m")]
        if any(part is None for part in circle) and any(part is not None for part in circle):
            raise serializers.ValidationError({"lat": [_("A circle has latitude, longitude and radius.")]})
        if circle[0] is None and not attrs["polygon"] and attrs["place"] is None:
            raise serializers.ValidationError({"area": [_("Say where it holds: a circle, a polygon or a place.")]})
        return attrs

    def draft(self) -> AlertDraft:
        """What the action takes."""
        taken = self.validated_data
        place: Place | None = taken["place"]
        circles = [(taken["lat"], taken["lon"], taken["radius_m"])] if taken["lat"] is not None else []
        if place is not None:
            # For receivers that do not know our codes.
            circles.append((place.lat, place.lon, place.accuracy_m))
        english = Words(*(taken[f"{name}_en"] for name in ("event", "headline", "description", "instruction")))
        return AlertDraft(
            category=taken["category"],
            urgency=taken["urgency"],
            severity=taken["severity"],
            certainty=taken["certainty"],
            expires_at=taken["expires_at"],
            onset_at=taken["onset_at"],
            words=Words(taken["event"], taken["headline"], taken["description"], taken["instruction"]),
            words_en=english if english.event and english.headline else None,
            area_text=taken["area"],
            polygons=(taken["polygon"],) if taken["polygon"] else (),
            circles=tuple(circles),
            places=(place.code,) if place else (),
        )


class AlertCancelSerializer(StrictSerializer):
    """Why it is called off."""

    note = serializers.CharField(max_length=500)
