"""Who gets which call: pure choice over what is waiting and who is ready."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# A call from within a storm waits for the others this long at most; then it counts as any other.
STORM_PATIENCE = timedelta(seconds=30)
# The same for a number with a mark: later, never not at all.
LOWERED_PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that nobody has answered."""

    call_id: str
    arrived_at: datetime
    language: str
    skill: str
    is_lowered: bool
    is_storm: bool
    rang_at: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class ReadyDesk:
    """An operator who can take a call."""

    user_id: int
    idle_since: datetime
    languages: Collection[str]
    skills: Collection[str]


def order_of(call: Waiting, at: datetime) -> tuple[int, datetime]:
    """What stands first in the queue is the smallest: ordinary calls, then those of a storm, then marked numbers."""
    waited = at - call.arrived_at
    if call.is_lowered and waited < LOWERED_PATIENCE:
        return 2, call.arrived_at
    if call.is_storm and waited < STORM_PATIENCE:
        return 1, call.arrived_at
    return 0, call.arrived_at


def desk_for(call: Waiting, desks: Sequence[ReadyDesk]) -> ReadyDesk | None:
    """The desk to offer this call to; None when nobody is ready.

    Who speaks the language and has the skill comes first, then who did not let this call ring out already, then who
    has been idle longest. A caller is offered to a desk without the skill rather than to nobody.
    """

    def unfitness(desk: ReadyDesk) -> tuple[int, bool, datetime, int]:
        lacks = (call.language not in desk.languages) * 2 + bool(call.skill and call.skill not in desk.skills)
        return lacks, desk.user_id in call.rang_at, desk.idle_since, desk.user_id

    return min(desks, key=unfitness, default=None)


def pairs(calls: Sequence[Waiting], desks: Sequence[ReadyDesk], at: datetime) -> list[tuple[Waiting, ReadyDesk]]:
    """Each waiting call, first come first, with a desk of its own, as long as there are desks."""
    free, found = list(desks), []
    for call in sorted(calls, key=lambda item: (order_of(item, at), item.call_id)):
        desk = desk_for(call, free)
        if desk is None:
            break
        free.remove(desk)
        found.append((call, desk))
    return found


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """How the queue stands."""

    waiting: int
    longest_wait_s: float


def is_overflowing(load: QueueLoad, *, waiting_max: int, wait_max_s: float, was: bool = False) -> bool:
    """Whether the alarm is on. It goes off only at half of what sets it off, so that it does not flutter."""
    part = 0.5 if was else 1.0
    return load.waiting > waiting_max * part or load.longest_wait_s > wait_max_s * part
