"""Incident types to keep; calls and incidents to look up. Work on them is done in the console."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.audited_admin import AuditedAdmin, ReadOnlyAdmin
from dispatch.models import Call, Incident, IncidentCamera, IncidentType, TimelineEntry
from dispatch.webhook_admin import DeliveryAdmin, SubscriptionAdmin

__all__ = [
    "CallAdmin",
    "DeliveryAdmin",
    "IncidentAdmin",
    "IncidentCameraAdmin",
    "IncidentTypeAdmin",
    "SubscriptionAdmin",
]


@admin.register(IncidentType)
class IncidentTypeAdmin(AuditedAdmin[IncidentType]):
    """Whether faces may be matched at all in incidents of a type is switched here."""

    list_display = ["order", "code", "name_id", "name_en", "default_priority", "face_matching_allowed", "is_active"]
    list_display_links = ["code"]
    list_filter = ["is_active", "face_matching_allowed", "default_priority"]
    search_fields = ["code", "name_id", "name_en", "apco_code"]

    def save_model(self, request: HttpRequest, obj: IncidentType, form: Any, change: bool) -> None:
        """The switch has an entry of its own, with its new position."""
        super().save_model(request, obj, form, change)
        if "face_matching_allowed" in form.changed_data:
            self.audit(request, obj, "face_matching_switched", {"allowed": obj.face_matching_allowed})


class RecordInline(admin.TabularInline[Any, Any]):
    """Rows that belong to a record, to read."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class IncidentCameraInline(RecordInline):
    model = IncidentCamera
    fields = ["round", "rank", "camera", "distance_m", "state", "fault_code", "faces_found", "captured_at"]


class TimelineInline(RecordInline):
    model = TimelineEntry
    fields = ["occurred_at", "kind", "text", "author"]


class CallInline(RecordInline):
    model = Call
    fields = ["number", "arrived_at", "medium", "state", "caller_number", "answered_by"]


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin[Incident]):
    list_display = ["number", "opened_at", "type", "priority", "state", "place_text", "place", "opened_by"]
    list_filter = ["state", "priority", "type"]
    list_select_related = ["type", "place", "opened_by"]
    search_fields = ["number", "place_text", "place__name"]
    date_hierarchy = "opened_at"
    exclude = ["realm"]
    inlines = [CallInline, IncidentCameraInline, TimelineInline]


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin[Call]):
    list_display = ["number", "arrived_at", "medium", "state", "caller_number", "incident", "answered_by", "ended_at"]
    list_filter = ["state", "medium"]
    list_select_related = ["incident", "answered_by"]
    search_fields = ["number", "caller_number"]
    date_hierarchy = "arrived_at"
    exclude = ["realm"]


@admin.register(IncidentCamera)
class IncidentCameraAdmin(ReadOnlyAdmin[IncidentCamera]):
    list_display = [
        "wanted_at", "incident", "camera", "round", "rank", "state", "attempts", "fault_code", "faces_found",
        "finished_at",
    ]  # fmt: skip
    list_filter = ["state", "fault_code"]
    list_select_related = ["incident", "camera"]
    search_fields = ["incident__number", "camera__code"]
    exclude = ["realm"]
