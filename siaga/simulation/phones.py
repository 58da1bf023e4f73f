"""Telephones that lift by themselves, for a site at which nobody sits."""

import random
from collections import deque
from collections.abc import Sequence

from siaga.simulation.switchboard import Line, Switchboard
from siaga.simulation.world import Time

LOOKS_EVERY_S = 0.5


class Phones:
    """One conversation at each extension; who has waited longest is next, and talks as long as there is to say."""

    def __init__(self, time: Time, extensions: Sequence[str], seed: int) -> None:
        self._time, self._free, self._waiting = time, deque(extensions), deque[Line]()
        self._source = random.Random(f"phones {seed}")  # noqa: S311  # simulated chance

    def ring(self, board: Switchboard, line: Line) -> None:
        """A new line: lifted in a moment, or when somebody is free."""
        if self._free:
            self._time.spawn(self._work(board, self._free.popleft(), line))
        else:
            self._waiting.append(line)

    async def _work(self, board: Switchboard, extension: str, line: Line | None) -> None:
        while line is not None:
            await self._time.sleep(self._source.uniform(1.0, 6.0))
            if not self._time.is_ending and board.pick_up(line, extension):
                while line.is_up:
                    await self._time.sleep(LOOKS_EVERY_S)
            line = self._waiting.popleft() if self._waiting and not self._time.is_ending else None
        self._free.append(extension)
