"""Advanced Mobile Location: the text that a phone sends by itself when 112 is dialled (ETSI TS 103 625)."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from common.errors import ValidationError, gettext_noop

METHODS = {"G": "gnss", "W": "wifi", "C": "cell"}
NO_POSITION = "N"
LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class AmlFix:
    """A position with the radius (m) that holds the phone with `confidence_percent`; `method` as METHODS."""

    lat: float
    lon: float
    radius_m: float
    measured_at: datetime
    confidence_percent: int | None
    method: str


def aml_parse(text: str) -> AmlFix | None:
    """Read one message, as `A"ML=1;lt=-6.20880;lg=+106.84560;rd=25;top=20261124081500;lc=95;pm=G;…`.

    None for a message whose phone says that it does not know where it is (`pm=N`); whatever it gives as a place then
    is none. Raises ValidationError `aml_invalid` for anything that does not give a position with radius and time.
    """
    if len(text) > LENGTH_MAX:
        raise _invalid("length")
    body = text.strip().removeprefix('A"').rstrip('"')
    pairs = dict(part.partition("=")[::2] for part in body.split(";") if "=" in part)
    if pairs.get("ML") not in {"1", "2", "3"}:
        raise _invalid("ML")
    if pairs.get("pm") == NO_POSITION:
        return None
    lat, lon = _number(pairs, "lt", 90.0), _number(pairs, "lg", 180.0)
    radius_m = _number(pairs, "rd", 1_000_000.0)
    if radius_m < 0:
        raise _invalid("rd")
    confidence = pairs.get("lc", "")
    return AmlFix(
        lat=lat,
        lon=lon,
        radius_m=radius_m,
        measured_at=_moment(pairs.get("top", "")),
        confidence_percent=int(confidence) if confidence.isdecimal() and len(confidence) <= 3 else None,
        method=METHODS.get(pairs.get("pm", ""), "unknown"),
    )


def _number(pairs: dict[str, str], name: str, limit: float) -> float:
    try:
        value = float(pairs.get(name, ""))
    except ValueError as error:
        raise _invalid(name) from error
    if not math.isfinite(value) or abs(value) > limit:
        raise _invalid(name)
    return value


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise _invalid("top") from error


def _invalid(field: str) -> ValidationError:
    return ValidationError(
        "aml_invalid", gettext_noop("This is not a position message of a phone (%(part)s)."), {"part": field}
    )
