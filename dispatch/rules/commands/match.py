"""From words to the one thing that they name: exact names first, then a beginning that only one has. Never a guess."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PREFIX_MIN = 3
WORDS_MAX = 8
# Every word of the name was said, and nothing else.
EXACT = 0.995
# One place alone is like what was said, with no more than a typing error.
CLEAR = 0.85
_POINT = re.compile(r"\s*(-?\d{1,2}(?:\.\d{1,9})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,9})?)\s*")
_CODE = re.compile(r"@([0-9A-Za-z._-]{1,30})(?:\s+(.*))?", re.DOTALL)
_QUOTED = re.compile(r"[\"“”](.+?)[\"“”]?", re.DOTALL)


def slug(text: str) -> str:
    """As codes are written."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Match:
    """What the beginning of some words may name, and the words after it."""

    codes: tuple[str, ...]
    rest: str


def match_start(text: str, forms: Mapping[str, frozenset[str]], *, is_exact: bool = False) -> Match:
    """Codes whose form (a slug) the text begins with: the longest that fits as a whole, else what its word begins."""
    words = text.split()
    for count in range(min(len(words), WORDS_MAX), 0, -1):
        codes = forms.get(slug(" ".join(words[:count])))
        if codes:
            return Match(tuple(sorted(codes)), " ".join(words[count:]))
    start = slug(words[0]) if words else ""
    if is_exact or len(start) < PREFIX_MIN:
        return Match((), text)
    begun = {code for form, codes in forms.items() if form.startswith(start) for code in codes}
    return Match(tuple(sorted(begun)), " ".join(words[1:]) if begun else text)


@dataclass(frozen=True, slots=True)
class Where:
    """How a place was given: by words to look for, or by something that needs no looking for."""

    words: str = ""
    code: str = ""
    point: tuple[float, float] | None = None
    is_quoted: bool = False


def where_read(text: str) -> Where:
    """`@code words`, `lat,lon`, `"words as they are"`, or a name."""
    if (quoted := _QUOTED.fullmatch(text)) is not None:
        return Where(words=quoted.group(1).strip(), is_quoted=True)
    if (code := _CODE.fullmatch(text)) is not None:
        return Where(words=(code.group(2) or "").strip(), code=code.group(1))
    if (point := _POINT.fullmatch(text)) is not None:
        lat, lon = float(point.group(1)), float(point.group(2))
        if abs(lat) <= 90 and abs(lon) <= 180:
            return Where(point=(lat, lon))
    return Where(words=text)


def place_pick(scores: Sequence[float]) -> int | None:
    """Which of the places found (best first) is meant without doubt; None where there is doubt."""
    exact = [index for index, score in enumerate(scores) if score >= EXACT]
    if len(exact) == 1:
        return exact[0]
    return 0 if len(scores) == 1 and scores[0] >= CLEAR else None


def number_fits(typed: str, number: int) -> bool:
    """Whether digits name an incident: with # and up to three digits the whole number, else its last digits."""
    digits = typed.removeprefix("#")
    if typed.startswith("#") or len(digits) < 4:
        return int(digits) == number
    return str(number).zfill(len(digits)).endswith(digits)
