"""Public warnings to look up, with their areas."""

from django.contrib import admin

from dispatch.admin.base import RecordAdmin, RecordInline
from dispatch.models import Alert, AlertArea


class AlertAreaInline(RecordInline):
    model = AlertArea
    fields = ["language", "description", "circles", "geocodes"]


@admin.register(Alert)
class AlertAdmin(RecordAdmin[Alert]):
    list_display = [
        "sent_at", "headline", "event", "severity", "urgency", "certainty", "state", "origin", "sender", "expires_at",
    ]  # fmt: skip
    list_display_links = ["sent_at", "headline"]
    list_filter = ["state", "origin", "severity", "category"]
    search_fields = ["headline", "event", "identifier", "sender"]
    date_hierarchy = "sent_at"
    exclude = ["realm"]
    related = ("made_by", "replaced_by")
    inlines = [AlertAreaInline]
