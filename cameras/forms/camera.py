"""The form of a camera: addresses that are allowed, a password that is only written, a position that can be pasted."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera
from cameras.rules.shapes import masks_read, presets_read
from cameras.services.capture import camera_guard
from cameras.services.registry_checks import camera_faults
from common.errors import SiagaError, ValidationError

POSITION = re.compile(r"^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
TAG_SEPARATOR = ","


def worded(fault: SiagaError) -> str:
    """A fault in the reader's language."""
    return gettext(fault.safe_message) % fault.data


class CameraForm(forms.ModelForm[Camera]):
    """A camera of the registry."""

    new_password = forms.CharField(
        label=_("new password"), required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted and never shown. Empty: stays as it is."),
    )  # fmt: skip
    password_removed = forms.BooleanField(label=_("remove the password"), required=False)
    position = forms.CharField(
        label=_("paste position"), required=False, max_length=60,
        help_text=_("Latitude and longitude as a map gives them, like -6.2099, 106.8502. Fills the two fields below."),
    )  # fmt: skip
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Camera
        fields = [
            "code", "name", "owner", "owner_contact", "agreement", "groups", "state", "maintenance_until", "village",
            "tags", "make", "model", "kind", "url", "stream_url", "sub_stream_url", "onvif_url", "credential_user",
            "tls_sha256", "lat", "lon", "accuracy_m", "mount", "ptz_presets", "height_m", "heading_deg", "hfov_deg",
            "tilt_deg", "range_m", "privacy_masks", "face_matching_allowed", "is_sensitive_site", "notes",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Someone who may only look gets a form without these.
        for name in ("lat", "lon"):
            if name in self.fields:
                self.fields[name].required = False
        if "seen_version" in self.fields and self.instance.pk:
            self.fields["seen_version"].initial = self.instance.version
        for name in ("ptz_presets", "privacy_masks"):
            if name in self.fields:
                self.fields[name].widget.attrs.update(rows=3, spellcheck="false")

    def clean_tls_sha256(self) -> str:
        """As tools print it, with colons or in capitals."""
        text = self.cleaned_data["tls_sha256"].replace(":", "").replace(" ", "").lower()
        if text and not FINGERPRINT.fullmatch(text):
            raise forms.ValidationError(_("A SHA-256 fingerprint has 64 hexadecimal digits."))
        return str(text)

    def clean_tags(self) -> list[str]:
        """Each once, in order."""
        return sorted({tag.strip() for tag in self.cleaned_data["tags"] or () if tag.strip()})

    def clean_privacy_masks(self) -> list[Any]:
        """Polygons, strictly."""
        return _shape(self.cleaned_data["privacy_masks"], masks_read)

    def clean_ptz_presets(self) -> list[Any]:
        """Presets, strictly."""
        return _shape(self.cleaned_data["ptz_presets"], presets_read)

    def clean(self) -> dict[str, Any]:
        """What one field cannot know alone."""
        values = super().clean() or {}
        self._position_take(values)
        if values.get("password_removed") and values.get("new_password"):
            self.add_error("new_password", _("Either a new password or none."))
        agreement = values.get("agreement")
        allows = agreement.face_matching_allowed if agreement else None
        for name, fault in camera_faults(values, guard=camera_guard(), agreement_allows_faces=allows):
            if name not in self.errors:
                self.add_error(name, worded(fault))
        seen = values.get("seen_version")
        if seen is not None and self.instance.pk:
            now = Camera.objects.filter(pk=self.instance.pk).values_list("version", flat=True).first()
            if now != seen:
                self.add_error(None, _("Somebody has changed this camera meanwhile. Open it again; nothing was saved."))
        return values

    def _position_take(self, values: dict[str, Any]) -> None:
        pasted = values.get("position") or ""
        found = POSITION.match(pasted)
        if pasted and not found:
            self.add_error("position", _("This is no position; write it like -6.2099, 106.8502."))
        elif found:
            lat, lon = float(found[1]), float(found[2])
            if abs(lat) > 90 or abs(lon) > 180:
                self.add_error("position", _("This position is not on earth."))
            values["lat"], values["lon"] = lat, lon
        elif not pasted:
            for name in ("lat", "lon"):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, gettext("A camera needs a position."))

    @property
    def is_password_changed(self) -> bool:
        """Whether a new one was given, or the old one taken away."""
        return bool(self.cleaned_data.get("new_password") or self.cleaned_data.get("password_removed"))

    def save(self, commit: bool = True) -> Camera:
        """Seal the new password, if one was given."""
        if self.is_password_changed:
            self.instance.password_set(self.cleaned_data["new_password"])
        return super().save(commit)


def _shape(value: Any, read: Callable[[Any], list[Any]]) -> list[Any]:
    try:
        return read(value if value is not None else [])
    except ValidationError as fault:
        raise forms.ValidationError(worded(fault)) from fault
