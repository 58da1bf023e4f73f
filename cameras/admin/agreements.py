"""By what right cameras are asked, which belong together, and when they are worked at."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import AuditedAdmin, ReadOnlyAdmin
from cameras.choices import Purpose
from cameras.forms import AgreementForm, MaintenanceWindowForm
from cameras.models import AccessAgreement, CameraGroup, CameraImport, MaintenanceWindow
from common import clock


class HoldsFilter(admin.SimpleListFilter):
    """By whether an agreement holds today."""

    title = _("term")
    parameter_name = "term"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Before, during and after."""
        return [("holds", _("holds today")), ("later", _("begins later")), ("ended", _("has ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AccessAgreement]) -> QuerySet[AccessAgreement]:
        """The rows of the chosen term."""
        today = clock.now().date()
        if self.value() == "holds":
            return queryset.filter(valid_from__lte=today).exclude(valid_until__lt=today)
        if self.value() == "later":
            return queryset.filter(valid_from__gt=today)
        return queryset.filter(valid_until__lt=today) if self.value() == "ended" else queryset


@admin.register(AccessAgreement)
class AccessAgreementAdmin(AuditedAdmin[AccessAgreement]):
    audit_name = "camera_agreement"
    form = AgreementForm
    list_display = [
        "number", "owner", "kind", "valid_from", "valid_until", "hours_from", "hours_until", "purpose_list",
        "face_matching_allowed", "camera_count",
    ]  # fmt: skip
    list_filter = [HoldsFilter, "kind", "owner", "face_matching_allowed"]
    list_select_related = ["owner"]
    search_fields = ["number", "document", "owner__name"]
    fieldsets = [
        (None, {"fields": ["number", "owner", "kind", "document", "contact"]}),
        (_("What it allows"), {"fields": ["purposes", ("valid_from", "valid_until"), ("hours_from", "hours_until"),
                                          "face_matching_allowed"]}),
        (_("Notes"), {"fields": ["notes"]}),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessAgreement]:
        """With the number of cameras."""
        return super().get_queryset(request).annotate(cameras_count=Count("cameras"))

    @admin.display(description=_("purposes"))
    def purpose_list(self, agreement: AccessAgreement) -> str:
        """In words."""
        return ", ".join(str(Purpose(purpose).label) for purpose in agreement.purposes)

    @admin.display(description=_("cameras"), ordering="cameras_count")
    def camera_count(self, agreement: Any) -> int:
        """How many rest on it."""
        return int(agreement.cameras_count)


@admin.register(CameraGroup)
class CameraGroupAdmin(AuditedAdmin[CameraGroup]):
    audit_name = "camera_group"
    list_display = ["name", "camera_count", "notes"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CameraGroup]:
        """With the number of cameras."""
        return super().get_queryset(request).annotate(cameras_count=Count("cameras"))

    @admin.display(description=_("cameras"), ordering="cameras_count")
    def camera_count(self, group: Any) -> int:
        """How many belong to it."""
        return int(group.cameras_count)


@admin.register(MaintenanceWindow)
class MaintenanceWindowAdmin(AuditedAdmin[MaintenanceWindow]):
    audit_name = "maintenance_window"
    form = MaintenanceWindowForm
    list_display = ["begins_at", "ends_at", "camera", "group", "reason"]
    list_select_related = ["camera", "group"]
    list_filter = ["group"]
    search_fields = ["camera__code", "camera__name", "group__name", "reason"]
    autocomplete_fields = ["camera", "group"]
    date_hierarchy = "begins_at"


@admin.register(CameraImport)
class CameraImportAdmin(ReadOnlyAdmin[CameraImport]):
    """Files of cameras that were looked through or taken over; their contents are never shown here."""

    list_display = [
        "made_at", "made_by", "file_name", "state", "new_count", "changed_count", "same_count", "fault_count",
        "applied_at",
    ]  # fmt: skip
    list_filter = ["state"]
    list_select_related = ["made_by"]
    search_fields = ["file_name", "file_sha256"]
