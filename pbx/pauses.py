"""Growing pauses between tries."""

import random

FIRST_S = 0.5
MAX_S = 30.0


class Pauses:
    """Half a second, then twice as long each time up to `max_s`, each shortened by up to a quarter by chance.

    So many adapters do not all come at once when Siaga is back.
    """

    def __init__(self, *, first_s: float = FIRST_S, max_s: float = MAX_S) -> None:
        self._first_s = first_s
        self._max_s = max_s
        self._next_s = first_s

    def grow(self) -> float:
        """The pause to make now, in seconds."""
        pause_s = min(self._next_s, self._max_s)
        self._next_s = min(pause_s * 2, self._max_s)
        return pause_s * random.uniform(0.75, 1)  # noqa: S311  # not for secrets

    def reset(self) -> None:
        """All is well: begin small again."""
        self._next_s = self._first_s
