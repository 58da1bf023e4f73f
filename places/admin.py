"""The gazetteer."""

from django.contrib import admin

from accounts.audited_admin import AuditedAdmin
from places.models import Place


@admin.register(Place)
class PlaceAdmin(AuditedAdmin[Place]):
    list_display = ["code", "name", "kind", "parent", "accuracy_m", "source"]
    list_filter = ["kind", "source"]
    search_fields = ["code", "name", "aliases"]
    autocomplete_fields = ["parent"]
    list_select_related = ["parent"]
