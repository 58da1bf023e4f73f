"""Scorecards to write and publish; drawings to look up. Reviews are made and read on the pages of quality."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import SOURCE, AuditedAdmin, user_of
from accounts.permissions import Permission
from common import clock
from common.errors import SiagaError
from dispatch.actions.scorecards import scorecard_copy, scorecard_hold, scorecard_number, scorecard_publish
from dispatch.admin.base import RecordAdmin, RecordInline, error_show
from dispatch.choices.supervision import ScorecardState
from dispatch.models import QualityDraw, Scorecard, ScorecardItem, ScorecardVersion


class VersionInline(RecordInline):
    model = ScorecardVersion
    fields = ["number", "state", "pass_percent", "made_by", "made_at", "published_by", "published_at"]
    related = ("card", "made_by", "published_by")
    show_change_link = True


@admin.register(Scorecard)
class ScorecardAdmin(AuditedAdmin[Scorecard]):
    list_display = ["code", "name_id", "name_en", "is_active"]
    search_fields = ["code", "name_id", "name_en"]
    inlines = [VersionInline]
    actions = None


class ItemInline(admin.TabularInline[ScorecardItem, ScorecardVersion]):
    """Questions, in drafts only."""

    model = ScorecardItem
    fields = ["position", "code", "kind", "text_id", "text_en", "weight", "is_critical", "may_be_skipped"]
    extra = 3

    def has_add_permission(self, request: HttpRequest, obj: ScorecardVersion | None = None) -> bool:
        """Not to what is or was in use."""
        return super().has_add_permission(request, obj) and _is_draft(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return super().has_delete_permission(request, obj) and _is_draft(obj)


@admin.register(ScorecardVersion)
class ScorecardVersionAdmin(AuditedAdmin[ScorecardVersion]):
    """A draft is written here and then published; for a change of what is in use, a new draft is made from it."""

    list_display = ["card", "number", "state", "pass_percent", "made_by", "made_at", "published_by", "published_at"]
    list_display_links = ["card", "number"]
    list_filter = ["state", "card"]
    list_select_related = ["card", "made_by", "published_by"]
    fields = ["card", "pass_percent", "number", "state", "made_by", "made_at", "published_by", "published_at"]
    readonly_fields = ["number", "state", "made_by", "made_at", "published_by", "published_at"]
    inlines = [ItemInline]
    actions = ["publish", "copy"]

    def get_readonly_fields(self, request: HttpRequest, obj: ScorecardVersion | None = None) -> Any:
        """A version stays with its card."""
        return [*self.readonly_fields, "card"] if obj else self.readonly_fields

    def has_change_permission(self, request: HttpRequest, obj: ScorecardVersion | None = None) -> bool:
        """Drafts only."""
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: ScorecardVersion | None = None) -> bool:
        """Never: its number is kept."""
        return False

    def save_model(self, request: HttpRequest, obj: ScorecardVersion, form: Any, change: bool) -> None:
        """A new one gets its number; one that was published meanwhile is not changed any more."""
        try:
            if change:
                scorecard_hold(user=user_of(request), version_id=obj.pk)
            else:
                obj.number = scorecard_number(user=user_of(request), card=obj.card)
                obj.made_by, obj.made_at = user_of(request), clock.now()
        except SiagaError as error:
            raise PermissionDenied from error
        super().save_model(request, obj, form, change)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Who takes scorecards into use."""
        return user_of(request).may(Permission.SCORECARD_PUBLISH)

    def has_write_permission(self, request: HttpRequest) -> bool:
        """Who writes scorecards."""
        return user_of(request).may(Permission.SCORECARD_WRITE)

    @admin.action(description=_("Use from now on"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[ScorecardVersion]) -> None:
        """Each of the chosen drafts."""
        for version in queryset:
            try:
                scorecard_publish(user=user_of(request), source=SOURCE, version_id=version.pk)
            except SiagaError as error:
                error_show(request, error)
            else:
                messages.success(request, gettext("%(version)s is in use from now on.") % {"version": version})

    @admin.action(description=_("New draft from this version"), permissions=["write"])
    def copy(self, request: HttpRequest, queryset: QuerySet[ScorecardVersion]) -> None:
        """One of each of the chosen."""
        for version in queryset:
            made = scorecard_copy(user=user_of(request), source=SOURCE, version_id=version.pk)
            messages.success(request, gettext("%(version)s is a new draft.") % {"version": made})


@admin.register(QualityDraw)
class QualityDrawAdmin(RecordAdmin[QualityDraw]):
    """With the seed anybody can draw again: `manage.py quality_verify`."""

    list_display = ["day", "stratum", "population", "drawn", "share_percent", "seed", "drawn_at"]
    list_filter = ["stratum"]
    date_hierarchy = "day"
    exclude = ["realm"]


def _is_draft(version: ScorecardVersion | None) -> bool:
    return version is None or version.state == ScorecardState.DRAFT
