"""Targets: the head of operations promises, everybody else reads."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts.audited_admin import AuditedAdmin
from common import clock
from dispatch.forms import TargetForm
from dispatch.models import Target


@admin.register(Target)
class TargetAdmin(AuditedAdmin[Target]):
    """What has begun stays; whoever wants another target adds a version that begins later."""

    form = TargetForm
    list_display = [
        "code", "measure", "priority", "type", "limit_s", "share_percent", "standard", "valid_from", "is_active",
    ]  # fmt: skip
    list_filter = ["measure", "priority", "is_active", "standard"]
    list_select_related = ["type"]
    search_fields = ["code", "standard"]
    date_hierarchy = "valid_from"
    save_as = True
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Target | None = None) -> bool:
        """Only before it begins."""
        return super().has_change_permission(request, obj) and not _has_begun(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Target | None = None) -> bool:
        """The same."""
        return super().has_delete_permission(request, obj) and not _has_begun(obj)

    def save_model(self, request: HttpRequest, obj: Target, form: Any, change: bool) -> None:
        """What is promised is written down whole."""
        super().save_model(request, obj, form, change)
        promise = {
            "code": obj.code, "limit_s": obj.limit_s, "share_percent": float(obj.share_percent),
            "valid_from": obj.valid_from.isoformat(), "is_active": obj.is_active,
        }  # fmt: skip
        self.audit(request, obj, "target_promised", promise)


def _has_begun(target: Target | None) -> bool:
    return target is not None and target.valid_from <= timezone.localdate(clock.now())
