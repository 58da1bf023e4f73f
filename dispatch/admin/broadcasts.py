"""Broadcasts: what was told to all desks."""

from django.contrib import admin

from dispatch.admin.base import RecordAdmin
from dispatch.models import Broadcast


@admin.register(Broadcast)
class BroadcastAdmin(RecordAdmin[Broadcast]):
    list_display = ["sent_at", "text", "sent_by", "expires_at"]
    date_hierarchy = "sent_at"
    search_fields = ["text"]
    related = ("sent_by",)
