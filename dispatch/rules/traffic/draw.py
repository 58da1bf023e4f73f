"""Drawing calls: seeded, so that the same settings give the same calls."""

import heapq
import random
from collections.abc import Iterator, Mapping, Sequence
from math import cos, exp, pi, radians, sin

from common.geo import METRES_PER_DEGREE
from dispatch.rules.traffic import figures, stories
from dispatch.rules.traffic.arrivals import DAY_S, Hours, arrivals_draw
from dispatch.rules.traffic.plan import Burst, CallKind, Event, PlannedCall, Spot, TrafficSettings

NOT_HOME = ("no_answer", "no_answer", "no_answer", "busy", "off")
FIRST_S = 10.0


def traffic_draw(settings: TrafficSettings, spots: Sequence[Spot]) -> Iterator[PlannedCall]:
    """All calls in the order of their arrival; `spots` are the kelurahan that calls may come from."""
    drawing = _Drawing(settings, spots)
    return heapq.merge(drawing.ordinary(), *(drawing.burst(burst) for burst in settings.bursts), key=lambda c: c.at_s)


class _Drawing:
    def __init__(self, settings: TrafficSettings, spots: Sequence[Spot]) -> None:
        self._settings = settings
        self._spots = {city: [spot for spot in spots if spot.city == city] for city in settings.city_weights}
        empty = [city for city, found in self._spots.items() if not found]
        if empty:
            raise ValueError(f"no place is known in {', '.join(empty)}")
        others = sum(figures.OTHER_EMERGENCY_WEIGHTS.values())
        self._types: Mapping[str, float] = {
            **figures.COUNTED_EMERGENCIES,
            **{
                code: weight * figures.OTHER_EMERGENCIES_A_YEAR / others
                for code, weight in figures.OTHER_EMERGENCY_WEIGHTS.items()
            },
        }
        numbers = self._source("repeaters")
        self._repeaters = [_number(numbers) for _ in range(figures.REPEATERS)]

    def ordinary(self) -> Iterator[PlannedCall]:
        """By the hours of the day, each call about something of its own."""
        settings, source = self._settings, self._source("calls")
        hours = Hours(figures.HOUR_WEIGHTS, settings.first_hour)
        a_second = settings.calls_a_day / DAY_S
        if settings.calls_a_second is not None:
            a_second = settings.calls_a_second * settings.duration_s / hours.mass(settings.duration_s)
        moments = arrivals_draw(
            self._source("arrivals"), hours=hours, calls_a_second=a_second, duration_s=settings.duration_s
        )
        for number, at_s in enumerate(moments, start=1):
            kind = CallKind(_choice(source, settings.kind_weights))
            type_code = _choice(source, self._types) if kind == CallKind.EMERGENCY else ""
            yield self._call(source, f"s{settings.seed}-{number}", at_s, kind, self._event(source, number, type_code))

    def burst(self, burst: Burst) -> Iterator[PlannedCall]:
        """All about one event; the gaps grow, as news of it gets around and then is known."""
        source = self._source(f"burst {burst.at_s} {burst.calls}")
        name = f"b{round(burst.at_s)}"
        event = self._event(source, name, burst.type_code)
        moments = sorted(min(source.expovariate(3.0), 1.0) * burst.within_s for _ in range(burst.calls))
        for number, after_s in enumerate(moments, start=1):
            key = f"s{self._settings.seed}-{name}-{number}"
            yield self._call(source, key, burst.at_s + after_s, CallKind.EMERGENCY, event)

    def _source(self, name: str) -> random.Random:
        return random.Random(f"{self._settings.seed} {name}")  # noqa: S311  # traffic, not secrets

    def _event(self, source: random.Random, name: object, type_code: str) -> Event:
        spot = source.choice(self._spots[_choice(source, self._settings.city_weights)])
        lat, lon = _near(source, spot.lat, spot.lon, spot.accuracy_m)
        return Event(f"{self._settings.seed}-{name}", type_code, spot, lat, lon)

    def _call(self, source: random.Random, key: str, at_s: float, kind: CallKind, event: Event) -> PlannedCall:
        language = "en" if source.random() < figures.ENGLISH and kind != CallKind.PRANK else "id"
        language, words = _words(source, kind, event, language)
        hangs_up_after_s, breaks_after_s, is_silent = _line(source, kind)
        return PlannedCall(
            key=key,
            at_s=at_s,
            kind=kind,
            event=event,
            caller_number=self._caller(source, kind),
            language=language,
            words=words,
            hangs_up_after_s=hangs_up_after_s,
            talk_s=_lognormal(source, figures.TALK_MEAN_S[kind]),
            breaks_after_s=breaks_after_s,
            is_silent=is_silent,
            position=_position(source, event),
            callbacks=_callbacks(source),
        )

    def _caller(self, source: random.Random, kind: CallKind) -> str | None:
        if source.random() < figures.WITHOUT_NUMBER:
            return None
        if kind == CallKind.PRANK and source.random() < figures.PRANKS_BY_REPEATERS:
            # A few call again and again: the chance falls with the square of the place in the list.
            return self._repeaters[int(len(self._repeaters) * source.random() ** 2)]
        return _number(source)


