"""Who works when: three shifts of eight hours on the virtual clock, each a third of the people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from siaga.simulation.agencies import Officer
from siaga.simulation.bots import Bot, House
from siaga.simulation.cast import Cast
from siaga.simulation.dispatchers import Dispatcher
from siaga.simulation.operators import Operator
from siaga.simulation.supervisors import Supervisor

SHIFTS = 3
SHIFT = timedelta(hours=24 / SHIFTS)


class Staff:
    """All bots of a cast."""

    def __init__(self, house: House, cast: Cast) -> None:
        self._house = house
        self.operators = [Operator(house, login) for login in cast.operators]
        self.dispatchers = [Dispatcher(house, login) for login in cast.dispatchers]
        self.supervisors = [Supervisor(house, login, owns=self._owners) for login in cast.supervisors]
        self.heads = [Supervisor(house, login, level="head", owns=self._owners) for login in cast.head]
        self.officers = [Officer(house, login) for login in cast.agencies]

    async def come_in(self) -> None:
        """Everybody signs in and opens a console; raises SignInFailed, SiteAway."""
        for bot in (*self.operators, *self.dispatchers, *self.supervisors, *self.heads, *self.officers):
            await bot.desk.sign_in()
            await self._house.world.listen(bot.desk, bot.hear)
        observer = (self.supervisors or self.heads)[0]
        await self._house.world.listen(observer.desk, self._house.room.hear)
        for head in self.heads:
            head.is_here = True

    async def work_in_shifts(self, starts_at: datetime, ends_at: datetime) -> None:
        """One third of them after the other; the first shift is the one of `starts_at`."""
        turn = 0
        while starts_at < ends_at:
            self._begin(starts_at + SHIFT, turn % SHIFTS)
            await self._house.world.sleep(SHIFT.total_seconds())
            starts_at += SHIFT
            turn += 1

    def _begin(self, ends_at: datetime, turn: int) -> None:
        world = self._house.world
        for operator in _of(self.operators, turn):
            world.spawn(operator.shift(ends_at))
        dispatchers = _of(self.dispatchers, turn)
        for place, dispatcher in enumerate(dispatchers):
            dispatcher.place, dispatcher.places = place, len(dispatchers)
            world.spawn(dispatcher.shift(ends_at, _of(self.dispatchers, (turn + 1) % SHIFTS)))
        for supervisor in _of(self.supervisors, turn):
            world.spawn(supervisor.shift(ends_at))

    def _owners(self) -> list[Bot]:
        here: list[Bot] = [dispatcher for dispatcher in self.dispatchers if dispatcher.is_here]
        return here or list(self.dispatchers)


Someone = TypeVar("Someone", bound=Bot)


def _of(everybody: Sequence[Someone], turn: int) -> Sequence[Someone]:
    return everybody[turn::SHIFTS]
