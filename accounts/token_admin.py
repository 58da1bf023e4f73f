"""Tokens of programs: made, shown once, withdrawn. Nothing about one is ever changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import SOURCE, AuditedAdmin, user_of
from accounts.models import Agency, ApiToken, User
from accounts.permissions import TOKEN_SCOPES, Permission
from accounts.services.audit import Actor
from accounts.services.tokens import lifetime_check, machine_of, network_read, token_create, token_revoke
from common import clock
from common.errors import ValidationError

LIFETIME = timedelta(days=90)


class ApiTokenForm(forms.ModelForm[ApiToken]):
    """A new token: for a person's programs, or for an agency's."""

    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True, is_machine=False), label=_("acts as"), required=False
    )
    agency = forms.ModelChoiceField(
        Agency.objects.filter(is_active=True), label=_("or for the agency"), required=False,
        help_text=_("Its programs may do what an agency officer may, within the scopes."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        choices=[(str(scope), str(scope)) for scope in TOKEN_SCOPES], label=_("scopes"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The least that the program needs; what its owner may not do stays forbidden."),
    )  # fmt: skip
    expires_at = forms.SplitDateTimeField(
        label=_("valid until"), widget=AdminSplitDateTime, initial=lambda: clock.now() + LIFETIME
    )

    class Meta:
        model = ApiToken
        fields = ["name", "owner", "agency", "scopes", "expires_at", "networks"]

    def clean(self) -> dict[str, Any]:
        """One of the two owners."""
        values = super().clean() or {}
        if (values.get("owner") is None) == (values.get("agency") is None):
            self.add_error("owner", _("Choose either a person or an agency."))
        with self._errors_of("expires_at"):
            if values.get("expires_at"):
                lifetime_check(values["expires_at"], at=clock.now())
        with self._errors_of("networks"):
            for network in values.get("networks") or []:
                network_read(network)
        return values

    @contextmanager
    def _errors_of(self, field: str) -> Iterator[None]:
        try:
            yield
        except ValidationError as error:
            self.add_error(field, gettext(error.safe_message) % error.data)

    def make(self, actor: Actor) -> tuple[ApiToken, str]:
        """Write the row; returns it with the secret."""
        values = self.cleaned_data
        return token_create(
            actor=actor,
            name=values["name"],
            owner=values["owner"] or machine_of(agency=values["agency"], actor=actor),
            scopes=[Permission(scope) for scope in values["scopes"]],
            expires_at=values["expires_at"],
            networks=values["networks"] or [],
        )

    def _post_clean(self) -> None:
        # The row is made by the service, which checks more than the model's fields can.
        pass


@admin.register(ApiToken)
class ApiTokenAdmin(AuditedAdmin[ApiToken]):
    form = ApiTokenForm
    list_display = ["name", "prefix", "owner", "agency", "expires_at", "last_used_at", "revoked_at"]
    list_filter = ["agency"]
    list_select_related = ["owner", "agency"]
    search_fields = ["name", "prefix", "owner__username"]
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        """What is asked for a new one; all that is known of an old one."""
        if obj is None:
            return ApiTokenForm.Meta.fields
        return [
            "name", "prefix", "owner", "agency", "scopes", "networks", "created_by", "created_at", "expires_at",
            "last_used_at", "revoked_at", "revoked_by",
        ]  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: whoever needs another scope makes another token."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the record names tokens."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Who may make them may withdraw them."""
        return self.has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Made and recorded by the service; the secret goes to the answer and nowhere else."""
        request.token_made = form.make(Actor(user_of(request), SOURCE))  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit record has it."""

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        """The one page that shows the secret."""
        token, secret = request.token_made  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("The new token"),
            "opts": self.model._meta,
            "token": token,
            "secret": secret,
        }
        response = TemplateResponse(request, "admin/accounts/apitoken/shown.html", context)
        add_never_cache_headers(response)
        return response

    @admin.action(description=_("Withdraw"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """They stop at once."""
        actor = Actor(user_of(request), SOURCE)
        ended = [token_revoke(actor=actor, token=token) for token in queryset.filter(revoked_at=None)]
        text = ngettext("%(count)d token was withdrawn.", "%(count)d tokens were withdrawn.", len(ended))
        self.message_user(request, text % {"count": len(ended)}, messages.SUCCESS)
