"""Positions as gateways send them: what is taken of a batch, what is not and why, and how fresh one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

FRESH = timedelta(seconds=60)
STALE = timedelta(seconds=300)
AHEAD_MAX = timedelta(seconds=60)
AGE_MAX = timedelta(hours=24)
BATCH_MAX = 500
KEEP_EVERY = timedelta(seconds=30)
KEEP_MOVED_M = 100.0
AT_POST_M = 150.0
FIELDS = frozenset({"unit", "lat", "lon", "speed_kmh", "heading_deg", "accuracy_m", "measured_at"})
NUMBERS: Mapping[str, tuple[float, float]] = {
    "lat": (-90.0, 90.0), "lon": (-180.0, 180.0), "speed_kmh": (0.0, 400.0), "heading_deg": (0.0, 360.0),
    "accuracy_m": (0.0, 100_000.0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fix:
    """One position of one unit."""

    call_sign: str
    lat: float
    lon: float
    speed_kmh: float | None
    heading_deg: float | None
    accuracy_m: float | None
    measured_at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one item of a batch was not taken; `index` is its place in the batch."""

    index: int
    code: str
    unit: str


def freshness(measured_at: datetime | None, at: datetime) -> str:
    """`fresh`, `ageing`, `stale`, or `unknown` where there is none."""
    if measured_at is None:
        return "unknown"
    age = at - measured_at
    if age <= FRESH:
        return "fresh"
    return "ageing" if age <= STALE else "stale"


def batch_read(items: Sequence[Any], at: datetime) -> tuple[list[tuple[int, Fix]], list[Fault]]:
    """The newest position of each unit in a batch with its place there, in order of call signs; and what is wrong."""
    newest: dict[str, tuple[int, Fix]] = {}
    faults: list[Fault] = []
    for index, item in enumerate(items):
        try:
            found = _read(item, at)
        except _Unreadable as error:
            name = item.get("unit") if isinstance(item, Mapping) else ""
            faults.append(Fault(index, error.code, name[:20] if isinstance(name, str) else ""))
            continue
        known = newest.get(found.call_sign)
        if known is not None and known[1].measured_at >= found.measured_at:
            faults.append(Fault(index, "out_of_order", found.call_sign))
            continue
        if known is not None:
            faults.append(Fault(known[0], "out_of_order", found.call_sign))
        newest[found.call_sign] = (index, found)
    return [newest[name] for name in sorted(newest)], sorted(faults, key=lambda fault: fault.index)


class _Unreadable(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _read(item: Any, at: datetime) -> Fix:
    if not isinstance(item, Mapping):
        raise _Unreadable("not_an_object")
    if set(item) - FIELDS:
        raise _Unreadable("unknown_field")
    call_sign = item.get("unit")
    if not isinstance(call_sign, str) or not 0 < len(call_sign) <= 20:
        raise _Unreadable("unit_invalid")
    numbers = {name: _number(name, item.get(name)) for name in NUMBERS}
    lat, lon = numbers.pop("lat"), numbers.pop("lon")
    if lat is None or lon is None:
        raise _Unreadable("lat_invalid" if lat is None else "lon_invalid")
    measured_at = _moment(item.get("measured_at"))
    if measured_at - at > AHEAD_MAX:
        raise _Unreadable("clock_ahead")
    if at - measured_at > AGE_MAX:
        raise _Unreadable("too_old")
    return Fix(call_sign=call_sign.upper(), lat=lat, lon=lon, measured_at=measured_at, **numbers)


def _number(name: str, value: Any) -> float | None:
    if value is None:
        return None
    low, high = NUMBERS[name]
    # Compared before it is made a float: an integer may be larger than any of those. NaN fits between nothing.
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _Unreadable(f"{name}_invalid")
    return float(value)


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise _Unreadable("measured_at_invalid")
    return moment
