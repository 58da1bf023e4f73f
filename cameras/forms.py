"""The form of a camera: an address that is allowed, a password that is only written, a position that can be pasted."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cameras.drivers.types import CameraFault
from cameras.models import Camera
from cameras.services.capture import camera_guard

POSITION = re.compile(r"^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")


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

    class Meta:
        model = Camera
        fields = [
            "code", "name", "owner", "state", "village", "kind", "url", "credential_user", "tls_sha256", "lat", "lon",
            "mount", "height_m", "heading_deg", "hfov_deg", "range_m", "face_matching_allowed", "is_sensitive_site",
            "notes",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Someone who may only look gets a form without these.
        for name in ("lat", "lon"):
            if name in self.fields:
                self.fields[name].required = False

    def clean_tls_sha256(self) -> str:
        """As tools print it, with colons or in capitals."""
        text = self.cleaned_data["tls_sha256"].replace(":", "").replace(" ", "").lower()
        if text and not FINGERPRINT.fullmatch(text):
            raise forms.ValidationError(_("A SHA-256 fingerprint has 64 hexadecimal digits."))
        return str(text)

    def clean(self) -> dict[str, Any]:
        """What one field cannot know alone."""
        values = super().clean() or {}
        self._position_take(values)
        if values.get("is_sensitive_site") and values.get("face_matching_allowed"):
            self.add_error("face_matching_allowed", _("Faces are never matched at a sensitive site."))
        if values.get("password_removed") and values.get("new_password"):
            self.add_error("new_password", _("Either a new password or none."))
        if "@" in values.get("url", ""):
            self.add_error("url", _("User name and password have fields of their own; leave them out of the address."))
        elif values.get("url") and values.get("kind"):
            self._address_check(values["kind"], values["url"])
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

    def _address_check(self, kind: str, url: str) -> None:
        try:
            camera_guard().url_check(kind, url)
        except CameraFault as fault:
            self.add_error("url", gettext(fault.safe_message))

    def save(self, commit: bool = True) -> Camera:
        """Seal the new password, if one was given."""
        if self.cleaned_data["new_password"] or self.cleaned_data["password_removed"]:
            self.instance.password_set(self.cleaned_data["new_password"])
        return super().save(commit)
