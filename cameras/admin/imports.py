"""A file of cameras: looked through first, with every difference and every fault, then taken over as it was seen."""

import uuid
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.audited_admin import user_of
from cameras.admin.exports import file_response
from cameras.admin.pages import actor_of, change_require, page_context, written
from cameras.forms import FileForm
from cameras.forms.camera import worded
from cameras.models import CameraImport
from cameras.services.registry_columns import COLUMNS
from cameras.services.registry_export import changes_csv, faults_csv
from cameras.services.registry_import import token_of, upload_apply, upload_get, upload_keep
from cameras.services.registry_plan import CHANGED, NEW, Plan, import_plan
from common.errors import ConflictError, NotFoundError, ValidationError

if TYPE_CHECKING:
    from cameras.admin.cameras import CameraAdmin

SHOWN_MAX = 200


def urls(model_admin: "CameraAdmin") -> list[URLPattern]:
    """Upload, what would come of it, its differences and faults as files, and the act itself."""
    view = model_admin.admin_site.admin_view
    one = "import/<uuid:import_id>"
    return [
        path("import/", view(partial(upload, model_admin)), name="cameras_camera_import"),
        path(f"{one}/", view(partial(shown, model_admin)), name="cameras_camera_import_preview"),
        path(f"{one}/errors.csv", view(partial(errors_file, model_admin)), name="cameras_camera_import_errors"),
        path(f"{one}/changes.csv", view(partial(changes_file, model_admin)), name="cameras_camera_import_changes"),
        path(
            f"{one}/refresh/", view(require_POST(partial(refresh, model_admin))), name="cameras_camera_import_refresh"
        ),
        path(f"{one}/apply/", view(require_POST(partial(apply, model_admin))), name="cameras_camera_import_apply"),
    ]


def upload(model_admin: "CameraAdmin", request: HttpRequest) -> HttpResponse:
    """Take a file; nothing of the registry is touched."""
    change_require(model_admin, request)
    form = FileForm(request.POST or None, request.FILES or None) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row, _plan = upload_keep(user=user_of(request), file_name=str(file.name), content=file.read())
        except ValidationError as fault:
            form.add_error("file", worded(fault))
        else:
            written(request, None, "cameras_import_previewed", sha256=row.file_sha256, rows=_rows(row))
            return HttpResponseRedirect(reverse("admin:cameras_camera_import_preview", args=[row.pk]))
    context = page_context(model_admin, request, gettext("Import cameras"), form=form, columns=COLUMNS)
    return TemplateResponse(request, "admin/cameras/camera/import.html", context)


def shown(model_admin: "CameraAdmin", request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What would come of it, against the registry as it is now."""
    row, plan = _kept(model_admin, request, import_id)
    is_stale = plan.digest != row.plan_digest
    rows = [*plan.of(NEW), *plan.of(CHANGED)]
    context = page_context(
        model_admin, request, gettext("Import cameras"), subtitle=row.file_name, row=row, is_stale=is_stale,
        token=token_of(row), rows=sorted(rows, key=lambda item: item.line)[:SHOWN_MAX],
        rows_left=max(0, len(rows) - SHOWN_MAX), absent=plan.absent[:SHOWN_MAX], absent_count=len(plan.absent),
        faults=[(fault, worded(fault.fault)) for fault in plan.faults[:SHOWN_MAX]], fault_count=len(plan.faults),
        faults_left=max(0, len(plan.faults) - SHOWN_MAX),
        can_apply=not plan.faults and bool(rows) and not is_stale,
    )  # fmt: skip
    return TemplateResponse(request, "admin/cameras/camera/import_preview.html", context)


def errors_file(model_admin: "CameraAdmin", request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """All faults, to be mended in the file they came from."""
    _row, plan = _kept(model_admin, request, import_id)
    return file_response(faults_csv(plan.faults, worded), "text/csv; charset=utf-8", "kamera-kesalahan.csv")


def changes_file(model_admin: "CameraAdmin", request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """All differences."""
    _row, plan = _kept(model_admin, request, import_id)
    return file_response(changes_csv(plan.rows), "text/csv; charset=utf-8", "kamera-perubahan.csv")


def apply(model_admin: "CameraAdmin", request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Take over what was seen, all of it or nothing."""
    row = _row_of(model_admin, request, import_id)
    try:
        plan = upload_apply(actor=actor_of(request), row=row, token=request.POST.get("token", ""))
    except ConflictError as fault:
        model_admin.message_user(request, worded(fault), messages.ERROR)
        return HttpResponseRedirect(reverse("admin:cameras_camera_import_preview", args=[row.pk]))
    text = gettext("Taken over: %(new)d new, %(changed)d changed, %(same)d unchanged.")
    counts = {"new": len(plan.of(NEW)), "changed": len(plan.of(CHANGED))}
    counts["same"] = len(plan.rows) - sum(counts.values())
    model_admin.message_user(request, text % counts, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:cameras_camera_changelist"))


def refresh(model_admin: "CameraAdmin", request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Look through the same file once more: it need not be sent again."""
    row = _row_of(model_admin, request, import_id)
    again, _plan = upload_keep(user=user_of(request), file_name=row.file_name, content=row.content_read())
    return HttpResponseRedirect(reverse("admin:cameras_camera_import_preview", args=[again.pk]))


def _kept(model_admin: "CameraAdmin", request: HttpRequest, import_id: uuid.UUID) -> tuple[CameraImport, Plan]:
    row = _row_of(model_admin, request, import_id)
    return row, import_plan(row.content_read())


def _row_of(model_admin: "CameraAdmin", request: HttpRequest, import_id: uuid.UUID) -> CameraImport:
    change_require(model_admin, request)
    try:
        return upload_get(user=user_of(request), import_id=import_id)
    except NotFoundError as error:
        raise Http404 from error


def _rows(row: CameraImport) -> dict[str, int]:
    return {"new": row.new_count, "changed": row.changed_count, "same": row.same_count, "faults": row.fault_count}
