"""Users, agencies, desks; the audit record to read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import AuditedAdmin, ReadOnlyAdmin, user_of
from accounts.models import Agency, AuditEntry, Desk, RoleGrant, User
from accounts.token_admin import ApiTokenAdmin

__all__ = ["AgencyAdmin", "ApiTokenAdmin", "AuditEntryAdmin", "DeskAdmin", "UserAdmin"]


class UserForm(forms.ModelForm[User]):
    """A password is only written: an empty field leaves it as it is."""

    new_password = forms.CharField(
        label=_("new password"), required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Empty: stays as it is."),
    )  # fmt: skip

    class Meta:
        model = User
        fields = ["username", "display_name", "language", "agency", "desk", "is_active"]

    def clean_new_password(self) -> str:
        """Hold it against the rules; a new user needs one."""
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        elif self.instance.pk is None:
            raise forms.ValidationError(_("A new user needs a password."))
        return password

    def save(self, commit: bool = True) -> User:
        """Hash the new password, if one was given."""
        if self.cleaned_data["new_password"]:
            self.instance.password = make_password(self.cleaned_data["new_password"])
        return super().save(commit)


class RoleGrantInline(admin.TabularInline[RoleGrant, User]):
    model = RoleGrant
    fk_name = "user"
    extra = 0


@admin.register(User)
class UserAdmin(AuditedAdmin[User]):
    form = UserForm
    list_display = ["username", "display_name", "agency", "desk", "is_active"]
    list_filter = ["is_active", "role_grants__role", "agency"]
    search_fields = ["username", "display_name"]
    inlines = [RoleGrantInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Keep who granted a role, and record what was granted and taken away."""
        granted = formset.save(commit=False)
        for grant in granted:
            if grant.granted_by_id is None:
                grant.granted_by = user_of(request)
            grant.save()
        for grant in formset.deleted_objects:
            grant.delete()
        if granted or formset.deleted_objects:
            roles = {
                "granted": sorted(grant.role for grant in granted),
                "withdrawn": sorted(grant.role for grant in formset.deleted_objects),
            }
            self.audit(request, form.instance, "user_roles_changed", roles)


@admin.register(Agency)
class AgencyAdmin(AuditedAdmin[Agency]):
    list_display = ["code", "name", "is_active"]
    search_fields = ["code", "name"]


@admin.register(Desk)
class DeskAdmin(AuditedAdmin[Desk]):
    list_display = ["code", "name", "agency", "is_active"]
    list_filter = ["agency", "is_active"]
    list_select_related = ["agency"]
    search_fields = ["code", "name"]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    list_display = ["sequence", "occurred_at", "actor", "source", "action", "object_type", "object_id", "purpose"]
    list_filter = ["action", "source"]
    search_fields = ["object_id", "action"]
    list_select_related = ["actor"]
