"""Which units to send, in which order, and why: pure, and the same for the same input.

Each need takes the unit that costs least. The cost is the time until it is there, in seconds, and what it costs the
rest of the city: seconds by which another may take longer before the last free unit of a district is sent away.
A unit that cannot be sent is never proposed, none twice, never more than are asked for.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dispatch.rules.candidates import OUT, WEIGHTS, Candidate, Way, Weights, free_in_s, leave_s
from dispatch.rules.needs import Need
from dispatch.rules.roads import passable_with
from dispatch.rules.travel import ROAD_FACTOR, STRAIGHT

ALTERNATIVES_MAX = 3
STOPPED = frozenset({"road_blocked", "scene_flooded"})
_FAR = float("inf")


@dataclass(frozen=True, slots=True)
class Reason:
    """A word for programs with its values; `dispatch.presenters.recommendation` makes sentences of it."""

    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposed:
    """One unit to send."""

    candidate: Candidate
    need: Need
    rank: int
    way: Way | None
    leave_s: int
    cost_s: float | None
    coverage_left: int | None
    reasons: tuple[Reason, ...]

    @property
    def eta_s(self) -> float | None:
        """Until it is there: leaving and the way."""
        return None if self.way is None else self.leave_s + self.way.travel_s


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What cannot be had, and why."""

    need: Need
    missing: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Alternative:
    """A near unit that is not proposed, and why."""

    candidate: Candidate
    need: Need
    way: Way | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Units to send in their order, what is missing, and who was passed over."""

    proposed: tuple[Proposed, ...]
    shortfalls: tuple[Shortfall, ...]
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where help is needed, how urgently, and whose district it is."""

    priority: str
    district: str = ""


def recommend(
    scene: Scene, needs: Sequence[tuple[Need, int]], candidates: Sequence[Candidate], ways: Mapping[str, Way]
) -> Recommendation:
    """Propose units for what is open; `needs` with how many of each, `ways` by call sign."""
    return _Choice(scene, candidates, ways).make(needs)


