"""Buttons and names for the plain pages."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import clock

register = template.Library()


@register.simple_tag
def act(path: str, label: str, *, key: str = "", method: str = "POST", css: str = "", **fields: Any) -> SafeString:
    """A button that sends one request to the API with fixed fields; `key` is its letter on the keyboard."""
    hidden = SafeString("").join(
        format_html('<input type="hidden" name="{}" value="{}">', name, value) for name, value in fields.items()
    )
    shown = format_html("<kbd>{}</kbd> {}", key.upper(), label) if key else label
    return format_html(
        '<form class="act" data-api="{}" data-method="{}">{}<button class="{}" data-key="{}">{}</button></form>',
        path, method, hidden, css, key, shown,
    )  # fmt: skip


@register.filter
def name_of(row: Any, field: str) -> str:
    """The name of a row in the reader's language; `field` is name_id or name_en."""
    return str(getattr(row, field))


@register.filter
def wait(moment: datetime | None) -> str:
    """How long ago, or how long until, as minutes and seconds: `04:12`, `-00:30` when it is still to come."""
    if moment is None:
        return ""
    seconds = int((clock.now() - moment).total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, rest = divmod(seconds, 3600)
    text = f"{rest // 60:02}:{rest % 60:02}"
    return f"{sign}{hours}:{text}" if hours else f"{sign}{text}"


@register.filter
def of(path: str, key: Any) -> str:
    """A path of the API with the key of a row."""
    return f"{path}{key}"
