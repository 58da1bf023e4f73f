"""What the watchlist's API takes."""

from rest_framework import serializers

from common.serializers import StrictSerializer
from recognition.choices import EntryKind, EntryState


class EntryQuerySerializer(StrictSerializer):
    """What the list can be narrowed by."""

    state = serializers.ChoiceField(EntryState.choices, required=False, default="")


class EntryCreateSerializer(StrictSerializer):
    """A person to be sought: nothing of the basis may be missing or blank."""

    label = serializers.CharField(max_length=80)  # type: ignore[assignment]  # a field of this name, not a setting
    kind = serializers.ChoiceField(EntryKind.choices)
    is_minor = serializers.BooleanField(default=False)
    legal_basis = serializers.CharField(max_length=200)
    authority = serializers.CharField(max_length=120)
    document_number = serializers.CharField(max_length=80)
    case_number = serializers.CharField(max_length=80)
    incident_id = serializers.UUIDField(allow_null=True, default=None)
    valid_from = serializers.DateTimeField(allow_null=True, default=None)
    expires_at = serializers.DateTimeField()


class PhotoSerializer(StrictSerializer):
    """A reference photo; the bytes are checked by the engine, not by their name."""

    photo = serializers.FileField(allow_empty_file=True)
    provenance = serializers.CharField(max_length=200)


class WithdrawalSerializer(StrictSerializer):
    """Why somebody is no longer sought."""

    reason = serializers.CharField(max_length=300)
