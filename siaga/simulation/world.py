"""What bots live in. They know no more of time than this, so the same bots work on a virtual and on a real clock."""

from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any, Protocol

from siaga.simulation.desk import Desk

Hear = Callable[[str, dict[str, Any]], None]


class Time(Protocol):
    """When it is, and things to be done in the course of time."""

    @property
    def is_ending(self) -> bool:
        """Whoever waits is woken before time, and begins nothing new."""

    def now(self) -> datetime:
        """The present moment of this world."""

    def sleep(self, seconds: float) -> Awaitable[None]:
        """Let so many seconds of this world pass."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else; it starts when the one who spawns it next waits."""


class World(Time, Protocol):
    """Time, and the stream of events."""

    async def listen(self, desk: Desk, hear: Hear) -> None:
        """Hand every event that this desk's user may see to `hear(kind, payload)`, in order."""


class Tally:
    """What the bots did, and what was refused and why."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()

    def as_dict(self) -> dict[str, dict[str, int]]:
        """For JSON."""
        return {
            "done": dict(sorted(self.done.items())),
            "refused": dict(sorted(self.refused.items())),
            "broken": dict(sorted(self.broken.items())),
        }
