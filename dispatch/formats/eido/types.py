"""An incident as it is exchanged, in plain values and Siaga's own words. Moments are aware, positions in degrees."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Position:
    """A point with its uncertainty."""

    lat: float
    lon: float
    radius_m: float | None = None


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """Where it is: in words, by the code of a known place, on the map; any of them may be missing."""

    text: str = ""
    code: str = ""
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call that told of it; `state` is begin, answered or ended."""

    key: str
    state: str
    medium: str
    arrived_at: datetime
    answered_at: datetime | None = None
    number: str = ""
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Somebody who has to do with it."""

    key: str
    role: str
    name: str = ""
    contact: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """An agency with its role."""

    code: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """One unit on it; `agency` is the code of one of the agencies."""

    key: str
    call_sign: str
    agency: str
    state: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """A line of its story."""

    key: str
    text: str
    written_at: datetime
    author: str = ""


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """Another incident. `kind` says what the other one is: parent, child, related, replaced_by, replaces or split."""

    key: str
    kind: str
    incident: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DispositionFacts:
    """How it ended: for the whole, or for one agency by its code."""

    key: str
    code: str
    common: str = ""
    note: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One incident. `identifier` is its tracking identifier in the whole world, `element` the system that tells."""

    identifier: str
    element: str
    number: str
    type_code: str
    type_common: str
    type_name: str
    priority: str
    state: str
    changed_at: datetime
    summary: str = ""
    caller_name: str = ""
    caller_number: str = ""
    place: PlaceFacts = PlaceFacts()
    agencies: tuple[AgencyFacts, ...] = ()
    calls: tuple[CallFacts, ...] = ()
    persons: tuple[PersonFacts, ...] = ()
    units: tuple[UnitFacts, ...] = ()
    notes: tuple[NoteFacts, ...] = ()
    links: tuple[LinkFacts, ...] = ()
    dispositions: tuple[DispositionFacts, ...] = ()
