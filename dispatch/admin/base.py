"""What the pages for records share."""

from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.audited_admin import ReadOnlyAdmin
from common.errors import SiagaError
from realtime.models import LIVE

ROWS_MAX = 200
_Row = TypeVar("_Row", bound=Model)


class RecordFormSet(BaseInlineFormSet[Any, Any, Any]):
    """At most ROWS_MAX rows: thousands of calls may belong to one flood, and one page must still open."""

    is_cut = False
    rows_max = ROWS_MAX

    def get_queryset(self) -> QuerySet[Any]:
        """The first rows, once for each page."""
        if not hasattr(self, "_rows"):
            found = list(super().get_queryset()[: ROWS_MAX + 1])
            self.is_cut = len(found) > ROWS_MAX
            self._rows = found[:ROWS_MAX]
        return self._rows  # type: ignore[return-value]  # rendering asks for a length, an index and an order only


class RecordInline(admin.TabularInline[Any, Any]):
    """Rows that belong to a record, to read; `related` are the foreign keys that its columns show."""

    extra = 0
    can_delete = False
    show_change_link = False
    formset = RecordFormSet
    template = "admin/dispatch/records.html"
    related: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what the columns show."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related(*self.related) if self.related else rows

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """All: columns that no form may hold are shown too."""
        return self.fields or ()

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class RecordAdmin(ReadOnlyAdmin[_Row]):
    """Records of the live realm; `realm_path` leads to the realm, and is empty for what belongs to none.

    `related` are the foreign keys that the list and the page of one record show.
    """

    list_per_page = 50
    realm_path = "realm"
    related: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[_Row]:
        """Exercises are no records."""
        rows = super().get_queryset(request)
        if self.related:
            rows = rows.select_related(*self.related)
        return rows.filter(**{f"{self.realm_path}__code": LIVE}) if self.realm_path else rows


def error_show(request: HttpRequest, error: SiagaError) -> None:
    """Tell what an act was refused for, in the reader's language."""
    messages.error(request, gettext(error.safe_message) % error.data if error.data else gettext(error.safe_message))
