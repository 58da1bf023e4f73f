"""One place that knows what time it is, so that a test can say."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds of a clock that never jumps; for time limits, never for records."""
    return time.monotonic()
