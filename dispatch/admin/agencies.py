"""Which agency is told of what, and what each did; the work of units."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import AuditedAdmin
from common import clock
from dispatch.admin.base import RecordAdmin, RecordInline
from dispatch.forms import SharingAgreementForm
from dispatch.models import (
    AgencyPart,
    Assignment,
    AssignmentTransition,
    Escalation,
    SharingAgreement,
    SharingRule,
)
from dispatch.models.units import ENDED


class TermFilter(admin.SimpleListFilter):
    """By whether an agreement holds today."""

    title = _("term")
    parameter_name = "term"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Before, during and after."""
        return [("holds", _("holds today")), ("later", _("begins later")), ("ended", _("has ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SharingAgreement]) -> QuerySet[SharingAgreement]:
        """The rows of the chosen term."""
        today = clock.now().date()
        rules = {
            "holds": {"valid_from__lte": today, "valid_until__gte": today},
            "later": {"valid_from__gt": today},
            "ended": {"valid_until__lt": today},
        }
        return queryset.filter(**rules.get(self.value() or "", {}))


class LiveFilter(admin.SimpleListFilter):
    """By whether a unit's work still goes on."""

    title = _("work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Going on and ended."""
        return [("live", _("goes on")), ("ended", _("has ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Assignment]) -> QuerySet[Assignment]:
        """The rows of the chosen kind."""
        if self.value() == "live":
            return queryset.exclude(state__in=ENDED)
        return queryset.filter(state__in=ENDED) if self.value() == "ended" else queryset


@admin.register(SharingRule)
class SharingRuleAdmin(AuditedAdmin[SharingRule]):
    list_display = ["type", "agency", "role", "up_to_priority", "answer_timeout_s", "is_active"]
    list_display_links = ["type", "agency"]
    list_filter = ["agency", "role", "is_active", "type"]
    search_fields = ["type__code", "type__name_id", "type__name_en", "agency__code", "agency__name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SharingRule]:
        """In the order of the types; a name for each without another query."""
        return super().get_queryset(request).select_related("type", "agency").order_by("type__order", "agency__code")


@admin.register(SharingAgreement)
class SharingAgreementAdmin(AuditedAdmin[SharingAgreement]):
    form = SharingAgreementForm
    list_display = ["agency", "with_agency", "type_list", "document", "valid_from", "valid_until"]
    list_display_links = ["agency", "with_agency"]
    list_filter = [TermFilter, "agency", "with_agency"]
    search_fields = ["document", "agency__name", "with_agency__name"]
    filter_horizontal = ["types"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SharingAgreement]:
        """With the types, read once."""
        return super().get_queryset(request).select_related("agency", "with_agency").prefetch_related("types")

    @admin.display(description=_("types"))
    def type_list(self, agreement: SharingAgreement) -> str:
        """The codes, or that all are meant."""
        return ", ".join(kind.code for kind in agreement.types.all()) or gettext("all types")


class PartEscalationInline(RecordInline):
    model = Escalation
    fk_name = "part"
    fields = ["escalated_at", "level", "step", "due_at"]


@admin.register(AgencyPart)
class AgencyPartAdmin(RecordAdmin[AgencyPart]):
    list_display = [
        "notified_at", "incident", "agency", "role", "priority", "state", "origin", "answer_due_at", "answered_at",
        "is_overdue_told",
    ]  # fmt: skip
    list_filter = ["state", "agency", "role", "origin", "priority", "is_overdue_told"]
    search_fields = ["incident__number", "agency__name", "reason"]
    date_hierarchy = "notified_at"
    realm_path = "incident__realm"
    related = ("incident", "agency", "forwarded_to", "disposition", "answered_by")
    inlines = [PartEscalationInline]


class AssignmentTransitionInline(RecordInline):
    model = AssignmentTransition
    fields = ["occurred_at", "old", "new", "actor", "source", "reason"]
    related = ("actor",)


@admin.register(Assignment)
class AssignmentAdmin(RecordAdmin[Assignment]):
    list_display = ["made_at", "incident", "unit", "agency", "state", "reached_scene_at", "ended_at", "made_by"]
    list_filter = [LiveFilter, "state", "unit__agency"]
    search_fields = ["incident__number", "unit__call_sign"]
    date_hierarchy = "made_at"
    exclude = ["realm"]
    related = ("incident", "unit__agency", "made_by")
    inlines = [AssignmentTransitionInline]

    @admin.display(description=_("agency"), ordering="unit__agency")
    def agency(self, assignment: Assignment) -> str:
        """Whose unit it is."""
        return str(assignment.unit.agency)
