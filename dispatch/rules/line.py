"""What the events of an exchange say together about one line, in whatever order and however often they came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.rules.transitions import Machine, is_allowed

# Where two events carry the same time, the one that comes later in a call's life counts as later.
RANK = {"ringing": 0, "answered": 1, "held": 2, "transferred": 3, "ended": 4, "abandoned": 5}
# Who hung up decides nothing; that the line broke does.
DROPPED_CAUSES = frozenset({"dropped", "failed"})
_TALKING = frozenset({"answered", "held"})
_UNANSWERED = frozenset({"queued", "offered", "abandoned"})


@dataclass(frozen=True, slots=True)
class LineFact:
    """One event of an exchange. `at` is the exchange's time, by which events are ordered; `heard_at` is ours."""

    kind: str
    at: datetime
    event_id: str
    caller_number: str | None = None
    extension: str = ""
    cause: str = ""
    language: str = ""
    skill: str = ""
    heard_at: datetime | None = None

    @property
    def happened_at(self) -> datetime:
        """When it happened by our clock: nothing was heard before it was."""
        return self.at if self.heard_at is None else min(self.at, self.heard_at)


@dataclass(frozen=True, slots=True)
class Line:
    """The line as it is; `state` is a state of a call, or "waiting" while nobody has answered.

    `since` is when that state began, `told_at` the time of the newest event that says so; `extensions` are the desks
    that had the caller, the newest first.
    """

    state: str
    since: datetime
    told_at: datetime
    arrived_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    extensions: tuple[str, ...]
    caller_number: str | None
    language: str
    skill: str


@dataclass(frozen=True, slots=True)
class Step:
    """The newest step of a call: the state it led to, when, and whether a person took it."""

    state: str
    at: datetime
    is_by_person: bool


def line_fold(facts: Iterable[LineFact], *, claimed_at: datetime | None = None) -> Line:
    """The line that these facts tell of; at least one is needed.

    A pure function of the set of facts: order and repetition change nothing. `claimed_at` is when an operator took the
    call here, which counts as an answer that the exchange may not have told of yet.
    """
    ordered = sorted(set(facts), key=_order)
    answers = [fact for fact in ordered if fact.kind in {"answered", "held", "transferred"}]
    arrived_at = min(fact.happened_at for fact in ordered)
    told_at = [fact.happened_at for fact in answers if fact.kind == "answered"]
    state, since = _state(ordered, answers, claimed_at, arrived_at)
    return Line(
        state=state,
        since=since,
        told_at=max([since, *(fact.happened_at for fact in answers)]) if state in _TALKING else since,
        arrived_at=arrived_at,
        answered_at=min([*told_at, *([claimed_at] if claimed_at else [])], default=None),
        ended_at=since if state in {"ended", "dropped", "abandoned"} else None,
        extensions=tuple(dict.fromkeys(fact.extension for fact in reversed(answers) if fact.extension)),
        caller_number=next((fact.caller_number for fact in ordered if fact.caller_number), None),
        # What a caller chose in the exchange's menu replaces what was assumed before.
        language=next((fact.language for fact in reversed(ordered) if fact.language), ""),
        skill=next((fact.skill for fact in reversed(ordered) if fact.skill), ""),
    )


def line_step(line: Line, newest: Step, *, is_called_back: bool, is_tried: bool) -> str | None:
    """The state that a call takes because of its line; None where it stays as it is.

    What only the line said is corrected by the line. What a person did stands: from it the line only goes on.
    `is_called_back`: a person went on from the callback list, so the old line has no more say in this call;
    `is_tried`: a person has tried to.
    """
    wanted = line.state
    if wanted in {"waiting", newest.state} or is_called_back or not is_allowed(Machine.CALL, newest.state, wanted):
        return None
    if newest.state in _UNANSWERED:
        return wanted
    if newest.state in _TALKING:
        # Put on hold in the console, or at the phone: what is newer holds.
        is_over = wanted in _TALKING and newest.is_by_person and line.told_at <= newest.at
        return None if is_over else wanted
    if newest.state == "ended":  # who ended a conversation after the line broke only tidied up
        return wanted if not newest.is_by_person or line.since < newest.at else None
    if newest.state in {"dropped", "callback_due"} and wanted != "dropped":
        return wanted if not newest.is_by_person and not is_tried else None
    return None


def _order(fact: LineFact) -> tuple[datetime, int, str, str, str]:
    return (fact.at, RANK[fact.kind], fact.event_id, fact.extension, fact.cause)


def _state(
    ordered: Sequence[LineFact], answers: Sequence[LineFact], claimed_at: datetime | None, arrived_at: datetime
) -> tuple[str, datetime]:
    ends = [fact for fact in ordered if fact.kind == "ended"]
    left = [fact for fact in ordered if fact.kind == "abandoned"]
    if answers and not ends:  # whoever is said to have left after being answered has ended the call
        ends = [fact for fact in left if fact.at >= answers[0].at]
    if ends:
        return ("dropped" if ends[0].cause in DROPPED_CAUSES else "ended"), ends[0].happened_at
    if answers:
        return _talking(answers)
    if left:  # taken in the console, but nobody was on the line any more: that caller is to be called back
        return ("dropped" if claimed_at else "abandoned"), left[0].happened_at
    return ("answered", claimed_at) if claimed_at else ("waiting", arrived_at)


def _talking(answers: Sequence[LineFact]) -> tuple[str, datetime]:
    state, since = "", answers[0].happened_at
    for fact in answers:
        now = "held" if fact.kind == "held" else "answered"
        if now != state:
            state, since = now, fact.happened_at
    return state, since
