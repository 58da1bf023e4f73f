"""Leaves a service alone that fails, and tries it again after a while. Safe for threads."""

import threading
from collections.abc import Callable

from common.clock import monotonic_s


class Breaker:
    """Opens after `failures_max` failures in a row; after `pause_s` one call is let through as a try."""

    def __init__(
        self, *, failures_max: int = 3, pause_s: float = 30.0, now_s: Callable[[], float] = monotonic_s
    ) -> None:
        self._failures_max, self._pause_s, self._now_s = failures_max, pause_s, now_s
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_s: float | None = None

    def may_try(self) -> bool:
        """Whether to call; of many who ask while it is open one is let through in each pause."""
        with self._lock:
            if self._opened_s is None:
                return True
            if self._now_s() - self._opened_s < self._pause_s:
                return False
            self._opened_s = self._now_s()
            return True

    def succeeded(self) -> None:
        """The call went well: closed again."""
        with self._lock:
            self._failures, self._opened_s = 0, None

    def failed(self) -> None:
        """The call failed."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._failures_max:
                self._opened_s = self._now_s()

    @property
    def is_open(self) -> bool:
        """Whether it is being left alone."""
        with self._lock:
            return self._opened_s is not None
