"""One place that knows what time it is, so that a test or a simulation can say."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime


def _by_the_machine() -> datetime:
    return datetime.now(UTC)


_source: ContextVar[Callable[[], datetime]] = ContextVar("clock", default=_by_the_machine)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source.get()()


def monotonic_s() -> float:
    """Seconds of a clock that never jumps; for time limits, never for records."""
    return time.monotonic()


@contextmanager
def run_by(source: Callable[[], datetime]) -> Iterator[None]:
    """Take the time from `source` inside the block, in this thread alone: others keep the machine's time.

    For simulations on a database of their own; a test holds that nothing else uses it.
    """
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
