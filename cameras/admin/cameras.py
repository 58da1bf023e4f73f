"""The registry of cameras: list, form, actions; the pages beside them are modules of their own."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import AuditedAdmin
from cameras.admin import exports, imports, maps, masks, preview, probe, trial
from cameras.admin.pages import actor_of
from cameras.choices import CameraState
from cameras.drivers.types import CameraFault
from cameras.forms import CameraForm
from cameras.models import Camera
from cameras.presenters import camera_face_range_m, condition_of
from cameras.rules.optics import IDENTIFY_PX_PER_M, face_range_m
from cameras.services.registry import camera_save, cameras_change
from common import clock
from common.errors import ConflictError

SILENT_AFTER = timedelta(days=1)
PAGES = (trial, preview, masks, maps, probe, imports, exports)
MEASURED: list[Any] = [
    "condition",
    "last_ok_at",
    "last_fault_at",
    "last_duration_ms",
    "resolution",
    "codec",
    "clock_skew_s",
]
WRITING = {"new_password", "password_removed", "position", "seen_version"}


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
    change_list_template = "admin/cameras/camera/change_list.html"
    list_display = [
        "code",
        "name",
        "kind",
        "owner",
        "state",
        "condition",
        "face_metres",
        "last_ok_at",
        "last_duration_ms",
    ]
    list_filter = [
        "state", HealthFilter, "kind", "mount", "owner", "groups", "agreement", "face_matching_allowed",
        "is_sensitive_site",
    ]  # fmt: skip
    list_select_related = ["owner"]
    list_per_page = 50
    search_fields = ["code", "name", "village__name", "url", "make", "model"]
    autocomplete_fields = ["village", "agreement", "groups"]
    readonly_fields = [*MEASURED, "has_password", "face_range", "version"]
    actions = ["make_active", "make_maintenance", "stop_matching"]
    fieldsets = [
        (None, {"fields": ["code", "name", "owner", "owner_contact", "agreement", "groups", "state",
                           "maintenance_until", "village", "tags", ("make", "model"), "version", "seen_version"]}),
        (
            _("Connection"),
            {"fields": ["kind", "url", "stream_url", "sub_stream_url", "onvif_url", "credential_user", "new_password",
                        "has_password", "password_removed", "tls_sha256"]},
        ),
        (_("Position and view"), {"fields": ["position", ("lat", "lon", "accuracy_m"), "mount",
                                             ("height_m", "tilt_deg"), ("heading_deg", "hfov_deg"), "range_m",
                                             "ptz_presets"]}),
        (_("Faces and privacy"), {"fields": ["face_matching_allowed", "is_sensitive_site", "face_range",
                                             "privacy_masks"]}),
        (_("Condition"), {"fields": MEASURED}),
        (_("Notes"), {"fields": ["notes"]}),
    ]  # fmt: skip

    @admin.display(description=_("condition"), ordering="last_fault_at")
    def condition(self, camera: Camera) -> str:
        """What the last try gave, in words."""
        found = condition_of(camera)
        if found == "fault":
            return str(gettext(CameraFault(camera.last_fault_code).safe_message))
        return gettext("picture received") if found == "ok" else gettext("never tried")

    @admin.display(description=_("recognises to"))
    def face_metres(self, camera: Camera) -> str:
        """As `face_range`, in a word for the list."""
        recognised = camera_face_range_m(camera)
        return "—" if recognised is None else f"{recognised:.1f} m"

    @admin.display(description=_("recognises to"))
    def face_range(self, camera: Camera) -> str:
        """How far away a face is known, by EN 62676-4; only once the picture's size is known."""
        recognised = camera_face_range_m(camera)
        if recognised is None:
            return gettext("unknown: size of the picture or field of view is missing")
        identified = face_range_m(
            camera.width, camera.hfov_deg, density_px_per_m=IDENTIFY_PX_PER_M, is_fisheye=camera.mount == "fisheye"
        )
        text = gettext("%(recognised)s m (identifies to %(identified)s m)")
        return text % {"recognised": f"{recognised:.1f}", "identified": f"{identified or 0:.1f}"}

    @admin.display(description=_("picture"))
    def resolution(self, camera: Camera) -> str:
        """Its size, as measured."""
        return f"{camera.width} × {camera.height} px" if camera.width else "—"

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

    @admin.action(description=_("Switch face matching off"), permissions=["change"])
    def stop_matching(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        """At once, for as many as are chosen."""
        count = cameras_change(actor=actor_of(request), rows=queryset, face_matching_allowed=False)
        text = ngettext("%(count)d camera no longer matches faces.", "%(count)d cameras no longer match faces.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)

    def _state_set(self, request: HttpRequest, queryset: QuerySet[Camera], state: CameraState) -> None:
        count = cameras_change(actor=actor_of(request), rows=queryset, state=state.value)
        text = ngettext("%(count)d camera is now: %(state)s.", "%(count)d cameras are now: %(state)s.", count)
        self.message_user(request, text % {"count": count, "state": state.label}, messages.SUCCESS)

    def get_readonly_fields(self, request: HttpRequest, obj: Camera | None = None) -> Any:
        """The code binds the sealed password, so it stays once given."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "code"] if obj else fields

    def get_fieldsets(self, request: HttpRequest, obj: Camera | None = None) -> Any:
        """Who may only look gets no fields for writing."""
        sets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj) or obj is None:
            return sets
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name not in WRITING]})
            for title, options in sets
        ]

    def save_model(self, request: HttpRequest, obj: Camera, form: Any, change: bool) -> None:
        """By the service that all changes go through."""
        camera_save(
            actor=actor_of(request),
            camera=obj,
            groups=list(form.cleaned_data["groups"]),
            seen_version=form.cleaned_data["seen_version"] if change else None,
            is_password_changed=form.is_password_changed,
        )

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Somebody may be faster between the check and the writing."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ConflictError as fault:
            self.message_user(request, gettext(fault.safe_message), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_urls(self) -> list[URLPattern]:
        """With the pages that are modules of their own."""
        return [*(pattern for page in PAGES for pattern in page.urls(self)), *super().get_urls()]

    def filtered(self, request: HttpRequest) -> QuerySet[Camera]:
        """The rows of the list as it is filtered by the address."""
        rows: QuerySet[Camera] = self.get_changelist_instance(request).get_queryset(request)
        return rows

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With who may add cameras in ways other than the form."""
        may_import = self.has_add_permission(request) and self.has_change_permission(request)
        return super().changelist_view(request, {**(extra_context or {}), "may_import": may_import})
