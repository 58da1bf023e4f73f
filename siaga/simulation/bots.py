"""What all bots share: a desk, habits, chance, and how they take a no."""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from siaga.simulation.desk import Desk, Login, Refused, SiteAway, Transport
from siaga.simulation.room import Garage, Room
from siaga.simulation.switchboard import Switchboard
from siaga.simulation.world import Tally, World


@dataclass(frozen=True, slots=True)
class Habits:
    """How imperfect they are: chances for each occasion."""

    lets_it_ring: float = 0.03
    forgets_class: float = 0.03  # leaves an ended call without its class
    forgets_to_end: float = 0.004  # of calls back, whose end no exchange tells of
    walks_off: float = 0.002  # each minute: leaves the desk without a word
    misses_duplicate: float = 0.3
    leaves_incident: float = 0.06  # a dispatcher does not take up an incident
    leaves_closing: float = 0.12  # an owner does not close what is all clear
    skips_handover: float = 0.2
    declines_handover: float = 0.05
    agency_silent: float = 0.08
    agency_rejects: float = 0.06
    agency_forwards: float = 0.04
    crew_silent: float = 0.06
    crew_refuses: float = 0.03
    false_report: float = 0.06
    reopens: float = 0.04
    repeats_request: float = 0.01  # as a browser does that did not get the answer
    supervisor_ignores: float = 0.2


@dataclass(slots=True)
class House:
    """Everything around a bot."""

    world: World
    transport: Transport
    switchboard: Switchboard
    room: Room
    garage: Garage
    tally: Tally
    habits: Habits
    seed: int


class Bot:
    """One person at one desk."""

    def __init__(self, house: House, login: Login) -> None:
        self.house, self.world, self.room, self.habits = house, house.world, house.room, house.habits
        self.desk = Desk(house.transport, login)
        self.source = random.Random(f"{house.seed} {login.username}")  # noqa: S311  # simulated chance

    @property
    def label(self) -> str:
        """The name that events carry."""
        return self.desk.label

    def hear(self, kind: str, payload: dict[str, Any]) -> None:
        """An event came to this console."""
        raise NotImplementedError

    def maybe(self, chance: float) -> bool:
        """Whether it happens this time."""
        return self.source.random() < chance

    async def pause(self, least_s: float, most_s: float) -> None:
        """Take some time."""
        await self.world.sleep(self.source.uniform(least_s, most_s))

    async def act(
        self, path: str, body: Mapping[str, Any] | None = None, *, named: str, method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any] | None:  # fmt: skip
        """One request; None when it was refused, which is counted by its word. A fault of the site is told apart."""
        key = str(uuid.uuid4())
        try:
            answer = await self.desk.post(path, body, method=method, key=key, headers=headers)
            if self.maybe(self.habits.repeats_request):
                again = await self.desk.post(path, body, method=method, key=key, headers=headers)
                if again != answer:
                    self.house.tally.broken[f"{named}: repeated request answered otherwise"] += 1
        except (Refused, SiteAway) as error:
            self._refused(named, error)
            return None
        self.house.tally.done[named] += 1
        return answer

    async def look(self, path: str, *, named: str) -> dict[str, Any] | None:
        """One reading request; None when it was refused."""
        try:
            answer = await self.desk.get(path)
        except (Refused, SiteAway) as error:
            self._refused(named, error)
            return None
        self.house.tally.done[named] += 1
        return answer

    def _refused(self, named: str, error: Refused | SiteAway) -> None:
        if isinstance(error, SiteAway):
            self.house.tally.broken[f"{named}: site away"] += 1
        elif error.status >= 500:
            self.house.tally.broken[f"{named}: {error.status}"] += 1
        else:
            self.house.tally.refused[f"{named}: {error.code}"] += 1
