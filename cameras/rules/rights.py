"""Whether an agreement allows a picture now. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class Terms:
    """What a written agreement says; hours are local, and may run over midnight."""

    valid_from: date
    valid_until: date | None
    hours_from: time | None
    hours_until: time | None
    purposes: Collection[str]


def refusal(terms: Terms | None, *, purpose: str, at: datetime) -> str:
    """Why there may be no picture at this local moment: not_valid, purpose or hours; empty when there may.

    Without an agreement nothing is forbidden by one: such cameras are the city's own.
    """
    if terms is None:
        return ""
    day, clock = at.date(), at.time()
    if day < terms.valid_from or (terms.valid_until is not None and day > terms.valid_until):
        return "not_valid"
    if purpose not in terms.purposes:
        return "purpose"
    if terms.hours_from is None or terms.hours_until is None:
        return ""
    if terms.hours_from <= terms.hours_until:
        is_in = terms.hours_from <= clock < terms.hours_until
    else:
        is_in = clock >= terms.hours_from or clock < terms.hours_until
    return "" if is_in else "hours"
