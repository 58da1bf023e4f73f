"""Conditions, shares and curves of cameras: by shape, figure and word; colour comes on top."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django import template
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from cameras.choices import Condition
from cameras.models import Snapshot
from cameras.rules.history import Hour, uptime, worst
from common import clock
from dispatch.presenters.camera_words import Trouble, trouble_of

register = template.Library()
SHAPES = {Condition.UP: "●", Condition.DEGRADED: "▲", Condition.DOWN: "✕", Condition.UNKNOWN: "?"}
HEIGHT, CURVE_HEIGHT, EDGE, ZERO = 32, 32, 1, 3
BAR_DAY, BAR_WEEK = 6, 3
DAY_HOURS = 24


@register.filter
def condition(code: str) -> SafeString:
    """A condition by shape and word."""
    known = Condition(code) if code in Condition.values else Condition.UNKNOWN
    return format_html(
        '<span class="condition {}"><span aria-hidden="true">{}</span> {}</span>', known, SHAPES[known], known.label
    )


@register.filter
def percent(share: float | None) -> str:
    """A share; a full one is 100 % only if nothing is missing."""
    if share is None:
        return "–"
    value = share * 100
    if 99.95 <= value < 100:
        value = 99.9
    return f"{formats.number_format(value, 0 if value in {0, 100} else 1)} %"


@register.filter
def milliseconds(value: float | None) -> str:
    """How long a picture took."""
    return "–" if value is None else f"{formats.number_format(round(value), 0)} ms"


@register.filter
def decimal(value: float | None, places: int = 2) -> str:
    """A measured figure."""
    return "–" if value is None else str(formats.number_format(value, places))


@register.filter
def lasting(moment: datetime | None) -> str:
    """For how long, in the two largest units."""
    if moment is None:
        return "–"
    return span_words(clock.now() - moment)


def span_words(span: timedelta) -> str:
    """A span in the two largest units."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return gettext("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return gettext("%(minutes)d min") % {"minutes": minutes}


@register.filter
def lasted(case: object) -> str:
    """How long a fault or a window was."""
    begin = getattr(case, "began_at", None) or getattr(case, "begins_at", None)
    end = getattr(case, "ended_at", None) or getattr(case, "ends_at", None) or clock.now()
    return span_words(end - begin) if begin else "–"


@register.filter
def peak(hours: Sequence[Hour]) -> str:
    """What the top of a curve of times stands for."""
    values = [hour.picture_ms for hour in hours if hour.picture_ms is not None]
    return gettext("top: %(time)s") % {"time": milliseconds(max(values))} if values else ""


@register.filter
def took_ms(picture: Snapshot) -> float:
    """From asking to the last byte."""
    return (picture.received_at - picture.requested_at).total_seconds() * 1000


@register.filter
def flags_words(picture: Snapshot) -> list[Trouble]:
    """What is wrong with a picture."""
    return [trouble_of(flag) for flag in picture.flags]


@register.simple_tag
def uptime_bars(hours: Sequence[Hour], *, is_small: bool = False) -> SafeString:
    """A bar an hour: full for fit pictures, hollow for unfit ones, a dash at the foot for none; a dot: untried."""
    width = BAR_DAY if len(hours) <= DAY_HOURS else BAR_WEEK
    parts = format_html_join(
        "", '<{} class="{}" x="{}" y="{}" width="{}" height="{}"></{}>',
        [row for index, hour in enumerate(hours) for row in _bars(hour, index * (width + 1), width)],
    )  # fmt: skip
    whole = len(hours) * (width + 1)
    return format_html(
        '<svg class="hours{}" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<line class="foot" x1="0" x2="{}" y1="{}" y2="{}"></line>{}{}</svg>',
        " small" if is_small else "", whole, HEIGHT, whole, HEIGHT, hours_words(hours), whole, HEIGHT - 0.5,
        HEIGHT - 0.5, _midnights(hours, width, HEIGHT), parts,
    )  # fmt: skip


