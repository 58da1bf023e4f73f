"""Figures for people: times, shares, and whether a target was met."""

from typing import Any

from django import template
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from dispatch.presenters.measures import DEFINITIONS

register = template.Library()
MINUTES_FROM_S = 120


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds with a decimal; minutes and seconds from two minutes on."""
    if seconds is None:
        return "–"
    if seconds < MINUTES_FROM_S:
        return gettext("%(seconds)s s") % {"seconds": formats.number_format(round(float(seconds), 1), 1)}
    minutes, rest = divmod(round(float(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def share(percent: float | None) -> str:
    """A share with one decimal, cut and not rounded up: 89.97 of 90 wanted is not 90."""
    if percent is None:
        return "–"
    return f"{formats.number_format(int(float(percent) * 10) / 10, 1)} %"


@register.filter
def met(value: bool | None) -> SafeString | str:
    """Whether a target was met, by sign and word."""
    if value is None:
        return ""
    if value:
        return format_html('<span class="chip">✓ {}</span>', gettext("met"))
    return format_html('<span class="chip alarm">▲ {}</span>', gettext("missed"))


@register.filter
def definition(measure: str) -> Any:
    """What a figure means."""
    return DEFINITIONS[measure]


@register.filter
def entry(table: dict[str, Any], key: str) -> Any:
    """What a table holds for a key; 0 where it holds nothing."""
    return table.get(key, 0)
