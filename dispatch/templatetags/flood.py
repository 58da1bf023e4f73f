"""Levels, trends and curves of rivers for the pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from dispatch.choices.floods import SiagaLevel
from dispatch.models import Gauge

register = template.Library()
SHAPES = {1: "◆", 2: "▲", 3: "●", 4: "■"}
LETTERS = {1: "I", 2: "II", 3: "III", 4: "IV"}
WIDTH, HEIGHT, EDGE = 160, 36, 2
RISING_CM_H = 1.0


@register.filter
def siaga(level: int | None) -> SafeString:
    """A level by shape, letter and word: colour is never all there is."""
    if level not in SHAPES:
        return format_html(
            '<span class="siaga unknown"><span aria-hidden="true">?</span> {}</span>', gettext("no reading yet")
        )
    return format_html(
        '<span class="siaga s{}"><span aria-hidden="true">{}</span> {} <b>{}</b></span>',
        level, SHAPES[level], SiagaLevel(level).label, level_word(level),
    )  # fmt: skip


def level_word(level: int) -> str:
    """What a level means."""
    words = {1: gettext("disaster"), 2: gettext("critical"), 3: gettext("alert"), 4: gettext("normal")}
    return words[level]


@register.filter
def trend(cm_h: float | None) -> str:
    """Rising or falling, how fast, in words and with an arrow."""
    if cm_h is None:
        return ""
    if abs(cm_h) < RISING_CM_H:
        return gettext("→ steady")
    words = gettext("↑ rising %(speed)d cm/h") if cm_h > 0 else gettext("↓ falling %(speed)d cm/h")
    return words % {"speed": round(abs(cm_h))}


@register.filter
def cm(height: float | None) -> str:
    """A height."""
    return "" if height is None else f"{height:g} cm"


@register.filter
def threshold(gauge: Gauge, level: int) -> float:
    """From which height a level holds."""
    return float({3: gauge.level_3_cm, 2: gauge.level_2_cm, 1: gauge.level_1_cm}[level])


@register.simple_tag
def sparkline(gauge: Gauge, readings: Sequence[tuple[datetime, float]]) -> SafeString | str:
    """The curve of the last readings, with the thresholds that it comes near as dashed lines."""
    if len(readings) < 2:
        return gettext("too few readings")
    low, high = _range(gauge, [height for _at, height in readings])
    start, end = readings[0][0], readings[-1][0]
    span_s = max(1.0, (end - start).total_seconds())
    points = " ".join(
        f"{EDGE + (at - start).total_seconds() / span_s * (WIDTH - 2 * EDGE):.1f},{_y(height, low, high):.1f}"
        for at, height in readings
    )
    lines = format_html_join(
        "", '<line class="s{0}" x1="0" x2="{1}" y1="{2}" y2="{2}"></line>', _lines(gauge, low, high)
    )
    title = gettext("%(name)s: from %(first)s to %(last)s cm, between %(low)s and %(high)s") % {
        "name": gauge.name, "first": f"{readings[0][1]:g}", "last": f"{readings[-1][1]:g}",
        "low": f"{min(height for _at, height in readings):g}", "high": f"{max(height for _at, height in readings):g}",
    }  # fmt: skip
    return format_html(
        '<svg class="spark" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}">'
        '{3}<polyline points="{4}"></polyline></svg>',
        WIDTH, HEIGHT, title, lines, points,
    )  # fmt: skip


def _range(gauge: Gauge, heights: Sequence[float]) -> tuple[float, float]:
    low, high = min(heights), max(heights)
    above = [cm for cm in (gauge.level_3_cm, gauge.level_2_cm, gauge.level_1_cm) if cm > high]
    # The next threshold belongs into the picture once the water is not far below it.
    if above and above[0] - high < max(high - low, 0.25 * above[0]):
        high = above[0]
    return (low - 1, high + 1) if high - low < 2 else (low, high)


def _lines(gauge: Gauge, low: float, high: float) -> list[tuple[Any, ...]]:
    levels = ((3, gauge.level_3_cm), (2, gauge.level_2_cm), (1, gauge.level_1_cm))
    return [(level, WIDTH, f"{_y(cm, low, high):.1f}") for level, cm in levels if low <= cm <= high]


def _y(height: float, low: float, high: float) -> float:
    return HEIGHT - EDGE - (height - low) / (high - low) * (HEIGHT - 2 * EDGE)
