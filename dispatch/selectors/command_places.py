"""The places of commands, and the lines that name one of several without doubt."""

from dataclasses import dataclass

from common.errors import gettext_noop
from dispatch.rules.commands.match import Where, place_pick, where_read
from dispatch.rules.commands.types import Parsed
from dispatch.selectors.commands import CHOICES_MAX, Choice, NotOneError
from places.models import Place
from places.selectors import PlaceFound, place_search

TEXT_MAX = 200


@dataclass(frozen=True, slots=True)
class Located:
    """Where something is: words as they are kept, a place of the gazetteer, a point; each may be missing."""

    text: str
    code: str | None = None
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None
    name: str = ""
    is_quoted: bool = False

    @property
    def has_point(self) -> bool:
        """Whether it can be shown on a map."""
        return self.lat is not None and self.lon is not None


def place_resolve(text: str, parsed: Parsed) -> Located:
    """The one place that is meant; one that is not known keeps its words and has no point.

    Raises NotOneError `ambiguous_place` with a line for each that it may be, `unknown_place` for an unknown @code.
    """
    where = where_read(text)
    if where.point is not None:
        return Located(text=text[:TEXT_MAX], lat=where.point[0], lon=where.point[1])
    if where.code:
        return _by_code(where)
    words = where.words[:TEXT_MAX]
    if where.is_quoted:
        return Located(text=words, is_quoted=True)
    found = place_search(words, limit=CHOICES_MAX)
    if not found:
        return Located(text=words)
    picked = place_pick([item.score for item in found])
    if picked is None:
        raise NotOneError(
            "ambiguous_place", gettext_noop("“%(typed)s” can be several places; choose one."), {"typed": words[:60]},
            [*(_choice(parsed, item) for item in found), _as_told(parsed, words)],
        )  # fmt: skip
    return located(found[picked].place, words)


def located(place: Place, words: str = "") -> Located:
    """A place of the gazetteer."""
    return Located(words or place.name, place.code, place.lat, place.lon, place.accuracy_m, place.name)


def place_line(parsed: Parsed, code: str) -> str:
    """The line that names this place without doubt."""
    return parsed.line(place=f"@{code}")


def _by_code(where: Where) -> Located:
    place = Place.objects.filter(code=where.code).first()
    if place is None:
        raise NotOneError("unknown_place", gettext_noop("There is no place %(typed)s."), {"typed": f"@{where.code}"})
    return located(place, where.words[:TEXT_MAX])


def _choice(parsed: Parsed, item: PlaceFound) -> Choice:
    return Choice(place_line(parsed, item.place.code), " · ".join(filter(None, (item.place.name, item.parent_text))))


def _as_told(parsed: Parsed, words: str) -> Choice:
    quoted = f'"{words}"'
    return Choice(parsed.line(place=quoted), quoted)
