"""Forms of agreements and of times of maintenance."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cameras.choices import Purpose
from cameras.models import AccessAgreement, MaintenanceWindow
from cameras.models.agreements import purposes_default

CODES_SHOWN = 5


class AgreementForm(forms.ModelForm[AccessAgreement]):
    """An agreement; its purposes are ticked."""

    purposes = forms.MultipleChoiceField(
        label=_("purposes"), choices=Purpose.choices, widget=forms.CheckboxSelectMultiple,
        initial=purposes_default,
        help_text=_("What pictures of its cameras may be taken for; nothing else is done."),
    )  # fmt: skip

    class Meta:
        model = AccessAgreement
        fields = [
            "number", "owner", "kind", "document", "contact", "valid_from", "valid_until", "hours_from", "hours_until",
            "purposes", "face_matching_allowed", "notes",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Times in order; and no camera is left matching faces without the right to."""
        values = super().clean() or {}
        begins, ends = values.get("valid_from"), values.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", _("It ends before it begins."))
        if (values.get("hours_from") is None) != (values.get("hours_until") is None) and not {
            "hours_from", "hours_until",
        } & set(self.errors):  # fmt: skip
            self.add_error("hours_until", _("Give both hours, or none for day and night."))
        if self.instance.pk and not values.get("face_matching_allowed"):
            self._matching_check()
        return values

    def _matching_check(self) -> None:
        codes = list(
            self.instance.cameras.filter(face_matching_allowed=True).order_by("code").values_list("code", flat=True)
        )
        if codes:
            text = ngettext(
                "%(count)d camera of this agreement still matches faces (%(codes)s); switch that off there first.",
                "%(count)d cameras of this agreement still match faces (%(codes)s); switch that off there first.",
                len(codes),
            )
            shown = ", ".join(codes[:CODES_SHOWN]) + (" …" if len(codes) > CODES_SHOWN else "")
            self.add_error("face_matching_allowed", text % {"count": len(codes), "codes": shown})


class MaintenanceWindowForm(forms.ModelForm[MaintenanceWindow]):
    """A time for a camera or for a group."""

    class Meta:
        model = MaintenanceWindow
        fields = ["camera", "group", "begins_at", "ends_at", "reason"]

    def clean(self) -> dict[str, Any]:
        """One of both, and an end after the beginning."""
        values = super().clean() or {}
        if (values.get("camera") is None) == (values.get("group") is None) and not {"camera", "group"} & set(
            self.errors
        ):
            self.add_error("camera", _("Choose either a camera or a group."))
        begins, ends = values.get("begins_at"), values.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", _("It ends before it begins."))
        return values
