"""Single values of CAP: moments, positions, names."""

import math
import re
from datetime import UTC, datetime

from common.errors import gettext_noop
from dispatch.formats.cap.types import CapReference, Point
from dispatch.formats.problems import BAD_NUMBER, BAD_POSITION, BAD_TIME

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")
NAME_LENGTH_MAX = 200
POINTS_MAX = 5000
RADIUS_MAX_KM = 20_100.0  # half of the equator
BAD_NAME = gettext_noop("This may hold no blanks, commas, < or &.")
NOT_CLOSED = gettext_noop("A polygon has at least four points, and the last one is the first.")
BAD_CIRCLE = gettext_noop("A circle is a point and a radius in kilometres, like -6.2,106.8 5.")
TOO_MANY_POINTS = gettext_noop("There are too many points.")
BAD_REFERENCE = gettext_noop("A reference is sender,identifier,sent.")


class ValueRefused(ValueError):
    """One value is wrong; the message is an English message id."""


def moment_read(text: str) -> datetime:
    """With seconds and offset, never with a letter for the zone."""
    if not MOMENT.fullmatch(text):
        raise ValueRefused(BAD_TIME)
    try:
        value = datetime.fromisoformat(text)
        value.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueRefused(BAD_TIME) from error
    return value


def moment_write(value: datetime) -> str:
    """UTC is written -00:00."""
    text = value.isoformat(timespec="seconds")
    return f"{text[:-6]}-00:00" if text.endswith("+00:00") else text


def number_read(text: str) -> float:
    """A decimal number as XML writes it."""
    if not NUMBER.fullmatch(text) or len(text) > 30:
        raise ValueRefused(BAD_NUMBER)
    return float(text)


def number_write(value: float) -> str:
    """The shortest decimal that reads back, never with an exponent."""
    text = repr(value)
    return f"{value:.17f}".rstrip("0").rstrip(".") if "e" in text else text.removesuffix(".0")


def name_read(text: str) -> str:
    """An identifier or a sender."""
    if any(character.isspace() or character in ",<&" for character in text) or len(text) > NAME_LENGTH_MAX:
        raise ValueRefused(BAD_NAME)
    return text


def point_read(text: str) -> Point:
    """`lat,lon`."""
    lat_text, comma, lon_text = text.partition(",")
    if not comma:
        raise ValueRefused(BAD_POSITION)
    lat, lon = number_read(lat_text), number_read(lon_text)
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise ValueRefused(BAD_POSITION)
    return lat, lon


def polygon_read(text: str) -> tuple[Point, ...]:
    """Points with blanks between."""
    parts = text.split()
    if len(parts) > POINTS_MAX:
        raise ValueRefused(TOO_MANY_POINTS)
    points = tuple(point_read(part) for part in parts)
    if len(points) < 4 or points[0] != points[-1]:
        raise ValueRefused(NOT_CLOSED)
    return points


def circle_read(text: str) -> tuple[float, float, float]:
    """`lat,lon radius`."""
    parts = text.split()
    if len(parts) != 2:
        raise ValueRefused(BAD_CIRCLE)
    lat, lon = point_read(parts[0])
    radius_km = number_read(parts[1])
    if not 0 <= radius_km <= RADIUS_MAX_KM or math.copysign(1, radius_km) < 0:
        raise ValueRefused(BAD_CIRCLE)
    return lat, lon, radius_km


def references_read(text: str) -> tuple[CapReference, ...]:
    """`sender,identifier,sent` with blanks between."""
    found = []
    for part in text.split():
        fields = part.split(",")
        if len(fields) != 3 or not fields[0] or not fields[1]:
            raise ValueRefused(BAD_REFERENCE)
        found.append(CapReference(name_read(fields[0]), name_read(fields[1]), moment_read(fields[2])))
    return tuple(found)


def reference_write(reference: CapReference) -> str:
    """One of them."""
    return f"{reference.sender},{reference.identifier},{moment_write(reference.sent)}"


def words_read(text: str) -> tuple[str, ...]:
    """Words with blanks between; one with blanks inside stands in quotation marks."""
    return tuple(quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', text))


def words_write(words: tuple[str, ...]) -> str:
    """The same back."""
    return " ".join(f'"{word}"' if any(character.isspace() for character in word) else word for word in words)
