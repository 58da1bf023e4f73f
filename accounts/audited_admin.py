"""The admin of every app: what is changed there stands in the audit record, in the same transaction."""

from typing import Any, TypeVar, cast

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import User
from accounts.services.audit import Actor, audit_write

SOURCE = "admin"
_Row = TypeVar("_Row", bound=Model)


def user_of(request: HttpRequest) -> User:
    """Who is signed in; the admin has seen to that."""
    return cast("User", request.user)


class AuditedAdmin(admin.ModelAdmin[_Row]):
    """Writes an audit entry for each row made, changed or deleted. Names of fields are recorded, never values.

    `audit_name` is how the record calls such a row, where actions outside the admin record the same acts.
    """

    audit_name = ""

    def save_model(self, request: HttpRequest, obj: _Row, form: Any, change: bool) -> None:
        """Write the row, then the record of it."""
        super().save_model(request, obj, form, change)
        verb = "changed" if change else "created"
        self.audit(request, obj, f"{self._name}_{verb}", {"fields": sorted(form.changed_data)})

    def delete_model(self, request: HttpRequest, obj: _Row) -> None:
        """Delete the row and keep that it was there."""
        key = obj.pk
        super().delete_model(request, obj)
        obj.pk = key
        self.audit(request, obj, f"{self._name}_deleted", {})

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """One by one, so that each has its entry."""
        for row in queryset:
            self.delete_model(request, row)

    @property
    def _name(self) -> str:
        return self.audit_name or str(self.opts.model_name)

    def audit(self, request: HttpRequest, obj: Model, action: str, data: dict[str, Any]) -> None:
        """One entry about one row."""
        audit_write(
            actor=Actor(user_of(request), SOURCE),
            action=action,
            object_type=obj._meta.label_lower,
            object_id=obj.pk,
            data=data,
        )


class ReadOnlyAdmin(admin.ModelAdmin[_Row]):
    """Records to look at: they are written by what happened, never by hand."""

    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False
