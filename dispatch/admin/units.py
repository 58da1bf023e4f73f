"""Units with what they are and can do, their posts, the run cards; what units reported, to look up."""

from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import AuditedAdmin
from accounts.choices import Role
from accounts.models import User
from dispatch.admin.base import RecordAdmin
from dispatch.forms import RunCardForm, RunCardLineForm, UnitForm, UnitTypeForm, capability_choices
from dispatch.models import (
    Capability,
    RunCard,
    RunCardLine,
    Station,
    Unit,
    UnitAlarm,
    UnitPosition,
    UnitStatusChange,
    UnitType,
)
from dispatch.publish import tell_unit
from dispatch.selectors.state import UNITS
from realtime.models import LIVE

_Row = TypeVar("_Row", Unit, UnitType)
CREW = ("status", "status_since", "status_reason", "crew_count", "crew_text")


class AbleAdmin(AuditedAdmin[_Row]):
    """Rows with capabilities, which are ticked and never typed."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """Boxes for capabilities."""
        if db_field.name != "capabilities":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.MultipleChoiceField(
            label=db_field.verbose_name, choices=capability_choices, required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip


@admin.register(Unit)
class UnitAdmin(AbleAdmin[Unit]):
    """What a unit is. How it stands and who is on it is said by its crew and at the desks."""

    form = UnitForm
    list_display = ["call_sign", "name", "type", "station", "status", "status_since", "is_active"]
    list_filter = ["agency", "type", "status", "is_active"]
    list_select_related = ["agency", "type", "station"]
    search_fields = ["call_sign", "name", "agency__name", "station__name"]
    fields = [
        "call_sign", "name", "agency", "type", "station", "capabilities", "radio", "contact", "account", "is_active",
        *CREW,
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        """Those of exercises are no business of this list."""
        return super().get_queryset(request).filter(realm__code=LIVE)

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> Any:
        """A unit is known by its call sign wherever it worked, so it stays once given."""
        return ["call_sign", *CREW] if obj else CREW

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only accounts of crews."""
        if db_field.name == "account":
            kwargs["queryset"] = User.objects.filter(role_grants__role=Role.UNIT, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:
        """Write these columns only: the crew may report at this moment. Consoles are told."""
        if change:
            obj.save(update_fields=[name for name in form.changed_data if name in form.base_fields])
        else:
            obj.save()
        verb = "changed" if change else "created"
        self.audit(request, obj, f"unit_{verb}", {"fields": sorted(form.changed_data)})
        tell_unit(UNITS.get(pk=obj.pk))


@admin.register(UnitType)
class UnitTypeAdmin(AbleAdmin[UnitType]):
    form = UnitTypeForm
    list_display = [
        "code", "name_id", "name_en", "unit_count", "speed_kmh", "rush_speed_kmh", "night_speed_kmh", "turnout_s",
        "is_active",
    ]  # fmt: skip
    list_filter = ["is_active"]
    search_fields = ["code", "name_id", "name_en"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[UnitType]:
        """With how many units there are of each."""
        return super().get_queryset(request).annotate(unit_count=Count("units"))

    def get_readonly_fields(self, request: HttpRequest, obj: UnitType | None = None) -> Any:
        """Run cards of files name it by its code."""
        return ["code"] if obj else []

    @admin.display(description=_("units"))
    def unit_count(self, row: UnitType) -> int:
        """How many there are."""
        return int(row.unit_count)  # type: ignore[attr-defined]  # annotated above


@admin.register(Capability)
class CapabilityAdmin(AuditedAdmin[Capability]):
    list_display = ["code", "name_id", "name_en", "order"]
    search_fields = ["code", "name_id", "name_en"]

    def get_readonly_fields(self, request: HttpRequest, obj: Capability | None = None) -> Any:
        """Units name it by its code."""
        return ["code"] if obj else []


@admin.register(Station)
class StationAdmin(AuditedAdmin[Station]):
    list_display = ["code", "name", "agency", "district", "address", "unit_count", "is_active"]
    list_filter = ["agency", "is_active"]
    list_select_related = ["agency", "district"]
    search_fields = ["code", "name", "address", "agency__name"]
    autocomplete_fields = ["district"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Station]:
        """With how many units stand there."""
        return super().get_queryset(request).annotate(unit_count=Count("units"))

    def get_readonly_fields(self, request: HttpRequest, obj: Station | None = None) -> Any:
        """Its code stays once given."""
        return ["code"] if obj else []

    @admin.display(description=_("units"))
    def unit_count(self, row: Station) -> int:
        """How many there are."""
        return int(row.unit_count)  # type: ignore[attr-defined]  # annotated above


class RunCardLineInline(admin.TabularInline[RunCardLine, RunCard]):
    model = RunCardLine
    form = RunCardLineForm
    extra = 0
    fields = ["unit_type", "capability", "count", "order", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RunCardLine]:
        """With their names."""
        return super().get_queryset(request).select_related("unit_type", "capability")


@admin.register(RunCard)
class RunCardAdmin(AuditedAdmin[RunCard]):
    """What is sent to which incident; a card that has been in force is ended by its last day, not written over."""

    form = RunCardForm
    list_display = ["type", "priority_shown", "alarm_level", "sent", "valid_from", "is_active"]
    list_display_links = ["type"]
    list_filter = ["is_active", "alarm_level", "priority", "type"]
    search_fields = ["type__code", "type__name_id", "type__name_en", "source"]
    inlines = [RunCardLineInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RunCard]:
        """With what each sends."""
        rows = super().get_queryset(request).select_related("type")
        return rows.prefetch_related("lines__unit_type", "lines__capability")

    @admin.display(description=_("priority"), ordering="priority")
    def priority_shown(self, card: RunCard) -> str:
        """Its priority, or that all are meant."""
        return card.priority or str(_("all others"))

    @admin.display(description=_("sent"))
    def sent(self, card: RunCard) -> str:
        """The lines in short."""
        return ", ".join(f"{line.count} × {line.unit_type or line.capability}" for line in card.lines.all())

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Changed lines change the card."""
        super().save_formset(request, form, formset, change)
        if change and formset.has_changed():
            self.audit(request, form.instance, "runcard_lines_changed", {"lines": form.instance.lines.count()})


@admin.register(UnitAlarm)
class UnitAlarmAdmin(RecordAdmin[UnitAlarm]):
    list_display = [
        "raised_at", "unit", "kind", "incident", "level", "presses", "acknowledged_by", "acknowledged_at", "ended_at",
    ]  # fmt: skip
    list_filter = ["kind", "level", "unit__agency"]
    search_fields = ["unit__call_sign", "incident__number", "reason"]
    date_hierarchy = "raised_at"
    exclude = ["realm"]
    related = ("unit", "incident", "assignment__unit", "acknowledged_by", "ended_by")


@admin.register(UnitStatusChange)
class UnitStatusChangeAdmin(RecordAdmin[UnitStatusChange]):
    list_display = ["occurred_at", "unit", "old", "new", "actor", "source", "reason"]
    list_filter = ["new", "unit__agency"]
    search_fields = ["unit__call_sign", "reason"]
    date_hierarchy = "occurred_at"
    realm_path = "unit__realm"
    related = ("unit", "assignment__unit", "actor")


@admin.register(UnitPosition)
class UnitPositionAdmin(RecordAdmin[UnitPosition]):
    list_display = ["unit", "measured_at", "lat", "lon", "speed_kmh", "accuracy_m", "source"]
    list_filter = ["source", "unit__agency"]
    search_fields = ["unit__call_sign"]
    realm_path = "unit__realm"
    related = ("unit",)
