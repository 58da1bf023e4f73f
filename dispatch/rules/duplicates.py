"""Whether two reports may tell of one event: by place, time, type and words, with the reasons."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapidfuzz import fuzz, utils

from common.geo import distance_m

REACH_M = 500.0
WINDOW = timedelta(hours=2)
PROPOSE_FROM = 0.5
# Types that one caller names so and the next otherwise.
AKIN: tuple[frozenset[str], ...] = (
    frozenset({"kebakaran", "kebakaran-kendaraan", "bocor-gas", "kabel-putus"}),
    frozenset({"kecelakaan", "medis", "penyelamatan", "kebakaran-kendaraan", "kendaraan-mogok"}),
    frozenset({"kriminal", "tawuran", "kdrt", "medis"}),
    frozenset({"banjir", "penyelamatan"}),
    frozenset({"gempa", "bangunan-roboh", "penyelamatan", "medis"}),
    frozenset({"bunuh-diri", "penyelamatan", "medis", "penemuan-mayat"}),
)


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of one event; a place may be missing, words may be empty."""

    type_code: str
    at: datetime
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two reports are, from 0 to 1, and why."""

    score: float
    reasons: tuple[str, ...]
    distance_m: float | None

    @property
    def is_proposed(self) -> bool:
        """Whether to show it to the call-taker."""
        return self.score >= PROPOSE_FROM


def likeness(new: Report, old: Report) -> Likeness:
    """Compare two reports; `old` is a known incident with the time of its last sign of life."""
    if abs(new.at - old.at) > WINDOW:
        return Likeness(0.0, (), None)
    reasons: list[str] = []
    near, apart_m = _nearness(new, old)
    if near == 0.0 and apart_m is not None:
        return Likeness(0.0, (), apart_m)  # far apart is another event, whatever else is alike
    if near > 0:
        reasons.append("near")
    kind = _kinship(new.type_code, old.type_code)
    if kind == 1.0:
        reasons.append("same_type")
    elif kind > 0 and new.type_code:
        reasons.append("akin_type")
    words = _words(new.words, old.words)
    if words >= 0.6:
        reasons.append("same_words")
    recency = 1.0 - abs(new.at - old.at) / WINDOW
    if recency > 0.8:
        reasons.append("just_now")
    if apart_m is None:
        # Without a position words must carry it.
        score = 0.6 * words + 0.25 * kind + 0.15 * recency if words >= 0.6 else 0.0
    else:
        score = 0.45 * near + 0.25 * kind + 0.15 * words + 0.15 * recency
        score = score if kind > 0 or words >= 0.6 else score * 0.7
    return Likeness(round(score, 3), tuple(reasons), apart_m)


def _nearness(new: Report, old: Report) -> tuple[float, float | None]:
    if new.lat is None or new.lon is None or old.lat is None or old.lon is None:
        return 0.0, None
    apart_m = distance_m(new.lat, new.lon, old.lat, old.lon)
    reach_m = REACH_M + min(2000.0, (new.radius_m or 0.0) + (old.radius_m or 0.0))
    return max(0.0, 1.0 - apart_m / reach_m), round(apart_m, 1)


def _kinship(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if not one:
        return 0.5  # not said yet: neither for nor against it
    groups: Collection[frozenset[str]] = [group for group in AKIN if one in group and other in group]
    return 0.5 if groups else 0.0


def _words(one: str, other: str) -> float:
    if not one.strip() or not other.strip():
        return 0.0
    return fuzz.token_set_ratio(one, other, processor=utils.default_process) / 100.0
