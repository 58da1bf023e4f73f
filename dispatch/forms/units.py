"""Forms for units and run cards, held against the same rules as the database, in words."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dispatch.models import Capability, RunCard, RunCardLine, Unit, UnitType
from dispatch.models.units import realm_live
from dispatch.selectors.recommendation import ALARM_LEVEL_MAX
from dispatch.selectors.units import own_work

LINE_COUNT_MAX = 20
SPEEDS = ("speed_kmh", "rush_speed_kmh", "night_speed_kmh")


def capability_choices() -> list[tuple[str, str]]:
    """What units can do, as a form offers it."""
    field = "name_en" if get_language() == "en" else "name_id"
    return list(Capability.objects.values_list("code", field))


class UnitForm(forms.ModelForm[Unit]):
    """A unit that works on an incident stays in service."""

    class Meta:
        model = Unit
        fields = [
            "call_sign", "name", "agency", "type", "station", "capabilities", "radio", "contact", "account",
            "is_active",
        ]  # fmt: skip

    def clean_call_sign(self) -> str:
        """As it is spoken, in capitals, once."""
        text = str(self.cleaned_data["call_sign"]).upper()
        if Unit.objects.filter(realm=realm_live(), call_sign=text).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a unit with this call sign."))
        return text

    def clean_is_active(self) -> bool:
        """Put aside only what is on nothing."""
        is_active = bool(self.cleaned_data["is_active"])
        if not is_active and self.instance.pk and own_work(self.instance):
            raise forms.ValidationError(_("This unit is on an incident; end its work there first."))
        return is_active


class RunCardLineForm(forms.ModelForm[RunCardLine]):
    """A line asks for one thing."""

    class Meta:
        model = RunCardLine
        fields = ["unit_type", "capability", "count", "order", "reason"]

    def clean(self) -> dict[str, Any]:
        """Either a type or a capability, and a number of them that can be."""
        found = super().clean() or {}
        if bool(found.get("unit_type")) == bool(found.get("capability")):
            raise forms.ValidationError(_("Choose a unit type or a capability, not both."))
        if not 1 <= (found.get("count") or 0) <= LINE_COUNT_MAX:
            self.add_error("count", _("From 1 to 20."))
        return found


class UnitTypeForm(forms.ModelForm[UnitType]):
    """A type that moves."""

    class Meta:
        model = UnitType
        fields = ["code", "name_id", "name_en", "capabilities", *SPEEDS, "turnout_s", "order", "is_active"]

    def clean(self) -> dict[str, Any]:
        """No speed is nothing: times would be endless."""
        found = super().clean() or {}
        for name in SPEEDS:
            if found.get(name) == 0:
                self.add_error(name, _("A speed is at least 1 km/h."))
        return found


class RunCardForm(forms.ModelForm[RunCard]):
    """A card of one level with its term."""

    class Meta:
        model = RunCard
        fields = [
            "type", "priority", "alarm_level", "valid_from", "valid_until", "reason", "source", "is_active",
        ]  # fmt: skip
        help_texts = {"priority": _("Empty: all priorities that have no card of their own.")}

    def clean(self) -> dict[str, Any]:
        """What one field cannot know alone."""
        found = super().clean() or {}
        begins, ends = found.get("valid_from"), found.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", _("A card ends after it begins."))
        if not 1 <= (found.get("alarm_level") or 0) <= ALARM_LEVEL_MAX:
            self.add_error("alarm_level", _("From 1 to 5."))
        return found
