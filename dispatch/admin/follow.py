"""Rules for next steps, with a table of which one holds; what became overdue; handovers."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import AuditedAdmin
from dispatch.admin.base import RecordAdmin
from dispatch.choices import Priority
from dispatch.forms import FollowRuleForm
from dispatch.models import Escalation, FollowRule, Handover, IncidentType
from dispatch.selectors.follow import Row, rule_rows


@admin.register(FollowRule)
class FollowRuleAdmin(AuditedAdmin[FollowRule]):
    form = FollowRuleForm
    change_list_template = "admin/dispatch/followrule/change_list.html"
    list_display = ["state", "type", "priority", "next_step", "due", "supervisor_after", "head_after", "is_active"]
    list_display_links = ["state", "next_step"]
    list_filter = ["state", "priority", "next_step", "is_active", "type"]
    search_fields = ["type__code", "type__name_id", "type__name_en"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FollowRule]:
        """With the types' names."""
        return super().get_queryset(request).select_related("type")

    @admin.display(description=_("due within"), ordering="due_s")
    def due(self, rule: FollowRule) -> str:
        """In minutes or hours."""
        return duration_text(rule.due_s)

    @admin.display(description=_("supervisor after"), ordering="supervisor_after_s")
    def supervisor_after(self, rule: FollowRule) -> str:
        """In minutes or hours."""
        return duration_text(rule.supervisor_after_s)

    @admin.display(description=_("head of operations after"), ordering="head_after_s")
    def head_after(self, rule: FollowRule) -> str:
        """In minutes or hours."""
        return duration_text(rule.head_after_s)

    def get_urls(self) -> list[URLPattern]:
        """With the table."""
        table = path("table/", self.admin_site.admin_view(self.table), name="dispatch_followrule_table")
        return [table, *super().get_urls()]

    def table(self, request: HttpRequest) -> HttpResponse:
        """Which rule holds for every state, type and priority."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kinds = list(IncidentType.objects.filter(is_active=True))
        chosen = next((kind for kind in kinds if kind.code == request.GET.get("type")), None)
        name_field = "name_en" if get_language() == "en" else "name_id"
        rows = rule_rows(only=chosen)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Which rule holds"),
            "opts": self.opts,
            "kinds": [(kind.code, getattr(kind, name_field)) for kind in kinds],
            "chosen": chosen,
            "priorities": Priority.choices,
            "has_rules": any(cell.rule_id for row in rows for cell in row.cells),
            "rows": [self._row_shown(row, name_field) for row in rows],
        }
        return TemplateResponse(request, "admin/dispatch/followrule/table.html", context)

    def _row_shown(self, row: Row, name_field: str) -> dict[str, Any]:
        names = [str(getattr(kind, name_field)) for kind in row.types]
        cells = [
            {
                "rule_id": cell.rule_id, "step": cell.step, "is_particular": cell.is_particular,
                "due": duration_text(cell.rule.due_s), "supervisor": duration_text(cell.rule.supervisor_after_s),
                "head": duration_text(cell.rule.head_after_s),
            }
            for cell in row.cells
        ]  # fmt: skip
        return {"state": row.state, "label": row.state.label, "names": names, "is_rest": row.is_rest, "cells": cells}


@admin.register(Escalation)
class EscalationAdmin(RecordAdmin[Escalation]):
    list_display = ["escalated_at", "level", "step", "due_at", "incident", "call", "part_of"]
    list_filter = ["level", "step"]
    search_fields = ["incident__number", "call__number", "part__incident__number"]
    date_hierarchy = "escalated_at"
    exclude = ["realm"]
    related = ("incident", "call", "part__incident", "part__agency")

    @admin.display(description=_("agency in an incident"))
    def part_of(self, escalation: Escalation) -> str:
        """Which agency, in which incident."""
        part = escalation.part
        return f"{part.agency} {part.incident}" if part else ""


@admin.register(Handover)
class HandoverAdmin(RecordAdmin[Handover]):
    list_display = ["offered_at", "from_user", "to_user", "state", "incident_list", "answered_at"]
    list_filter = ["state"]
    search_fields = ["from_user__display_name", "to_user__display_name", "note", "incidents__number"]
    date_hierarchy = "offered_at"
    exclude = ["realm"]
    related = ("from_user", "to_user")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Handover]:
        """With the incidents, read once."""
        return super().get_queryset(request).prefetch_related("incidents")

    @admin.display(description=_("incidents"))
    def incident_list(self, handover: Handover) -> str:
        """Their numbers."""
        return ", ".join(str(incident) for incident in handover.incidents.all())


def duration_text(seconds: int) -> str:
    """Seconds as people say them."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        gettext("%(count)d h") % {"count": hours} if hours else "",
        gettext("%(count)d min") % {"count": minutes} if minutes else "",
        gettext("%(count)d s") % {"count": rest} if rest or not seconds else "",
    ]
    return " ".join(part for part in parts if part)
