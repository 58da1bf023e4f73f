"""What the API takes of reviews."""

from rest_framework import serializers

from common.serializers import StrictSerializer


class ScorecardFillSerializer(StrictSerializer):
    """A filled scorecard: an answer for the code of every question, null where it does not apply."""

    version = serializers.UUIDField()
    answers = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=4, allow_null=True), allow_empty=False
    )
    comment = serializers.CharField(max_length=2000, allow_blank=True, default="")


class AcknowledgeSerializer(StrictSerializer):
    """What the operator says to it."""

    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class ObjectionSerializer(StrictSerializer):
    """Why the operator objects."""

    reason = serializers.CharField(max_length=2000, min_length=5)


class CalibrationOpenSerializer(StrictSerializer):
    """By which scorecard."""

    version = serializers.UUIDField()