def _line(source: random.Random, kind: CallKind) -> tuple[float, float | None, bool]:
    """How long the caller lets it ring, when the line breaks, and whether nobody speaks."""
    patience_s = FIRST_S + source.expovariate(1 / (figures.PATIENCE_MEAN_S - FIRST_S))
    if kind != CallKind.DROPPED:
        return patience_s, None, False
    way = source.random()
    if way < figures.DROPPED_RINGING:
        return source.uniform(0.5, 8.0), None, True
    if way < figures.DROPPED_RINGING + figures.DROPPED_SILENT:
        return patience_s, source.uniform(2.0, 25.0), True
    return patience_s, source.uniform(1.0, 20.0), False


def _words(source: random.Random, kind: CallKind, event: Event, language: str) -> tuple[str, str]:
    if kind == CallKind.PRANK:
        return language, source.choice(stories.PRANK)
    if kind == CallKind.DROPPED:
        return "id", source.choice(stories.BROKEN)
    if language == "en" and event.type_code in stories.ENGLISH:
        return "en", source.choice(stories.ENGLISH[event.type_code]).format(place=event.spot.name)
    known = stories.EMERGENCY[event.type_code] if kind == CallKind.EMERGENCY else stories.NON_EMERGENCY
    return "id", source.choice(known).format(place=event.spot.name)


def _position(source: random.Random, event: Event) -> tuple[float, float, float, str] | None:
    way = source.random()
    if way < figures.WITH_PHONE_POSITION:
        radius_m, name = source.uniform(8.0, 60.0), "aml"
    elif way < figures.WITH_PHONE_POSITION + figures.WITH_CELL_POSITION:
        radius_m, name = source.uniform(300.0, 2000.0), "cell"
    else:
        return None
    lat, lon = _near(source, event.lat, event.lon, radius_m)
    return lat, lon, round(radius_m, 1), name


def _callbacks(source: random.Random) -> tuple[str, ...]:
    outcomes = ["reached" if source.random() < figures.CALLBACK_REACHED else source.choice(NOT_HOME) for _ in range(3)]
    if source.random() < 0.02:
        outcomes[0] = source.choice(("wrong_number", "refused"))
    return tuple(outcomes)


def _near(source: random.Random, lat: float, lon: float, radius_m: float) -> tuple[float, float]:
    """A point within the radius, all of it alike likely."""
    away_m, turn = radius_m * source.random() ** 0.5, source.uniform(0.0, 2 * pi)
    north, east = away_m * cos(turn), away_m * sin(turn)
    return (
        round(lat + north / METRES_PER_DEGREE, 6),
        round(lon + east / (METRES_PER_DEGREE * cos(radians(lat))), 6),
    )


def _lognormal(source: random.Random, mean: float) -> float:
    # Half of all are shorter than 0.84 of the mean, one in a hundred longer than three times of it.
    spread = 0.6
    return round(max(2.0, mean * exp(source.gauss(0.0, spread) - spread**2 / 2)), 1)


def _number(source: random.Random) -> str:
    return f"{figures.NUMBER_PREFIX}{source.randrange(10**8):08d}"


def _choice(source: random.Random, weights: Mapping[str, float]) -> str:
    return source.choices(list(weights), list(weights.values()))[0]
