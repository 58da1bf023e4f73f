"""When calls come: a Poisson process whose rate follows the hours of the day."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HOUR_S = 3600.0
DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Hours:
    """Relative rates of the 24 hours, scaled so that their mean is 1; `first_hour` is where the traffic starts."""

    weights: Sequence[float]
    first_hour: float = 0.0

    def rate(self, at_s: float) -> float:
        """The relative rate so many seconds after the start."""
        hour = int((self.first_hour + at_s / HOUR_S) % 24)
        return self.weights[hour] * 24 / sum(self.weights)

    def edge_after(self, at_s: float) -> float:
        """The next moment at which the rate changes."""
        hours = self.first_hour + at_s / HOUR_S
        edge_s = (int(hours) + 1 - self.first_hour) * HOUR_S
        return edge_s if edge_s > at_s else edge_s + HOUR_S

    def mass(self, duration_s: float) -> float:
        """The rate summed over the time: seconds at the mean rate that bring as many calls."""
        total, at_s = 0.0, 0.0
        while at_s < duration_s:
            end_s = min(self.edge_after(at_s), duration_s)
            total += self.rate(at_s) * (end_s - at_s)
            at_s = end_s
        return total


def arrivals_draw(source: random.Random, *, hours: Hours, calls_a_second: float, duration_s: float) -> Iterator[float]:
    """Moments of arrival in seconds after the start, ascending.

    Exact: gaps are exponential in the summed rate, which is then walked hour by hour to the moment it belongs to.
    """
    if calls_a_second <= 0:
        return
    at_s = 0.0
    while True:
        left = source.expovariate(1.0)
        while True:
            rate = calls_a_second * hours.rate(at_s)
            edge_s = hours.edge_after(at_s)
            if rate * (edge_s - at_s) >= left:
                at_s += left / rate
                break
            left -= rate * (edge_s - at_s)
            at_s = edge_s
            if at_s >= duration_s:
                return
        if at_s >= duration_s:
            return
        yield at_s
