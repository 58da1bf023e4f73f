"""Gauges with their tables, the ways of the water, planned tasks; and what happened, to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.audited_admin import AuditedAdmin
from dispatch.actions.gauges import gauge_changed
from dispatch.admin.base import RecordAdmin, RecordInline
from dispatch.models import (
    Escalation,
    FloodEpisode,
    FloodTask,
    FloodTaskPlan,
    FloodWarning,
    Gauge,
    GaugeLevelChange,
    GaugeLevelSeen,
    GaugeReach,
    GaugeReading,
    RoadBlock,
)


@admin.register(Gauge)
class GaugeAdmin(AuditedAdmin[Gauge]):
    """A new table of levels is applied to the readings that there are, and told to the consoles."""

    list_display = [
        "order", "code", "name", "river", "level_3_cm", "level_2_cm", "level_1_cm", "level", "height_cm", "measured_at",
        "is_stale", "is_active",
    ]  # fmt: skip
    list_display_links = ["code", "name"]
    list_filter = ["is_active", "river", "level", "is_stale"]
    search_fields = ["code", "name", "river"]
    autocomplete_fields = ["places"]
    readonly_fields = ["level", "level_since", "height_cm", "measured_at", "mark", "is_stale"]

    def get_readonly_fields(self, request: HttpRequest, obj: Gauge | None = None) -> Any:
        """A gauge is known by its code wherever readings come from, so it stays once given."""
        return [*self.readonly_fields, "code"] if obj else self.readonly_fields

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Settle it once its places are written too."""
        super().save_related(request, form, formsets, change)
        gauge_changed(form.instance)


@admin.register(GaugeReach)
class GaugeReachAdmin(AuditedAdmin[GaugeReach]):
    list_display = ["upper", "lower", "travel_min_s", "travel_s", "travel_max_s", "source"]
    list_display_links = ["upper", "lower"]
    list_select_related = ["upper", "lower"]

    def save_model(self, request: HttpRequest, obj: GaugeReach, form: Any, change: bool) -> None:
        """Water on its way is expected at the new times."""
        super().save_model(request, obj, form, change)
        gauge_changed(obj.upper)


@admin.register(FloodTaskPlan)
class FloodTaskPlanAdmin(AuditedAdmin[FloodTaskPlan]):
    list_display = ["level", "gauge", "agency", "text_id", "text_en", "due_s", "order", "is_active"]
    list_display_links = ["level", "text_id"]
    list_filter = ["level", "is_active", "gauge", "agency"]
    list_select_related = ["gauge", "agency"]
    search_fields = ["text_id", "text_en"]


@admin.register(GaugeReading)
class GaugeReadingAdmin(RecordAdmin[GaugeReading]):
    list_display = ["measured_at", "gauge", "height_cm", "mark", "source", "received_at", "made_by"]
    list_filter = ["gauge", "mark", "source"]
    date_hierarchy = "measured_at"
    realm_path = "gauge__realm"
    related = ("gauge", "made_by")


class GaugeLevelSeenInline(RecordInline):
    model = GaugeLevelSeen
    fields = ["seen_at", "user"]
    related = ("user",)


@admin.register(GaugeLevelChange)
class GaugeLevelChangeAdmin(RecordAdmin[GaugeLevelChange]):
    list_display = ["told_at", "gauge", "old", "new", "height_cm", "measured_at", "is_sure", "ended_at"]
    list_filter = ["gauge", "new", "is_sure"]
    date_hierarchy = "told_at"
    exclude = ["realm"]
    related = ("gauge",)
    inlines = [GaugeLevelSeenInline]


class TaskEscalationInline(RecordInline):
    model = Escalation
    fk_name = "task"
    fields = ["escalated_at", "level", "due_at"]


class FloodTaskInline(RecordInline):
    model = FloodTask
    fields = ["due_at", "level", "gauge", "agency", "text_id", "state", "reason", "answered_at", "answered_by"]
    related = ("gauge", "agency", "answered_by")


@admin.register(FloodEpisode)
class FloodEpisodeAdmin(RecordAdmin[FloodEpisode]):
    list_display = ["started_at", "ended_at"]
    date_hierarchy = "started_at"
    exclude = ["realm"]
    inlines = [FloodTaskInline]


@admin.register(FloodTask)
class FloodTaskAdmin(RecordAdmin[FloodTask]):
    list_display = ["due_at", "level", "gauge", "agency", "text_id", "state", "reason", "answered_at", "answered_by"]
    list_filter = ["state", "level", "agency", "gauge"]
    search_fields = ["text_id", "text_en", "reason"]
    date_hierarchy = "made_at"
    exclude = ["realm"]
    related = ("gauge", "agency", "answered_by", "episode", "plan", "warning")
    inlines = [TaskEscalationInline]


@admin.register(FloodWarning)
class FloodWarningAdmin(RecordAdmin[FloodWarning]):
    list_display = ["proposed_at", "change", "state", "decided_at", "decided_by", "reason", "alert"]
    list_filter = ["state"]
    date_hierarchy = "proposed_at"
    exclude = ["realm"]
    related = ("change__gauge", "decided_by", "alert")


@admin.register(RoadBlock)
class RoadBlockAdmin(RecordAdmin[RoadBlock]):
    list_display = ["from_at", "name", "reason", "depth_cm", "source", "until_at", "ended_at", "made_by"]
    list_filter = ["reason", "source", "is_area"]
    search_fields = ["name", "note"]
    date_hierarchy = "from_at"
    exclude = ["realm"]
    related = ("made_by", "ended_by")