def hours_words(hours: Sequence[Hour]) -> str:
    """What the bars show, in a sentence."""
    found, untried = uptime(hours), sum(1 for hour in hours if not hour.tries)
    span = (
        gettext("Last 24 hours") if len(hours) <= DAY_HOURS
        else gettext("Last %(days)d days") % {"days": len(hours) // DAY_HOURS}
    )  # fmt: skip
    if found.share is None:
        return gettext("%(span)s: never tried") % {"span": span}
    words = gettext("%(span)s: %(share)s with a picture, %(fit)s fit for use") % {
        "span": span, "share": percent(found.share), "fit": percent(found.fit_share),
    }  # fmt: skip
    low = worst(hours)
    if low is not None and low.share is not None and low.share < 1:
        words += "; " + gettext("worst hour %(hour)s: %(share)s") % {
            "hour": formats.date_format(localtime(low.at), "j M H:i"), "share": percent(low.share),
        }  # fmt: skip
    if untried:
        words += "; " + ngettext("%(count)d hour not tried", "%(count)d hours not tried", untried) % {"count": untried}
    return words


@register.simple_tag
def time_curve(hours: Sequence[Hour]) -> SafeString | str:
    """Time to a picture, hour by hour; where there was none the line has a gap."""
    values = [hour.picture_ms for hour in hours if hour.picture_ms is not None]
    if not values:
        return gettext("no picture in this time")
    width, high = BAR_DAY if len(hours) <= DAY_HOURS else BAR_WEEK, max(*values, 1.0)
    lines = format_html_join("", '<polyline points="{}"></polyline>', [(line,) for line in _lines(hours, width, high)])
    words = gettext("Time to a picture: %(low)d to %(high)d ms, %(usual)d ms on average") % {
        "low": round(min(values)), "high": round(max(values)), "usual": round(sum(values) / len(values)),
    }  # fmt: skip
    whole = len(hours) * (width + 1)
    return format_html(
        '<svg class="times" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<line class="foot" x1="0" x2="{}" y1="{}" y2="{}"></line>{}{}</svg>',
        whole, CURVE_HEIGHT, whole, CURVE_HEIGHT, words, whole, CURVE_HEIGHT - 0.5, CURVE_HEIGHT - 0.5,
        _midnights(hours, width, CURVE_HEIGHT), lines,
    )  # fmt: skip


Bar = tuple[str, str, object, object, object, object, str]


def _bars(hour: Hour, x: int, width: int) -> list[Bar]:
    if hour.share is None or hour.fit_share is None:
        return [("rect", "untried", x + width / 2 - 1, HEIGHT - 5, 2, 2, "rect")]
    room = HEIGHT - EDGE - 1
    bars: list[Bar] = []
    fit, unfit = room * hour.fit_share, room * (hour.share - hour.fit_share)
    if fit > 0:
        bars.append(("rect", "fit", x, _figure(HEIGHT - 1 - fit), width, _figure(fit), "rect"))
    if unfit > 0:
        top = HEIGHT - 1 - fit - unfit
        height = max(unfit - 1, 0.5)
        bars.append(("rect", "unfit", x + 0.5, _figure(top + 0.5), width - 1, _figure(height), "rect"))
    if hour.share == 0:
        bars.append(("rect", "none", x, HEIGHT - 1 - ZERO, width, ZERO, "rect"))
    return bars


def _lines(hours: Sequence[Hour], width: int, high: float) -> list[str]:
    """Runs of hours with pictures; one hour alone is a short dash."""
    runs: list[list[str]] = [[]]
    for index, hour in enumerate(hours):
        if hour.picture_ms is None:
            runs.append([])
            continue
        y = CURVE_HEIGHT - 2 - hour.picture_ms / high * (CURVE_HEIGHT - 4)
        x = index * (width + 1)
        runs[-1] += [f"{_figure(x)},{_figure(y)}", f"{_figure(x + width)},{_figure(y)}"]
    return [" ".join(run) for run in runs if run]


def _midnights(hours: Sequence[Hour], width: int, height: int) -> SafeString:
    if len(hours) <= DAY_HOURS:
        return SafeString("")
    marks = [index * (width + 1) - 0.5 for index, hour in enumerate(hours) if index and localtime(hour.at).hour == 0]
    return format_html_join(
        "", '<line class="day" x1="{0}" x2="{0}" y1="0" y2="{1}"></line>', [(_figure(x), height) for x in marks]
    )


def _figure(value: float) -> str:
    return f"{value:.1f}"
