"""Units, their posts, what they can do, and what is sent to which incident."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import AuditedAdmin
from dispatch.admin.base import RecordAdmin, RecordInline
from dispatch.models import Capability, RunCard, RunCardLine, Station, Unit, UnitAlarm, UnitStatusChange, UnitType

STATUS = ["status", "status_since", "status_source", "status_reason"]


class StatusChangeInline(RecordInline):
    model = UnitStatusChange
    fields = ["occurred_at", "old", "new", "actor", "source", "reason"]
    related = ("actor",)


class _CodeAdmin(AuditedAdmin[Any]):
    """Others know a row by its code, so it stays once given."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["code"] if obj else []


@admin.register(Unit)
class UnitAdmin(AuditedAdmin[Unit]):
    """What a unit is. What it does at the moment is told by its crew and by dispatchers, and only shown here."""

    list_display = ["call_sign", "name", "agency", "type", "station", "status", "is_active"]
    list_filter = ["agency", "type", "status", "is_active"]
    list_select_related = ["agency", "type", "station"]
    search_fields = ["call_sign", "name", "agency__name", "station__name"]
    fieldsets = [
        (None, {"fields": ["call_sign", "name", "agency", "type", "station", "capabilities", "is_active"]}),
        (_("Crew"), {"fields": ["crew_count", "crew_text", "radio", "contact", "account"]}),
        (_("Status"), {"fields": STATUS}),
    ]
    inlines = [StatusChangeInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> Any:
        """A unit is known by its call sign wherever it worked, so it stays once given."""
        return [*(["call_sign"] if obj else []), *STATUS]


@admin.register(Station)
class StationAdmin(_CodeAdmin):
    list_display = ["code", "name", "agency", "district", "is_active"]
    list_filter = ["agency", "is_active"]
    list_select_related = ["agency", "district"]
    search_fields = ["code", "name", "agency__name", "address"]


@admin.register(UnitType)
class UnitTypeAdmin(_CodeAdmin):
    list_display = [
        "order", "code", "name_id", "name_en", "speed_kmh", "rush_speed_kmh", "night_speed_kmh", "turnout_s",
        "is_active",
    ]  # fmt: skip
    list_display_links = ["code"]
    list_filter = ["is_active"]
    search_fields = ["code", "name_id", "name_en"]


@admin.register(Capability)
class CapabilityAdmin(_CodeAdmin):
    list_display = ["order", "code", "name_id", "name_en"]
    list_display_links = ["code"]
    search_fields = ["code", "name_id", "name_en"]


class RunCardLineInline(admin.TabularInline[RunCardLine, RunCard]):
    model = RunCardLine
    extra = 1


@admin.register(RunCard)
class RunCardAdmin(AuditedAdmin[RunCard]):
    list_display = ["type", "priority", "alarm_level", "valid_from", "valid_until", "source", "is_active"]
    list_filter = ["is_active", "alarm_level", "priority", "type"]
    list_select_related = ["type"]
    search_fields = ["type__code", "type__name_id", "type__name_en", "reason", "source"]
    inlines = [RunCardLineInline]


@admin.register(UnitAlarm)
class UnitAlarmAdmin(RecordAdmin[UnitAlarm]):
    list_display = ["raised_at", "unit", "kind", "incident", "level", "acknowledged_by", "acknowledged_at", "ended_at"]
    list_filter = ["kind", "level"]
    list_select_related = ["unit", "incident", "acknowledged_by"]
    search_fields = ["unit__call_sign", "reason", "incident__number"]
    date_hierarchy = "raised_at"
