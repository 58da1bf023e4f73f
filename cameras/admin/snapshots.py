"""Pictures to look up: their facts, never their bytes."""

from django.contrib import admin

from accounts.audited_admin import ReadOnlyAdmin
from cameras.models import Snapshot


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin[Snapshot]):
    """Facts of pictures; the pictures themselves are seen in the console, for the purpose of an incident."""

    list_display = ["received_at", "camera", "width", "height", "byte_count", "is_original", "sha256"]
    list_filter = ["is_original", "content_type"]
    list_select_related = ["camera"]
    search_fields = ["camera__code", "sha256"]
    exclude = ["path", "realm"]