class _Choice:
    def __init__(self, scene: Scene, candidates: Sequence[Candidate], ways: Mapping[str, Way]) -> None:
        self._scene, self._ways = scene, ways
        self._weights = WEIGHTS.get(scene.priority, Weights())
        self._all = sorted(candidates, key=lambda item: item.able.call_sign)
        self._taken: set[str] = set()
        self._free_in: dict[Need, Counter[str]] = {}  # how many that can do this are free in each district

    def make(self, needs: Sequence[tuple[Need, int]]) -> Recommendation:
        wanted = [(need, count) for need, count in needs if count > 0]
        free = [item for item in self._all if item.is_free]
        fitting = {need: [item for item in free if item.fits(need)] for need, _count in wanted}
        self._free_in = {need: Counter(item.district for item in items) for need, items in fitting.items()}
        chosen: dict[int, list[Proposed]] = {}
        # Who can do little is chosen for first: a ladder's only truck is not sent as one pumper of many.
        for index in sorted(range(len(wanted)), key=lambda item: (len(fitting[wanted[item][0]]), item)):
            need, count = wanted[index]
            found = [self._best(need, fitting[need]) for _number in range(count)]
            chosen[index] = [item for item in found if item is not None]
        in_order = [item for index in sorted(chosen) for item in sorted(chosen[index], key=_order)]
        rows = [(need, count, chosen[index]) for index, (need, count) in enumerate(wanted)]
        return Recommendation(
            proposed=tuple(replace(item, rank=rank) for rank, item in enumerate(in_order, start=1)),
            shortfalls=tuple(
                self._shortfall(need, count - len(found)) for need, count, found in rows if len(found) < count
            ),
            alternatives=tuple(item for need, _count, found in rows for item in self._passed(need, found)),
        )

    def _best(self, need: Need, fitting: Sequence[Candidate]) -> Proposed | None:
        free = [item for item in fitting if item.able.call_sign not in self._taken]
        if not free:
            return None
        best = min(free, key=lambda item: (self._cost(item, need), item.able.call_sign))
        quickest = min(free, key=lambda item: (self._arrival(item), item.able.call_sign))
        cost = self._cost(best, need)
        found = Proposed(
            candidate=best, need=need, rank=0, way=self._ways.get(best.able.call_sign),
            leave_s=leave_s(best, self._weights), cost_s=None if cost == _FAR else cost,
            coverage_left=self._left(best, need), reasons=self._reasons(best, need, quickest, len(free)),
        )  # fmt: skip
        self._taken.add(best.able.call_sign)
        for known, counter in self._free_in.items():
            if best.fits(known):
                counter[best.district] -= 1
        return found

    def _arrival(self, item: Candidate) -> float:
        way = self._ways.get(item.able.call_sign)
        return _FAR if way is None else way.travel_s + leave_s(item, self._weights)

    def _cost(self, item: Candidate, need: Need) -> float:
        stale_s = self._weights.stale_position_s if _is_stale(item) else 0
        left = None if item.district == self._scene.district else self._left(item, need)
        coverage_s = {0: self._weights.last_of_district_s, 1: self._weights.last_but_one_s}
        return self._arrival(item) + stale_s + (0 if left is None else coverage_s.get(left, 0))

    def _left(self, item: Candidate, need: Need) -> int | None:
        """How many more that can do this stay free in its district when it goes."""
        return self._free_in[need][item.district] - 1 if item.district else None

    def _reasons(self, item: Candidate, need: Need, quickest: Candidate, free: int) -> tuple[Reason, ...]:
        reasons = [Reason("type" if need.type_code else "capability", {"code": need.code})]
        way, left = self._ways.get(item.able.call_sign), self._left(item, need)
        if way is not None:
            reasons.append(_way_reason(way, leave_s(item, self._weights)))
        if free == 1:
            reasons.append(Reason("only_one"))
        elif way is not None and item is quickest:
            reasons.append(Reason("quickest"))
        elif way is not None:
            longer_s = round(self._arrival(item) - self._arrival(quickest))
            code = "position_known" if _is_stale(quickest) else "coverage_kept"
            reasons.append(Reason(code, {"unit": quickest.able.call_sign, "longer_s": longer_s}))
        if way is None:
            reasons.append(Reason("way_unknown"))
        else:
            reasons += road_reasons(way)
        if item.place == "station":
            reasons.append(Reason("position_of_station", {"station": item.station}))
        elif _is_stale(item):
            reasons.append(Reason("position_stale", {"age_s": round(item.position_age_s or 0)}))
        reasons.append(Reason("status", {"status": item.status}))
        if left is not None:
            reasons.append(Reason("coverage_left", {"count": left, "district": item.district}))
        return tuple(reasons)

    def _shortfall(self, need: Need, missing: int) -> Shortfall:
        every = [item for item in self._all if item.fits(need)]
        able = [item for item in every if item.able.call_sign not in self._taken]
        busy = [item for item in able if item.work is not None]
        counts: dict[str, Any] = {
            "busy": len(busy),
            "out": sum(1 for item in able if item.work is None and item.status in OUT),
            "reserved": sum(1 for item in able if item.work is None and item.status == "RS"),
        }
        if not busy:
            code = "none_in_service" if able else "none_more" if every else "none_exists"
            return Shortfall(need, missing, Reason(code, counts))
        soonest = min(busy, key=lambda item: (free_in_s(item), item.able.call_sign))
        counts |= {"unit": soonest.able.call_sign, "free_in_s": round(free_in_s(soonest))}
        counts["incident"] = soonest.work.incident if soonest.work else None
        return Shortfall(need, missing, Reason("all_busy", counts))

    def _passed(self, need: Need, chosen: Sequence[Proposed]) -> list[Alternative]:
        """Those who would be there before the last one chosen, had something not spoken against them."""
        slowest = max((self._arrival(item.candidate) for item in chosen), default=_FAR)
        near = [
            item
            for item in self._all
            if item.able.call_sign not in self._taken and item.fits(need) and self._is_before(item, slowest)
        ]
        near.sort(key=lambda item: (self._arrival(item), item.able.call_sign))
        return [
            Alternative(item, need, self._ways.get(item.able.call_sign), self._against(item, need))
            for item in near[:ALTERNATIVES_MAX]
        ]

    def _is_before(self, item: Candidate, slowest: float) -> bool:
        """Who is free and as near as the last one chosen was simply not needed."""
        arrival = self._arrival(item)
        return arrival < slowest or (arrival == slowest and not item.is_free)

    def _against(self, item: Candidate, need: Need) -> Reason:
        if item.work is not None:
            return Reason("busy", {"incident": item.work.incident, "state": item.work.state})
        if not item.is_free:
            return Reason("reserved" if item.status == "RS" else "out", {"status": item.status})
        if _is_stale(item):
            return Reason("position_stale", {"age_s": round(item.position_age_s or 0)})
        way = self._ways.get(item.able.call_sign)
        stopped = [reason for reason in road_reasons(way) if reason.code in STOPPED] if way else []
        if stopped:
            return stopped[0]
        return Reason("coverage", {"count": self._left(item, need) or 0, "district": item.district})


def _way_reason(way: Way, leaves_in_s: int) -> Reason:
    data = {"distance_m": round(way.distance_m), "eta_s": round(leaves_in_s + way.travel_s)}
    if way.source == STRAIGHT:
        return Reason("way_straight", data | {"road_factor": ROAD_FACTOR})
    return Reason("way_by_road", data | {"source": way.source})


def road_reasons(way: Way) -> list[Reason]:
    """What the blocked roads on a way say, the worst first."""
    return [
        Reason(
            item.code,
            {
                "road": item.block.name, "cause": item.block.reason, "depth_cm": item.block.depth_cm,
                "means": sorted(passable_with(item.block) or ()), "penalty_s": item.penalty_s,
            },
        )
        for item in way.hindrances
    ]  # fmt: skip


def _is_stale(item: Candidate) -> bool:
    return item.freshness == "stale" and item.place == "position"


def _order(item: Proposed) -> tuple[float, str]:
    return (_FAR if item.eta_s is None else item.eta_s), item.candidate.able.call_sign
