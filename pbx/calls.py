"""The calls under way: one small state machine, the same for every exchange, that says which event comes of what."""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from pbx.neutral import (
    Cause,
    EventKind,
    Language,
    Location,
    NeutralEvent,
    agent_clean,
    call_fit,
    event_id,
    language_parse,
    location_dict,
    location_parse,
    skill_clean,
)

Phase = Literal["ringing", "talking", "held", "passed"]
# An event that says again what is: it changes nothing but carries what is new of the caller.
SAYS_AGAIN: dict[Phase, EventKind] = {
    "ringing": "ringing", "talking": "answered", "held": "held", "passed": "transferred",
}  # fmt: skip
CLOSED_KEPT = 2000
TICK = timedelta(microseconds=1)


@dataclass(slots=True)
class Call:
    """A call under way. `passed` is after a transfer, until the next person answers."""

    call: str
    caller: str | None
    phase: Phase = "ringing"
    answered: bool = False
    agent: str | None = None
    leg: str = ""
    language: Language = ""
    skill: str = ""
    location: Location | None = None
    location_is_told: bool = True
    told_at: datetime | None = None
    mark: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """The call as the spool keeps it over a restart."""
        row = asdict(self)
        row["location"] = None if self.location is None else location_dict(self.location)
        row["told_at"] = None if self.told_at is None else self.told_at.isoformat()
        return json.dumps(row, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What the exchange's dialplan knows of a caller; empty is "not told"."""

    language: Language = ""
    skill: str = ""
    location: Location | None = None


NOTHING = Told()


def call_from_json(text: str) -> Call:
    """What `Call.to_json` wrote."""
    row = json.loads(text)
    if row["location"] is not None:
        moment = datetime.fromisoformat(row["location"].pop("measured_at"))
        row["location"] = Location(**row["location"], measured_at=moment)
    if row["told_at"] is not None:
        row["told_at"] = datetime.fromisoformat(row["told_at"])
    return Call(**row)


class Calls:
    """The calls under way, by the exchange's id. A call that is over is never opened again.

    The events of one call have times that grow, and a place goes out once. Every `at` is the exchange's own time, or
    None where it gives none; then `now` is taken.
    """

    def __init__(self, rows: Iterable[str] = (), *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._open = {call.call: call for call in map(call_from_json, rows)}
        self._closed: OrderedDict[str, None] = OrderedDict()
        self._changed: set[str] = set()
        self._now = now

    def now(self) -> datetime:
        """The time of this machine, for what the exchange gave no time."""
        return self._now()

    def get(self, raw: str) -> Call | None:
        """The call with this id, if it is under way."""
        return self._open.get(call_fit(raw))

    def known(self) -> frozenset[str]:
        """The ids of the calls under way."""
        return frozenset(self._open)

    def of_leg(self, leg: str) -> Call | None:
        """The call whose agent has this leg."""
        return next((call for call in self._open.values() if leg and call.leg == leg), None)

    def changes(self) -> dict[str, str | None]:
        """The calls changed since the last question, as JSON; None for one that is over."""
        changed = {key: (call.to_json() if (call := self._open.get(key)) else None) for key in self._changed}
        self._changed.clear()
        return changed

    def ring(self, raw: str, at: datetime | None, *, caller: str | None, told: Told = NOTHING) -> list[NeutralEvent]:
        """A caller came in. Nothing when the call is known or over."""
        key = call_fit(raw)
        if not key or key in self._open or key in self._closed:
            return []
        call = self._open[key] = Call(key, caller)
        self.note(raw, told)
        return [self._event(call, "ringing", at)]

    def news(self, raw: str, at: datetime | None, told: Told) -> list[NeutralEvent]:
        """The exchange learnt something of the caller: told at once, since the choice of a desk may hang on it."""
        return self.again(raw, at) if self.note(raw, told) else []

    def again(self, raw: str, at: datetime | None) -> list[NeutralEvent]:
        """Say once more how the call stands."""
        call = self.get(raw)
        return [] if call is None else [self._event(call, SAYS_AGAIN[call.phase], at)]

    def note(self, raw: str, told: Told) -> bool:
        """Keep what the exchange learnt of the caller; it goes out with this call's next event. False: no news."""
        call = self.get(raw)
        if call is None or told == NOTHING:
            return False
        before = (call.language, call.skill, call.location)
        call.language = told.language or call.language
        call.skill = told.skill or call.skill
        if told.location is not None and not _is_same_place(told.location, call.location):
            call.location, call.location_is_told = told.location, False
        if before == (call.language, call.skill, call.location):
            return False
        self._changed.add(call.call)
        return True

    def mark(self, raw: str, mark: str) -> bool:
        """Remember an exchange's own note on a call, not sent anywhere; True where it is a new one."""
        call = self.get(raw)
        if call is None or call.mark == mark:
            return False
        call.mark = mark
        self._changed.add(call.call)
        return True

    def answer(self, raw: str, at: datetime | None, *, agent: str | None, leg: str = "") -> list[NeutralEvent]:
        """A person took the call: the first, or the next one after a transfer."""
        call = self.get(raw)
        if call is None or call.phase in {"talking", "held"}:
            return []
        call.phase, call.answered, call.agent, call.leg = "talking", True, agent_clean(agent) or call.agent, leg
        return [self._event(call, "answered", at)]

    def hold(self, raw: str, at: datetime | None) -> list[NeutralEvent]:
        """The agent put the caller on hold."""
        return self._turn(raw, at, before="talking", after="held", event="held")

    def resume(self, raw: str, at: datetime | None) -> list[NeutralEvent]:
        """The agent came back to the caller."""
        return self._turn(raw, at, before="held", after="talking", event="answered")

    def transfer(self, raw: str, at: datetime | None, *, agent: str | None) -> list[NeutralEvent]:
        """The call was passed on; `answered` follows when the next person is there."""
        call = self.get(raw)
        if call is None or not call.answered:
            return []
        call.phase, call.agent, call.leg = "passed", agent_clean(agent), ""
        return [self._event(call, "transferred", at)]

    def requeue(self, raw: str, at: datetime | None) -> list[NeutralEvent]:
        """The caller waits in a queue, whoever had the call: passed on to whoever will take it."""
        call = self.get(raw)
        return self.transfer(raw, at, agent=None) if call and call.phase in {"talking", "held"} else []

    def finish(self, raw: str, at: datetime | None, *, cause: Cause) -> list[NeutralEvent]:
        """The call is over: `ended`, or `abandoned` where nobody had answered."""
        call = self.get(raw)
        if call is None:
            return []
        del self._open[call.call]
        self._closed[call.call] = None
        while len(self._closed) > CLOSED_KEPT:
            self._closed.popitem(last=False)
        return [self._event(call, "ended" if call.answered else "abandoned", at, cause)]

    def _turn(
        self, raw: str, at: datetime | None, *, before: Phase, after: Phase, event: EventKind
    ) -> list[NeutralEvent]:
        call = self.get(raw)
        if call is None or call.phase != before:
            return []
        call.phase = after
        return [self._event(call, event, at)]

    def _event(self, call: Call, event: EventKind, at: datetime | None, cause: Cause = "") -> NeutralEvent:
        self._changed.add(call.call)
        count = call.counts[event] = call.counts.get(event, 0) + 1
        once = event in {"ringing", "ended", "abandoned"} and count == 1
        mark = "" if once else at.isoformat() if at else str(count)
        moment = at or self._now()
        if call.told_at is not None and moment <= call.told_at:  # Siaga orders a call's events by their times
            moment = call.told_at + TICK
        call.told_at = moment
        location = None if call.location_is_told else call.location
        call.location_is_told = True
        return NeutralEvent(
            id=event_id(call.call, event, mark),
            event=event,
            call=call.call,
            at=moment,
            caller=call.caller,
            agent=call.agent,
            cause=cause,
            language=call.language,
            skill=call.skill,
            location=location,
        )


def told_make(*, language: str, skill: str, location: str, measured_at: datetime) -> Told:
    """What a dialplan's variables say; what makes no sense counts as not told."""
    where = location_parse(location, measured_at=measured_at) if location else None
    return Told(language_parse(language), skill_clean(skill), where)


def _is_same_place(one: Location, other: Location | None) -> bool:
    """Whether this is no news: a dialplan's variable comes again with every event."""
    return other is not None and (one.lat, one.lon, one.radius_m, one.source) == (
        other.lat,
        other.lon,
        other.radius_m,
        other.source,
    )


def first(event: Mapping[str, str], *names: str) -> str:
    """The first of these headers that is there and not empty."""
    return next((event[name] for name in names if event.get(name)), "")
