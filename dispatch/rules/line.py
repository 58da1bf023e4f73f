"""What the events of an exchange say together about one line, in whatever order and however often they came."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# Where two events carry the same time, the one that comes later in a call's life counts as later.
RANK = {"ringing": 0, "answered": 1, "held": 2, "transferred": 3, "ended": 4, "abandoned": 5}
# Who hung up decides nothing; that the line broke does.
DROPPED_CAUSES = frozenset({"dropped", "failed"})


@dataclass(frozen=True, slots=True)
class LineFact:
    """One event of an exchange."""

    kind: str
    at: datetime
    event_id: str
    caller_number: str | None = None
    extension: str = ""
    cause: str = ""
    language: str = ""
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The line as it is; `state` is a state of a call, or "waiting" while nobody has answered."""

    state: str
    arrived_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    extension: str
    caller_number: str | None
    language: str
    skill: str


def line_fold(facts: Iterable[LineFact], *, claimed_at: datetime | None = None) -> Line:
    """The line that these facts tell of; at least one is needed.

    A pure function of the set of facts: order and repetition change nothing. `claimed_at` is when an operator took the
    call here, which counts as an answer that the exchange may not have told of yet.
    """
    ordered = sorted(set(facts), key=lambda fact: (fact.at, RANK[fact.kind], fact.event_id, fact.extension, fact.cause))
    answers = [fact for fact in ordered if fact.kind in {"answered", "held", "transferred"}]
    ends = [fact for fact in ordered if fact.kind == "ended"]
    left = [fact for fact in ordered if fact.kind == "abandoned"]
    heard_at = min((fact.at for fact in answers if fact.kind == "answered"), default=None)
    answered_at = min((at for at in (heard_at, claimed_at) if at is not None), default=None)
    is_answered = bool(answers or ends or claimed_at)
    if is_answered and not ends:
        # Whoever is said to have left after being answered has ended the call.
        since = min([fact.at for fact in answers] + ([claimed_at] if claimed_at else []))
        ends = [fact for fact in left if fact.at >= since]
    if is_answered and ends:
        state, ended_at = ("dropped" if ends[0].cause in DROPPED_CAUSES else "ended"), ends[0].at
    elif is_answered:
        state, ended_at = ("held" if answers and answers[-1].kind == "held" else "answered"), None
    elif left:
        state, ended_at = "abandoned", left[0].at
    else:
        state, ended_at = "waiting", None
    return Line(
        state=state,
        arrived_at=ordered[0].at,
        answered_at=answered_at,
        ended_at=ended_at,
        extension=next((fact.extension for fact in reversed(answers) if fact.extension), ""),
        caller_number=next((fact.caller_number for fact in ordered if fact.caller_number), None),
        language=next((fact.language for fact in ordered if fact.language), ""),
        skill=next((fact.skill for fact in ordered if fact.skill), ""),
    )
