"""Protocol cards and their use. Versions are written in `versions`."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.audited_admin import AuditedAdmin, user_of
from accounts.permissions import Permission
from dispatch.admin.base import RecordAdmin, RecordInline
from dispatch.choices import ProtocolState
from dispatch.models import ProtocolAnswer, ProtocolCard, ProtocolRun, ProtocolVersion


class VersionInline(RecordInline):
    model = ProtocolVersion
    fields = ["number", "state", "made_by", "made_at", "published_by", "published_at"]
    related = ("card", "made_by", "published_by")
    show_change_link = True


@admin.register(ProtocolCard)
class ProtocolCardAdmin(AuditedAdmin[ProtocolCard]):
    """Names and order stand in the published text; here a card is only put aside or taken up again."""

    change_list_template = "admin/dispatch/protocolcard/change_list.html"
    list_display = ["code", "name_id", "name_en", "order", "in_use", "drafts", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code", "name_id", "name_en"]
    fields = ["code", "name_id", "name_en", "order", "is_active"]
    readonly_fields = ["code", "name_id", "name_en", "order"]
    inlines = [VersionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProtocolCard]:
        """With the number in use and how many drafts there are."""
        published = Q(versions__state=ProtocolState.PUBLISHED)
        draft = Q(versions__state=ProtocolState.DRAFT)
        return (
            super()
            .get_queryset(request)
            .annotate(
                number_in_use=Max("versions__number", filter=published), draft_count=Count("versions", filter=draft)
            )
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A card begins with its first version."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Say who may write one."""
        may = user_of(request).may(Permission.PROTOCOL_WRITE)
        return super().changelist_view(request, {**(extra_context or {}), "may_write": may})

    @admin.display(description=_("version in use"), ordering="number_in_use")
    def in_use(self, card: Any) -> int | None:
        """Its number."""
        return card.number_in_use  # type: ignore[no-any-return]  # annotated above

    @admin.display(description=_("drafts"), ordering="draft_count")
    def drafts(self, card: Any) -> int:
        """How many."""
        return card.draft_count  # type: ignore[no-any-return]  # annotated above


class AnswerInline(RecordInline):
    model = ProtocolAnswer
    fields = ["answered_at", "position", "question", "key", "answered_by"]
    related = ("answered_by",)


@admin.register(ProtocolRun)
class ProtocolRunAdmin(RecordAdmin[ProtocolRun]):
    list_display = ["started_at", "version", "call", "incident", "outcome", "started_by", "ended_at"]
    list_filter = ["version__card"]
    search_fields = ["outcome", "call__number", "incident__number"]
    date_hierarchy = "started_at"
    exclude = ["realm"]
    related = ("version__card", "call", "incident", "started_by")
    inlines = [AnswerInline]
