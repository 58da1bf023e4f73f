"""What the pages of one camera and beside the list share."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.audited_admin import SOURCE, user_of
from accounts.services.audit import Actor, audit_write
from cameras.models import Camera

if TYPE_CHECKING:
    from cameras.admin.cameras import CameraAdmin

OPENING_S = 15 * 60
_SALT = "cameras.admin.opening"


def page_context(model_admin: admin.ModelAdmin[Any], request: HttpRequest, title: str, **values: Any) -> dict[str, Any]:
    """What every page of the admin needs."""
    return {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.model._meta,
        **values,
    }


def camera_of(model_admin: "CameraAdmin", request: HttpRequest, object_id: str, *, may_look: bool = False) -> Camera:
    """The camera, if it may be changed (or with `may_look`, seen); 404 or 403 otherwise."""
    rows = Camera.objects.select_related("owner", "agreement")
    camera = get_object_or_404(rows, pk=int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0)
    allowed = model_admin.has_change_permission(request, camera) or (
        may_look and model_admin.has_view_permission(request, camera)
    )
    if not allowed:
        raise PermissionDenied
    return camera


def change_require(model_admin: "CameraAdmin", request: HttpRequest) -> None:
    """Only who may add and change cameras."""
    if not (model_admin.has_change_permission(request) and model_admin.has_add_permission(request)):
        raise PermissionDenied


def actor_of(request: HttpRequest) -> Actor:
    """Who is signed in, as the audit record names them."""
    return Actor(user_of(request), SOURCE)


def written(request: HttpRequest, camera: Model | None, action: str, *, purpose: str = "", **data: Any) -> None:
    """One entry of the audit record, before anything is shown."""
    with transaction.atomic():
        audit_write(
            actor=actor_of(request), action=action, object_type=Camera._meta.label_lower,
            object_id=camera.pk if camera else "", purpose=purpose, data=data,
        )  # fmt: skip


def opening_sign(request: HttpRequest, camera: Camera, use: str) -> str:
    """Proof that a page was opened, which stands in the audit record; its pictures are asked for with it."""
    return signing.dumps([user_of(request).pk, camera.pk, use], salt=_SALT)


def opening_holds(request: HttpRequest, camera: Camera, use: str) -> bool:
    """Whether the request brings such a proof that is not too old."""
    try:
        found = signing.loads(request.GET.get("opening", ""), salt=_SALT, max_age=OPENING_S)
    except signing.BadSignature:
        return False
    return bool(found == [user_of(request).pk, camera.pk, use])
