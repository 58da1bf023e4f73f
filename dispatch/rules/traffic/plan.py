"""What is known beforehand of one simulated call; the exchange and the operators find it out step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dispatch.rules.traffic.figures import CALLS_A_DAY, CITY_WEIGHTS, KIND_WEIGHTS


class CallKind(StrEnum):
    """The four kinds in which Jakarta counts its calls."""

    DROPPED = "dropped"
    PRANK = "prank"
    NON_EMERGENCY = "non_emergency"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Spot:
    """A kelurahan with its middle point and how far off it may be."""

    code: str
    city: str
    name: str
    lat: float
    lon: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, and where. Calls about one event share it."""

    key: str
    type_code: str
    spot: Spot
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One caller: times are seconds, `at_s` after the start of the traffic.

    `hangs_up_after_s`: gives up while it still rings. `breaks_after_s`: the line is cut so long after the answer, or
    the caller leaves without a word (`is_silent`); None: says what there is to say, for `talk_s`.
    `callbacks` is how each attempt to reach this caller again will end.
    """

    key: str
    at_s: float
    kind: CallKind
    event: Event
    caller_number: str | None
    language: str
    words: str
    hangs_up_after_s: float
    talk_s: float
    breaks_after_s: float | None
    is_silent: bool
    position: tuple[float, float, float, str] | None  # latitude, longitude, radius (m), source
    callbacks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Burst:
    """Many calls about one event, on top of the ordinary ones; spread over `within_s`, most of them early."""

    at_s: float
    calls: int
    within_s: float = 300.0
    type_code: str = "kebakaran"


@dataclass(frozen=True, slots=True)
class TrafficSettings:
    """How much traffic, for how long (s), from which hour of the day (local, 0 to 24).

    With `calls_a_day` the calls follow the hours of the day; with `calls_a_second` so many come on average of the whole
    time, in the same proportions.
    """

    duration_s: float
    seed: int = 1
    first_hour: float = 0.0
    calls_a_day: float = CALLS_A_DAY
    calls_a_second: float | None = None
    kind_weights: Mapping[str, float] = field(default_factory=lambda: KIND_WEIGHTS)
    city_weights: Mapping[str, float] = field(default_factory=lambda: CITY_WEIGHTS)
    bursts: Sequence[Burst] = ()
