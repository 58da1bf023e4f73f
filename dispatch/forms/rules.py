"""Forms for rules and cards, held against the same rules as the database, in words."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common import clock
from dispatch.choices import CLOSED_INCIDENT_STATES, IncidentState
from dispatch.choices.supervision import SHARE_MEASURES
from dispatch.models import FollowRule, Presence, SharingAgreement, Target
from dispatch.rules.protocols import SOURCE_LENGTH_MAX

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
SKILL = re.compile(r"[a-z0-9_-]{1,20}")
EXTENSION = re.compile(r"[0-9A-Za-z*#_.-]{1,20}")
OPEN_STATES = [choice for choice in IncidentState.choices if choice[0] not in CLOSED_INCIDENT_STATES]


class PresenceForm(forms.ModelForm[Presence]):
    """What an operator can take; whether they are ready they say themselves, at the console."""

    class Meta:
        model = Presence
        fields = ["user", "extension", "languages", "skills"]
        help_texts = {
            "languages": _("Codes with commas between them, like id,en,jv. Calls in these are offered."),
            "skills": _("Words with commas between them, as the exchange sends them, like child,deaf."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django would take what the row held before from the browser, and the audit record tells what changed.
        for name in {"languages", "skills"} & set(self.fields):  # none for those who only read
            self.fields[name].show_hidden_initial = False

    def clean_extension(self) -> str | None:
        """As exchanges write it."""
        text = (self.cleaned_data["extension"] or "").strip()
        if text and not EXTENSION.fullmatch(text):
            raise forms.ValidationError(_("An extension has digits and letters only, at most 20."))
        return text or None

    def clean_languages(self) -> list[str]:
        """Codes, each once."""
        return _each(
            self.cleaned_data["languages"], LANGUAGE,
            forms.ValidationError(_("A language is a code of two or three letters, like id, en or jv.")),
        )  # fmt: skip

    def clean_skills(self) -> list[str]:
        """Words, each once."""
        return _each(
            self.cleaned_data["skills"], SKILL,
            forms.ValidationError(_("A skill is one word of small letters and digits, at most 20.")),
        )  # fmt: skip


class FollowRuleForm(forms.ModelForm[FollowRule]):
    """Only open incidents have a next step."""

    state = forms.ChoiceField(label=_("state"), choices=OPEN_STATES)

    class Meta:
        model = FollowRule
        fields = [
            "state", "type", "priority", "next_step", "due_s", "supervisor_after_s", "head_after_s", "is_active",
        ]  # fmt: skip
        help_texts = {"type": _("Empty: all types."), "priority": _("Empty: all priorities.")}

    def clean(self) -> dict[str, Any]:
        """Time enough, and the levels in their order."""
        values = super().clean() or {}
        if values.get("due_s") == 0:
            self.add_error("due_s", _("A step needs some time: at least one second."))
        supervisor, head = values.get("supervisor_after_s"), values.get("head_after_s")
        if supervisor is not None and head is not None and head < supervisor:
            self.add_error("head_after_s", _("The head of operations is told after the supervisor, not before."))
        return values


class SharingAgreementForm(forms.ModelForm[SharingAgreement]):
    """Two agencies, a paper, and a term."""

    class Meta:
        model = SharingAgreement
        fields = ["agency", "with_agency", "types", "document", "valid_from", "valid_until"]

    def clean(self) -> dict[str, Any]:
        """What one field cannot know alone."""
        values = super().clean() or {}
        if values.get("agency") and values.get("agency") == values.get("with_agency"):
            self.add_error("with_agency", _("An agreement is between two agencies."))
        begins, ends = values.get("valid_from"), values.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", _("An agreement ends after it begins."))
        return values


class TargetForm(forms.ModelForm[Target]):
    """A version begins after today, and measures what the versions before it measured."""

    class Meta:
        model = Target
        fields = [
            "code",
            "measure",
            "priority",
            "type",
            "limit_s",
            "share_percent",
            "standard",
            "valid_from",
            "is_active",
        ]
        help_texts = {"priority": _("Empty: all priorities."), "type": _("Empty: all types.")}

    def clean(self) -> dict[str, Any]:
        """Time or share, the future, and the code's own measure."""
        values = super().clean() or {}
        begins = values.get("valid_from")
        if begins and begins <= timezone.localdate(clock.now()):
            self.add_error("valid_from", _("What was promised for today and before stays: begin after today."))
        is_share = values.get("measure") in SHARE_MEASURES
        if values.get("measure") and is_share == bool(values.get("limit_s")):
            text = _("This is a share without a time.") if is_share else _("Say within how many seconds.")
            self.add_error("limit_s", text)
        other = Target.objects.filter(code=values.get("code")).exclude(pk=self.instance.pk).first()
        kept = ("measure", "priority", "type")
        if other and any(values.get(name) != getattr(other, name) for name in kept):
            self.add_error("code", _("A code keeps its measure, priority and type; take another code."))
        return values


def _each(texts: list[str], pattern: re.Pattern[str], error: forms.ValidationError) -> list[str]:
    found = list(dict.fromkeys(text.strip() for text in texts or [] if text.strip()))
    if not all(pattern.fullmatch(text) for text in found):
        raise error
    return found


class VersionForm(forms.Form):
    """The text of a card; `seen` is the fingerprint of the text that the author began with."""

    source = forms.CharField(
        label=_("text of the card"), strip=False, max_length=SOURCE_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 32, "spellcheck": "false", "autocapitalize": "off", "wrap": "off"}),
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
