"""What the pages beside the list take: a file, and addresses to be asked."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from cameras.rules.registry_file import FILE_BYTES_MAX

ADDRESSES_MAX = 64


class FileForm(forms.Form):
    """A CSV file of cameras."""

    file = forms.FileField(
        label=_("CSV file"), allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )  # fmt: skip

    def clean_file(self) -> "UploadedFile[bytes]":
        """Not larger than what is read."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > FILE_BYTES_MAX:
            raise forms.ValidationError(
                _("The file is larger than %(limit)d MiB."), params={"limit": FILE_BYTES_MAX // 1024 // 1024}
            )
        return upload


class ProbeForm(forms.Form):
    """Addresses of ONVIF devices, and what they are signed in to with; nothing of it is kept."""

    addresses = forms.CharField(
        label=_("addresses"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One a line or with commas: an IP address, with a port where it is not 80, or the whole address."),
    )  # fmt: skip
    username = forms.CharField(label=_("user name"), max_length=80, required=False)
    password = forms.CharField(
        label=_("password"), max_length=200, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
    )  # fmt: skip

    def clean_addresses(self) -> list[str]:
        """Each once."""
        text: str = self.cleaned_data["addresses"]
        found: list[Any] = list(dict.fromkeys(text.replace(",", " ").replace(";", " ").split()))
        if not found:
            raise forms.ValidationError(_("Write at least one address."))
        if len(found) > ADDRESSES_MAX:
            raise forms.ValidationError(_("At most %(limit)d addresses at once."), params={"limit": ADDRESSES_MAX})
        return found
