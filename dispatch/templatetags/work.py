"""Buttons, times, names and numbers for the plain pages."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext

from common.phones import number_shown
from dispatch.choices import Priority

register = template.Library()
NOBODY = "00000000-0000-0000-0000-000000000000"
SHAPES = {Priority.P1: "◆", Priority.P2: "▲", Priority.P3: "●", Priority.P4: "■", Priority.P5: "□"}


@register.simple_tag
def act(
    path: str,
    label: str,
    *,
    key: str = "",
    method: str = "POST",
    css: str = "",
    confirm: str = "",
    done: str = "",
    then: str = "",
    revision: int | str = "",
    **fields: Any,
) -> SafeString:
    """A button that sends one request to the API with fixed fields.

    `key` is its letter on the keyboard; `confirm` is what has to be pressed again for; `done` is said when it is done;
    `then` is the page to go to.
    """
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', fields.items())
    shown = format_html("<kbd>{}</kbd> {}", key.upper(), label) if key else label
    return format_html(
        '<form class="act" data-api="{}" data-method="{}" data-then="{}" data-done="{}" data-revision="{}">{}'
        '<button class="{}" data-key="{}" data-confirm="{}">{}</button></form>',
        path, method, then, done, revision, hidden, css, key, confirm, shown,
    )  # fmt: skip


@register.simple_tag
def page_of(name: str) -> str:
    """The address of a page about one thing, with `{id}` where its key goes."""
    argument = "run_id" if name == "work-protocol" else f"{name.removeprefix('work-')}_id"
    return reverse(f"dispatch:{name}", kwargs={argument: NOBODY}).replace(NOBODY, "{id}")


@register.filter
def name_of(row: Any, field: str) -> str:
    """The name of a row in the reader's language; `field` is name_id or name_en."""
    return str(row[field] if isinstance(row, dict) else getattr(row, field))


@register.filter
def of(path: str, key: Any) -> str:
    """A path of the API with the key of a row."""
    return f"{path}{key}"


@register.filter
def mark(priority: str) -> SafeString | str:
    """A priority by colour, letter and shape."""
    if priority not in Priority.values:
        return ""
    return format_html(
        '<span class="mark {0}">{0} <span aria-hidden="true">{1}</span></span>', priority, SHAPES[Priority(priority)]
    )


@register.filter
def clock(moment: datetime | None) -> SafeString | str:
    """The time of day; with the date where it is not today's."""
    if moment is None:
        return ""
    here = localtime(moment)
    text = f"{here:%H:%M:%S}"
    if here.date() != localdate():
        text = f"{formats.date_format(here, 'j M')} {text}"
    return format_html('<time class="time" datetime="{}">{}</time>', moment.isoformat(), text)


@register.filter
def since(moment: datetime | None) -> SafeString | str:
    """How long ago; the page counts on by itself."""
    return _ticking(moment, "since")


@register.filter
def due(moment: datetime | None) -> SafeString | str:
    """How long until, or how long overdue; the page counts on by itself."""
    return _ticking(moment, "due")


@register.filter
def phone(number: str | None) -> str:
    """A telephone number to read out."""
    return number_shown(number) if number else gettext("no number")


@register.filter
def point(row: Any) -> str:
    """A position with its uncertainty; decimals with a point in every language, as maps take them."""
    lat, lon, radius_m = (_part(row, name) for name in ("lat", "lon", "radius_m"))
    if lat is None or lon is None:
        return ""
    text = f"{lat:.5f}, {lon:.5f}"
    return f"{text} (± {radius_m:.0f} m)" if radius_m else text


@register.filter
def position(row: Any) -> str:
    """A position without its uncertainty; decimals with a point in every language, as maps take them."""
    lat, lon = _part(row, "lat"), _part(row, "lon")
    return "" if lat is None or lon is None else f"{lat:.5f}, {lon:.5f}"


@register.filter
def minutes(seconds: float | None) -> str:
    """How long a way takes."""
    if seconds is None:
        return ""
    return gettext("%(minutes)d min") % {"minutes": max(1, round(seconds / 60))}


@register.filter
def kilometres(metres: float | None) -> str:
    """How long a way is."""
    if metres is None:
        return ""
    return f"{formats.number_format(metres / 1000, 1)} km"


@register.filter
def number(value: float | str | None) -> str:
    """A number for a program, whatever the language."""
    return repr(value) if isinstance(value, float) else ""


def _ticking(moment: datetime | None, kind: str) -> SafeString | str:
    if moment is None:
        return ""
    return format_html(
        '<time class="time age" data-age="{}" datetime="{}">{}</time>',
        kind, moment.isoformat(), f"{localtime(moment):%H:%M:%S}",
    )  # fmt: skip


def _part(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, dict) else getattr(row, name)
