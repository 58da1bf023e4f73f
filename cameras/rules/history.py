"""What the hours of a camera come to: how much of a time it gave pictures, and how fast. Pure.

A dead camera is tried more often than a good one. So a time's share is the mean of its hours' shares and not the share
of all tries; an hour without a try says nothing and counts for nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """What the tries of one hour gave; the fields of cameras.models.CameraHour."""

    at: datetime
    tries: int = 0
    pictures: int = 0
    flagged: int = 0
    duration_ms: int = 0

    @property
    def share(self) -> float | None:
        """Pictures for each try; None where nothing was tried."""
        return self.pictures / self.tries if self.tries else None

    @property
    def fit_share(self) -> float | None:
        """Pictures that were fit for use, for each try."""
        return (self.pictures - self.flagged) / self.tries if self.tries else None

    @property
    def picture_ms(self) -> float | None:
        """Time to a picture; None where there was none."""
        return self.duration_ms / self.pictures if self.pictures else None


@dataclass(frozen=True, slots=True)
class Uptime:
    """A time's shares, 0 to 1; None where nothing was tried in it. `hours` is how many hours it is told from."""

    share: float | None
    fit_share: float | None
    picture_ms: float | None
    hours: int


def hour_of(moment: datetime) -> datetime:
    """The hour that a moment lies in."""
    return moment.replace(minute=0, second=0, microsecond=0)


def uptime(hours: Iterable[Hour]) -> Uptime:
    """What some hours come to together."""
    tried = [hour for hour in hours if hour.tries]
    pictures = sum(hour.pictures for hour in tried)
    return Uptime(
        share=_mean([hour.share for hour in tried if hour.share is not None]),
        fit_share=_mean([hour.fit_share for hour in tried if hour.fit_share is not None]),
        picture_ms=sum(hour.duration_ms for hour in tried) / pictures if pictures else None,
        hours=len(tried),
    )


def since(hours: Iterable[Hour], *, at: datetime, span: timedelta) -> list[Hour]:
    """The hours of the span that ends with the hour of `at`."""
    first = hour_of(at) - span + HOUR
    return [hour for hour in hours if first <= hour.at <= at]


def filled(hours: Iterable[Hour], *, at: datetime, count: int) -> list[Hour]:
    """The last `count` hours up to that of `at`, one after the other; those without a row were not tried."""
    known = {hour.at: hour for hour in hours}
    last = hour_of(at)
    moments = [last - HOUR * back for back in range(count - 1, -1, -1)]
    return [known.get(moment, Hour(moment)) for moment in moments]


def worst(hours: Sequence[Hour]) -> Hour | None:
    """The hour with the smallest share, the later of two alike; None where nothing was tried."""
    tried = [hour for hour in hours if hour.tries]
    return min(reversed(tried), key=lambda hour: hour.share or 0.0, default=None)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
