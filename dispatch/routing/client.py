"""Asks the router of a deployment, remembers its answers for a while, and leaves it alone when it fails."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from common.clock import monotonic_s
from dispatch.routing.breaker import Breaker
from dispatch.routing.http import RouterFailed
from dispatch.routing.routers import ROUTERS, SOURCES_MAX, Leg, Point

KEPT_S = 30.0
KEPT_MAX = 20_000
# Places are rounded to some ten metres: a unit that waits at a light is asked for once.
DIGITS = 4
_Key = tuple[float, float, float, float]


@dataclass
class Router:
    """One router by its kind and address."""

    kind: str
    url: str
    timeout_s: float
    breaker: Breaker = field(default_factory=Breaker)
    _kept: "OrderedDict[_Key, tuple[float, Leg | None]]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def legs(self, sources: Mapping[str, Point], target: Point, *, may_ask: bool = True) -> dict[str, Leg]:
        """The ways that are known, by the names of their sources; what is missing goes by straight line.

        At most SOURCES_MAX are asked for, the first ones, in one request. With `may_ask` false, only what is
        remembered.
        """
        found, missing = self._remembered(sources, target)
        if may_ask and missing and self.breaker.may_try():
            names = list(missing)[:SOURCES_MAX]
            try:
                legs = ROUTERS[self.kind](self.url, [sources[name] for name in names], target, self.timeout_s)
            except RouterFailed:
                self.breaker.failed()
            else:
                self.breaker.succeeded()
                answers = dict(zip(names, legs, strict=True))
                self._remember(sources, target, answers)
                found |= {name: leg for name, leg in answers.items() if leg is not None}
        return found

    def _remembered(self, sources: Mapping[str, Point], target: Point) -> tuple[dict[str, Leg], list[str]]:
        now_s = monotonic_s()
        found: dict[str, Leg] = {}
        missing: list[str] = []
        with self._lock:
            for name, point in sources.items():
                kept = self._kept.get(_key(point, target))
                if kept is None or now_s - kept[0] > KEPT_S:
                    missing.append(name)
                elif kept[1] is not None:
                    found[name] = kept[1]
        return found, missing

    def _remember(self, sources: Mapping[str, Point], target: Point, answers: Mapping[str, Leg | None]) -> None:
        now_s = monotonic_s()
        with self._lock:
            for name, leg in answers.items():
                key = _key(sources[name], target)
                self._kept[key] = (now_s, leg)
                self._kept.move_to_end(key)
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)


_routers: dict[tuple[str, str, float], Router] = {}
_routers_lock = threading.Lock()


def router_for(kind: str, url: str, timeout_s: float) -> Router | None:
    """This process's router for a deployment's settings; None where none is set."""
    if not url:
        return None
    with _routers_lock:
        return _routers.setdefault((kind, url, timeout_s), Router(kind, url, timeout_s))


def _key(source: Point, target: Point) -> _Key:
    return (
        round(source.lat, DIGITS), round(source.lon, DIGITS), round(target.lat, DIGITS), round(target.lon, DIGITS),
    )  # fmt: skip
