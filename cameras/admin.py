"""The registry, and the pictures to look up."""

import base64
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import AuditedAdmin, ReadOnlyAdmin
from cameras.choices import CameraState
from cameras.drivers.types import CameraFault
from cameras.forms import CameraForm
from cameras.models import Camera, Snapshot
from cameras.services.trial import camera_try
from common import clock

SILENT_AFTER = timedelta(days=1)


class HealthFilter(admin.SimpleListFilter):
    """By what the camera did last."""

    title = _("condition")
    parameter_name = "condition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Four conditions, without overlap."""
        return [
            ("ok", _("last try gave a picture")),
            ("fault", _("last try failed")),
            ("silent", _("no picture for a day")),
            ("untried", _("never tried")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Camera]) -> QuerySet[Camera]:
        """The rows of the chosen condition."""
        failed = Q(last_fault_at__isnull=False) & (Q(last_ok_at__isnull=True) | Q(last_fault_at__gt=F("last_ok_at")))
        rules = {
            "ok": Q(last_ok_at__isnull=False) & ~failed,
            "fault": failed,
            "silent": Q(last_ok_at__lt=clock.now() - SILENT_AFTER),
            "untried": Q(last_ok_at__isnull=True, last_fault_at__isnull=True),
        }
        return queryset.filter(rules[self.value() or ""]) if self.value() in rules else queryset


@admin.register(Camera)
class CameraAdmin(AuditedAdmin[Camera]):
    form = CameraForm
    change_form_template = "admin/cameras/camera/change_form.html"
    list_display = ["code", "name", "kind", "owner", "state", "condition", "last_ok_at", "last_duration_ms"]
    list_filter = ["state", HealthFilter, "kind", "owner", "face_matching_allowed", "is_sensitive_site"]
    list_select_related = ["owner"]
    list_per_page = 50
    search_fields = ["code", "name", "village__name", "url"]
    autocomplete_fields = ["village"]
    readonly_fields = ["condition", "last_ok_at", "last_fault_at", "last_duration_ms", "has_password"]
    actions = ["make_active", "make_maintenance"]
    fieldsets = [
        (None, {"fields": ["code", "name", "owner", "state", "village"]}),
        (
            _("Connection"),
            {"fields": ["kind", "url", "credential_user", "new_password", "has_password", "password_removed",
                        "tls_sha256"]},
        ),
        (_("Position and view"), {"fields": ["position", ("lat", "lon"), "mount", "height_m",
                                             ("heading_deg", "hfov_deg"), "range_m"]}),
        (_("Faces"), {"fields": ["face_matching_allowed", "is_sensitive_site"]}),
        (_("Condition"), {"fields": ["condition", "last_ok_at", "last_fault_at", "last_duration_ms"]}),
        (_("Notes"), {"fields": ["notes"]}),
    ]  # fmt: skip

    @admin.display(description=_("condition"), ordering="last_fault_at")
    def condition(self, camera: Camera) -> str:
        """What the last try gave, in words."""
        if camera.last_fault_at and (camera.last_ok_at is None or camera.last_fault_at > camera.last_ok_at):
            return str(gettext(CameraFault(camera.last_fault_code).safe_message))
        return gettext("picture received") if camera.last_ok_at else gettext("never tried")

    @admin.display(description=_("password is set"), boolean=True)
    def has_password(self, camera: Camera) -> bool:
        """Whether there is one; it is never shown."""
        return bool(camera.credential_sealed)

    @admin.action(description=_("Set to active"), permissions=["change"])
    def make_active(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        """Ask these cameras again."""
        self._state_set(request, queryset, CameraState.ACTIVE)

    @admin.action(description=_("Set to maintenance (not asked for pictures)"), permissions=["change"])
    def make_maintenance(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        """Leave these cameras alone."""
        self._state_set(request, queryset, CameraState.MAINTENANCE)

    def _state_set(self, request: HttpRequest, queryset: QuerySet[Camera], state: CameraState) -> None:
        with transaction.atomic():
            changed = list(queryset.select_for_update(of=("self",), no_key=True).exclude(state=state))
            for camera in changed:
                camera.state = state
                camera.save(update_fields=["state", "updated_at"])
                self.audit(request, camera, "camera_changed", {"fields": ["state"], "state": state})
        text = ngettext("%(count)d camera is now: %(state)s.", "%(count)d cameras are now: %(state)s.", len(changed))
        self.message_user(request, text % {"count": len(changed), "state": state.label}, messages.SUCCESS)

    def get_readonly_fields(self, request: HttpRequest, obj: Camera | None = None) -> Any:
        """The code binds the sealed password, so it stays once given."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "code"] if obj else fields

    def get_fieldsets(self, request: HttpRequest, obj: Camera | None = None) -> Any:
        """Who may only look gets no fields for writing."""
        sets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj) or obj is None:
            return sets
        writing = {"new_password", "password_removed", "position"}
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name not in writing]})
            for title, options in sets
        ]

    def get_urls(self) -> list[URLPattern]:
        """With the page that tries a camera."""
        trial = path("<path:object_id>/trial/", self.admin_site.admin_view(self.trial), name="cameras_camera_trial")
        return [trial, *super().get_urls()]

    def trial(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Try the connection now: the picture and its times, or what failed and what to look at."""
        camera = get_object_or_404(Camera, pk=int(object_id) if object_id.isdecimal() else 0)
        if not self.has_change_permission(request, camera):
            raise PermissionDenied
        outcome = None
        if request.method == "POST":
            with transaction.atomic():
                self.audit(request, camera, "camera_tried", {})
            outcome = camera_try(camera)
        is_fault = isinstance(outcome, CameraFault)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Connection test"),
            "subtitle": str(camera),
            "opts": self.model._meta,
            "camera": camera,
            "fault": gettext(outcome.safe_message) % outcome.data if isinstance(outcome, CameraFault) else "",
            "fault_code": outcome.code if isinstance(outcome, CameraFault) else "",
            "fault_status": outcome.data.get("status") if isinstance(outcome, CameraFault) else None,
            "grab": None if is_fault else outcome,
            "picture": "" if outcome is None or isinstance(outcome, CameraFault) else _data_url(outcome),
        }
        return TemplateResponse(request, "admin/cameras/camera/trial.html", context)


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin[Snapshot]):
    """Facts of pictures; the pictures themselves are seen in the console, for the purpose of an incident."""

    list_display = ["received_at", "camera", "width", "height", "byte_count", "is_original", "sha256"]
    list_filter = ["is_original", "content_type"]
    list_select_related = ["camera"]
    search_fields = ["camera__code", "sha256"]
    exclude = ["path", "realm"]


def _data_url(grab: Any) -> str:
    return f"data:{grab.content_type};base64,{base64.b64encode(grab.data).decode()}"
