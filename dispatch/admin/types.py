"""Kinds of incidents, and how they end."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.audited_admin import AuditedAdmin
from dispatch.admin.base import RecordInline
from dispatch.models import Disposition, FollowRule, IncidentType, SharingRule


class SharingRuleInline(RecordInline):
    model = SharingRule
    fields = ["agency", "role", "up_to_priority", "answer_timeout_s", "is_active"]
    related = ("agency",)
    show_change_link = True


class FollowRuleInline(RecordInline):
    model = FollowRule
    fields = ["state", "priority", "next_step", "due_s", "supervisor_after_s", "head_after_s", "is_active"]
    show_change_link = True


@admin.register(IncidentType)
class IncidentTypeAdmin(AuditedAdmin[IncidentType]):
    """Whether faces may be matched at all in incidents of a type is switched here."""

    list_display = [
        "order", "code", "name_id", "name_en", "apco_code", "default_priority", "face_matching_allowed", "reach",
        "is_active",
    ]  # fmt: skip
    list_display_links = ["code"]
    list_filter = ["is_active", "face_matching_allowed", "default_priority"]
    search_fields = ["code", "name_id", "name_en", "apco_code"]
    inlines = [SharingRuleInline, FollowRuleInline]

    def save_model(self, request: HttpRequest, obj: IncidentType, form: Any, change: bool) -> None:
        """The switch has an entry of its own, with its new position."""
        super().save_model(request, obj, form, change)
        if "face_matching_allowed" in form.changed_data:
            self.audit(request, obj, "face_matching_switched", {"allowed": obj.face_matching_allowed})


@admin.register(Disposition)
class DispositionAdmin(AuditedAdmin[Disposition]):
    list_display = ["order", "code", "name_id", "name_en", "apco_code", "is_active"]
    list_display_links = ["code"]
    list_filter = ["is_active"]
    search_fields = ["code", "name_id", "name_en", "apco_code"]

    def get_readonly_fields(self, request: HttpRequest, obj: Disposition | None = None) -> Any:
        """Consoles and other systems know a disposition by its code, so it stays once given."""
        return ["code"] if obj else []
