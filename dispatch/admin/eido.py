"""Incidents of other systems, to look at."""

import json
from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from dispatch.admin.base import RecordAdmin
from dispatch.models import EidoDocument


@admin.register(EidoDocument)
class EidoDocumentAdmin(RecordAdmin[EidoDocument]):
    list_display = ["identifier", "agency", "element", "incident", "told_at", "versions", "received_at"]
    list_filter = ["agency"]
    search_fields = ["identifier", "element"]
    fields = [
        "identifier", "agency", "element", "incident", "told_at", "versions", "first_received_at", "received_at",
        "received_by", "whole",
    ]  # fmt: skip
    readonly_fields = ["whole"]
    related = ("agency", "incident", "received_by")

    @admin.display(description=_("document"))
    def whole(self, row: EidoDocument) -> Any:
        """As it came, set out for reading."""
        return format_html("<pre>{}</pre>", json.dumps(row.document, indent=2, ensure_ascii=False))
