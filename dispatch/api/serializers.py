"""What the API takes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.serializers import FiniteField, StrictSerializer
from dispatch.choices import (
    AssignmentState,
    CallbackOutcome,
    IncidentState,
    LinkKind,
    NextStep,
    NotInformedReason,
    OverrideReason,
    PartRole,
    PersonRole,
    Priority,
    UnitStatus,
)
from recognition.choices import Decision, ReviewReason


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


class IncidentDraftSerializer(IncidentFieldsSerializer):
    """A new incident: only the type is needed."""

    needed = frozenset({"type"})

    def get_fields(self) -> dict[str, Any]:
        """All but the type may be left out."""
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name in self.needed
        return fields


class IncidentOpenSerializer(IncidentDraftSerializer):
    """A new incident, from a call or without one."""

    call = serializers.UUIDField(allow_null=True)


class NoteSerializer(StrictSerializer):
    """A note."""

    text = serializers.CharField(max_length=4000)


class ReviewSerializer(StrictSerializer):
    """A person's decision on a candidate."""

    decision = serializers.ChoiceField(Decision.choices)
    reason = serializers.ChoiceField(ReviewReason.choices)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
    viewed_ms = serializers.IntegerField(min_value=0, max_value=24 * 3600 * 1000)


class IncidentSplitSerializer(IncidentDraftSerializer):
    """A new incident out of another, with the calls that told of it."""

    needed = frozenset({"type", "calls"})
    calls = serializers.ListField(child=serializers.UUIDField(), max_length=500)


class CallAppendSerializer(StrictSerializer):
    """A call that tells of the same event."""

    call = serializers.UUIDField()


class StateSerializer(StrictSerializer):
    """A state that a person may tell."""

    state = serializers.ChoiceField([IncidentState.UNDER_CONTROL, IncidentState.ALL_CLEAR])
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class CloseSerializer(StrictSerializer):
    """How it ended."""

    disposition = serializers.SlugField(max_length=30)
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")
    not_informed_reason = serializers.ChoiceField(NotInformedReason.choices, allow_blank=True, default="")
    ends_parts = serializers.BooleanField(default=False)


class CancelSerializer(StrictSerializer):
    """Why it is called off."""

    disposition = serializers.SlugField(max_length=30, default="batal")
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class ReasonSerializer(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=200)


class NextStepSerializer(StrictSerializer):
    """What is next and until when."""

    step = serializers.ChoiceField(NextStep.choices)
    text = serializers.CharField(max_length=200, allow_blank=True, default="")
    due_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class OwnerSerializer(StrictSerializer):
    """Who owns it from now on; nobody said: who asks."""

    username = serializers.CharField(max_length=60, allow_blank=True, default="")


class PersonSerializer(StrictSerializer):
    """Somebody who has to do with it."""

    role = serializers.ChoiceField(PersonRole.choices)
    name = serializers.CharField(max_length=120, allow_blank=True, default="")
    contact = serializers.CharField(max_length=120, allow_blank=True, default="")
    description = serializers.CharField(max_length=500, allow_blank=True, default="")


class ContactSerializer(StrictSerializer):
    """One try to tell a caller."""

    outcome = serializers.ChoiceField(CallbackOutcome.choices)
    number = serializers.CharField(max_length=32, allow_blank=True, default="")
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class LinkSerializer(StrictSerializer):
    """Another incident, and how this one belongs to it."""

    other = serializers.UUIDField()
    kind = serializers.ChoiceField([LinkKind.PARENT, LinkKind.RELATED, LinkKind.MERGED])
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class StormSerializer(StrictSerializer):
    """The area of a storm."""

    radius_m = FiniteField(min_value=50, max_value=20_000, default=750.0)


class UnitSendSerializer(StrictSerializer):
    """One unit, or several, by call sign; and why others than were proposed."""

    unit = serializers.CharField(max_length=20, required=False)
    units = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, allow_empty=False, max_length=30
    )
    alarm_level = serializers.IntegerField(min_value=1, max_value=5, default=1)
    override_reason = serializers.ChoiceField(OverrideReason.choices, allow_blank=True, default="")
    override_note = serializers.CharField(max_length=200, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of both."""
        if ("unit" in attrs) == ("units" in attrs):
            raise serializers.ValidationError({"unit": [_("Name one unit, or a list of units.")]})
        return attrs


class AssignmentSerializer(StrictSerializer):
    """A unit's next step; a destination is a place's code, or words."""

    state = serializers.ChoiceField(AssignmentState.choices)
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")
    destination = serializers.CharField(max_length=120, allow_blank=True, default="")


class DivertSerializer(StrictSerializer):
    """Where a unit is needed more, and why."""

    incident = serializers.UUIDField()
    reason = serializers.CharField(max_length=200)


class UnitStatusSerializer(StrictSerializer):
    """A status by its two letters."""

    status = serializers.ChoiceField(UnitStatus.choices)
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class UnitCrewSerializer(StrictSerializer):
    """Who is on this shift."""

    crew_count = serializers.IntegerField(min_value=0, max_value=50)
    crew_text = serializers.CharField(max_length=200, allow_blank=True, default="")
    radio = serializers.CharField(max_length=40, allow_blank=True, default="")
    contact = serializers.CharField(max_length=40, allow_blank=True, default="")


class EmergencySerializer(StrictSerializer):
    """What is known of it, if anything."""

    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class ShareSerializer(StrictSerializer):
    """An agency to be told."""

    agency = serializers.SlugField(max_length=20)
    role = serializers.ChoiceField(PartRole.choices, default=PartRole.DISPATCHED)


class ForwardSerializer(StrictSerializer):
    """To whom, and why."""

    agency = serializers.SlugField(max_length=20)
    reason = serializers.CharField(max_length=300)


class DoneSerializer(StrictSerializer):
    """How it ended for an agency."""

    disposition = serializers.SlugField(max_length=30)


class HandoverSerializer(StrictSerializer):
    """To whom everything is handed."""

    username = serializers.CharField(max_length=60)
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class ProtocolStartSerializer(StrictSerializer):
    """Which card, for which call or incident."""

    card = serializers.SlugField(max_length=40)
    call = serializers.UUIDField(required=False, allow_null=True, default=None)
    incident = serializers.UUIDField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of both is needed."""
        if attrs.get("call") is None and attrs.get("incident") is None:
            raise serializers.ValidationError({"call": [_("Say for which call or incident.")]})
        return attrs


class ProtocolAnswerSerializer(StrictSerializer):
    """The answer at a position; an empty key takes it back."""

    position = serializers.IntegerField(min_value=0, max_value=50)
    key = serializers.RegexField(r"^[1-9a-z]?$", allow_blank=True)
