"""The watchlist's forms: held against the same rules as the API."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import SiagaError, ValidationError
from common.images import MAX_BYTES
from recognition.engine.types import Enrolment
from recognition.models import WatchlistEntry
from recognition.services.watchlist import entry_check, photo_enrol


class EntryForm(forms.ModelForm[WatchlistEntry]):
    """A draft."""

    class Meta:
        model = WatchlistEntry
        fields = [
            "label", "kind", "is_minor", "legal_basis", "authority", "document_number", "case_number", "incident_id",
            "valid_from", "expires_at",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """What the rules say of the whole."""
        values = super().clean() or {}
        if self.errors:
            return values
        draft = WatchlistEntry(**{name: values.get(name) for name in self.Meta.fields})
        try:
            entry_check(draft, at=clock.now())
        except ValidationError as error:
            self.add_error(next(iter(error.data["fields"])), gettext(error.safe_message) % error.data)
        return values


class PhotoForm(forms.Form):
    """A reference photo; the engine looks at it before anything is kept."""

    photo = forms.FileField(
        label=_("photo"), allow_empty_file=True,
        help_text=_("JPEG or PNG of at most 8 MiB that shows this one person, the face at least 60 pixels wide."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png"}),
    )  # fmt: skip
    provenance = forms.CharField(label=_("provenance"), max_length=200, help_text=_("Who gave this photo, and when."))

    data_read: bytes = b""
    enrolment: Enrolment | None = None

    def clean_photo(self) -> object:
        """Say what is wrong with the photo, in the reader's language."""
        upload = self.cleaned_data["photo"]
        self.data_read = upload.read(MAX_BYTES + 1)
        try:
            self.enrolment = photo_enrol(self.data_read)
        except SiagaError as error:
            raise forms.ValidationError(gettext(error.safe_message) % error.data) from error
        return upload


class WithdrawalForm(forms.Form):
    """Why somebody is no longer sought."""

    reason = forms.CharField(label=_("reason"), max_length=300)
