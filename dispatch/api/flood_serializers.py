"""What the API takes about floods."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.serializers import FiniteField, StrictSerializer
from dispatch.api.exchanges import MomentField
from dispatch.choices.floods import RoadBlockReason, RoadBlockSource
from dispatch.formats.cap.values import ValueRefused, point_read
from dispatch.services.road_blocks import BlockDraft

POINTS_MAX = 500
DEPTH_MAX_CM = 1000


class SingleReadingSerializer(StrictSerializer):
    """One reading of the gauge in the address."""

    height_cm = FiniteField(min_value=-1_000_000, max_value=1_000_000)
    measured_at = serializers.CharField(max_length=40, help_text="with its offset from UTC")
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class CsvSerializer(StrictSerializer):
    """Readings as CSV text, for forms; programs send text/csv as it is."""

    csv = serializers.CharField(max_length=400_000, trim_whitespace=False)
    offset = serializers.CharField(max_length=6, allow_blank=True, default="", help_text="+07:00")


class TaskDoneSerializer(StrictSerializer):
    """What was done, in words."""

    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class FloodReasonSerializer(StrictSerializer):
    """Why not; or how something is known."""

    reason = serializers.CharField(max_length=300)


class RoadBlockSerializer(StrictSerializer):
    """A blocked road: one point, a line or an area, as `lat,lon` pairs with blanks between."""

    name = serializers.CharField(max_length=160)
    points = serializers.CharField(max_length=20_000, help_text="lat,lon pairs with blanks between")
    is_area = serializers.BooleanField(default=False)
    reason = serializers.ChoiceField(RoadBlockReason.choices)
    depth_cm = serializers.IntegerField(min_value=0, max_value=DEPTH_MAX_CM, allow_null=True, default=None)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")
    from_at = MomentField(allow_null=True, default=None)
    until_at = MomentField(allow_null=True, default=None)

    def get_fields(self) -> dict[str, Any]:
        """Named `source` on the wire, which the framework's fields have as an attribute of their own."""
        return super().get_fields() | {"source": serializers.ChoiceField(RoadBlockSource.choices, default="desk")}

    def validate_points(self, value: str) -> list[tuple[float, float]]:
        """Points on earth."""
        parts = value.split()
        if not 0 < len(parts) <= POINTS_MAX:
            raise serializers.ValidationError(_("Give 1 to %(limit)d points.") % {"limit": POINTS_MAX})
        try:
            return [point_read(part) for part in parts]
        except ValueRefused as refused:
            raise serializers.ValidationError(_(str(refused))) from refused

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An area has corners, water a depth, and what ends does so after it began."""
        if attrs["is_area"] and len(set(attrs["points"])) < 3:
            raise serializers.ValidationError({"points": [_("An area has at least three corners.")]})
        if attrs["depth_cm"] is not None and attrs["reason"] != RoadBlockReason.FLOOD:
            raise serializers.ValidationError({"depth_cm": [_("Only water has a depth.")]})
        if attrs["from_at"] and attrs["until_at"] and attrs["until_at"] <= attrs["from_at"]:
            raise serializers.ValidationError({"until_at": [_("It ends after it begins.")]})
        return attrs

    def draft(self) -> BlockDraft:
        """What the action takes."""
        return BlockDraft(**self.validated_data)
