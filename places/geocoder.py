"""From what a caller says to places: an index of names that forgives typing errors, and guesses nothing. Pure.

Each word of a place's name looks for its best fit among the words of the query. Words that many names share (station,
market) count little, words that only say where from (in front of, near) not at all. Under FLOOR nothing is given:
a wrong place costs more time than none.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

FLOOR = 0.62
ALIKE_MIN = 72.0
EXACT_LENGTH_MAX = 3
COMMON_WEIGHT = 0.35
REST_WEIGHT = 0.3
ABBREVIATIONS = {
    "st": "stasiun",
    "sta": "stasiun",
    "stasion": "stasiun",
    "jl": "jalan",
    "jln": "jalan",
    "rs": "rumahsakit",
    "rsud": "rumahsakit",
    "rsup": "rumahsakit",
    "rsia": "rumahsakit",
    "tj": "tanjung",
    "tjg": "tanjung",
    "kp": "kampung",
    "kb": "kebon",
    "ps": "pasar",
    "psr": "pasar",
    "bunderan": "bundaran",
    "ml": "mall",
    "mal": "mall",
    "term": "terminal",
    "kel": "kelurahan",
    "kec": "kecamatan",
    "utr": "utara",
    "sltn": "selatan",
    "tmr": "timur",
    "brt": "barat",
}
COMMON = {
    "stasiun",
    "pasar",
    "terminal",
    "mall",
    "rumahsakit",
    "halte",
    "simpang",
    "taman",
    "pintu",
    "gedung",
    "masjid",
    "kampung",
    "mrt",
    "jalan",
    "pelabuhan",
    "utara",
    "selatan",
    "timur",
    "barat",
    "besar",
    "plaza",
}
NOISE = {
    "depan",
    "dpn",
    "belakang",
    "blkg",
    "dekat",
    "deket",
    "dkt",
    "samping",
    "smpg",
    "sebelah",
    "seberang",
    "sebrang",
    "di",
    "ke",
    "dari",
    "arah",
    "yang",
    "daerah",
    "area",
    "sekitar",
    "pinggir",
    "kelurahan",
    "kecamatan",
    "kota",
    "dan",
    "itu",
    "sini",
    "pak",
    "bu",
    "tolong",
    "jakarta",
    "saya",
    "ada",
}
KIND_ORDER = {"village": 0, "landmark": 1, "district": 2, "city": 3}
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One place as the index needs it; `parents` from near to far."""

    code: str
    kind: str
    names: tuple[str, ...]
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A place that fits, with how well: 0 to 1."""

    code: str
    score: float


def words_of(text: str) -> list[str]:
    """Lower-case words without accents, abbreviations written out, words that name nothing left out."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("rumah sakit", "rs"))
    words = [ABBREVIATIONS.get(word, word) for word in _WORD.findall(plain)]
    kept = [word for word in words if word not in NOISE]
    return kept or words


class PlaceIndex:
    """Immutable; `search` may be used from several threads."""

    def __init__(self, entries: Sequence[IndexEntry]) -> None:
        self._entries = tuple(entries)
        vocabulary: dict[str, int] = {}
        self._forms: list[tuple[int, NDArray[np.intp], NDArray[np.float64]]] = []
        self._parents: list[NDArray[np.intp]] = []
        for number, entry in enumerate(self._entries):
            for name in entry.names:
                words = words_of(name)
                if COMMON.issuperset(words):
                    continue  # it would be found by any name that shares them
                columns = [vocabulary.setdefault(word, len(vocabulary)) for word in words]
                weights = np.array([_weight(word) for word in words])
                self._forms.append((number, np.array(columns, np.intp), weights / weights.sum()))
            above = [word for name in entry.parents for word in words_of(name)]
            self._parents.append(np.array([vocabulary.setdefault(word, len(vocabulary)) for word in above], np.intp))
        self._vocabulary = list(vocabulary)
        self._short = np.array([len(word) <= EXACT_LENGTH_MAX for word in self._vocabulary])

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, text: str, *, limit: int = 8) -> list[Found]:
        """The best places, best first; none when nothing is like what was asked."""
        words = words_of(text)[:12]
        if not words or not self._entries:
            return []
        alike = self._alike(words)
        weights = np.array([_weight(word) for word in words])
        best: dict[int, float] = {}
        for number, columns, form_weights in self._forms:
            score = self._score(alike, weights, number, columns, form_weights)
            if score >= FLOOR and score > best.get(number, 0.0):
                best[number] = score
        ranked = sorted(best, key=lambda number: (-round(best[number], 3), self._order(number), number))
        return [Found(self._entries[number].code, round(best[number], 3)) for number in ranked[:limit]]

    def _order(self, number: int) -> int:
        return KIND_ORDER.get(self._entries[number].kind, len(KIND_ORDER))

    def _alike(self, words: list[str]) -> NDArray[np.float64]:
        """Query words x vocabulary, 0 to 1; short words fit exactly or not at all."""
        scores = process.cdist(words, self._vocabulary, scorer=fuzz.ratio, score_cutoff=ALIKE_MIN).astype(np.float64)
        is_short = np.array([len(word) <= EXACT_LENGTH_MAX for word in words])
        scores[(is_short[:, None] | self._short[None, :]) & (scores < 100)] = 0.0
        return scores / 100

    def _score(
        self,
        alike: NDArray[np.float64],
        weights: NDArray[np.float64],
        number: int,
        columns: NDArray[np.intp],
        form_weights: NDArray[np.float64],
    ) -> float:
        """How much of the name is in the query, lowered by what of the query is neither name nor parent."""
        fits = alike[:, columns]
        named = float(fits.max(0) @ form_weights)
        if named < FLOOR:
            return 0.0
        explained = fits.max(1)
        parents = self._parents[number]
        if len(parents):
            explained = np.maximum(explained, alike[:, parents].max(1))
        return named * (1 - REST_WEIGHT * (1 - float(explained @ weights / weights.sum())))


def _weight(word: str) -> float:
    return len(word) * (COMMON_WEIGHT if word in COMMON else 1.0)
