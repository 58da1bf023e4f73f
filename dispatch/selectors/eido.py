"""An incident as it is told to other systems: whole to the centre, to an agency what it may see and no more."""

import uuid
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Q

from accounts.models import Agency, User
from accounts.permissions import Permission, permissions_of
from common.errors import NotFoundError
from dispatch.choices import TALKING_CALL_STATES, WAITING_CALL_STATES, LinkKind, TimelineKind
from dispatch.formats.eido.types import (
    AgencyFacts,
    CallFacts,
    DispositionFacts,
    LinkFacts,
    NoteFacts,
    PersonFacts,
    PlaceFacts,
    Position,
    Report,
    UnitFacts,
)
from dispatch.models import AgencyPart, Assignment, Call, Incident, IncidentLink, TimelineEntry
from dispatch.presenters.agencies import is_told_who_called
from dispatch.rules.eido import component_key, tracking_identifier
from dispatch.selectors.state import ASSIGNMENTS, PARTS, incident_get
from realtime.models import Realm

# The other incident's end of a link, from the child's side and from the parent's.
LINK_WORDS = {
    LinkKind.PARENT: ("parent", "child"), LinkKind.RELATED: ("related", "related"),
    LinkKind.MERGED: ("replaced_by", "replaces"), LinkKind.SPLIT: ("split", "split"),
}  # fmt: skip


def sees_all(user: User) -> bool:
    """Whether the roles show whole incidents. A token may narrow what is done, not whose eyes these are."""
    return Permission.INCIDENT_VIEW in permissions_of(user.roles)


def report_read(*, realm: Realm, incident_id: uuid.UUID, user: User) -> Report:
    """The incident for this user; raises NotFoundError where the user's agency has no part."""
    incident = incident_get(realm=realm, incident_id=incident_id)
    parts = list(PARTS.filter(incident=incident).order_by("notified_at", "pk"))
    if sees_all(user):
        return _whole(incident, parts)
    own = next((part for part in parts if part.agency_id == user.agency_id), None)
    if own is None:
        raise NotFoundError
    return _shared(incident, parts, own)


def _whole(incident: Incident, parts: Sequence[AgencyPart]) -> Report:
    calls = Call.objects.filter(incident=incident).prefetch_related("locations").order_by("arrived_at", "pk")
    links = IncidentLink.objects.filter(Q(child=incident) | Q(parent=incident), ended_at=None).order_by("made_at", "pk")
    facts = [_link(link, incident) for link in links]
    return _report(
        incident, parts, is_told=True,
        calls=tuple(_call(call) for call in calls),
        persons=tuple(
            PersonFacts(component_key(row.pk), row.role, row.name, row.contact, row.description)
            for row in incident.persons.filter(removed_at=None)
        ),
        links=tuple(sorted(facts, key=lambda link: link.kind not in {"parent", "child", "related"})),
        dispositions=(*_end_of(incident), *(end for part in parts for end in _end_of_part(part))),
    )  # fmt: skip


def _shared(incident: Incident, parts: Sequence[AgencyPart], own: AgencyPart) -> Report:
    """The same bounds as `agency_incident_present` and the story that agencies share."""
    return _report(incident, parts, is_told=is_told_who_called(own), dispositions=_end_of_part(own))


def _report(
    incident: Incident,
    parts: Sequence[AgencyPart],
    *,
    is_told: bool,
    calls: tuple[CallFacts, ...] = (),
    persons: tuple[PersonFacts, ...] = (),
    links: tuple[LinkFacts, ...] = (),
    dispositions: tuple[DispositionFacts, ...] = (),
) -> Report:
    rows = list(ASSIGNMENTS.filter(incident=incident).order_by("made_at", "pk"))
    notes = incident.timeline.select_related("author").filter(kind=TimelineKind.NOTE).exclude(text="")
    return Report(
        identifier=tracking_identifier(incident.pk, settings.EIDO_ELEMENT),
        element=settings.EIDO_ELEMENT,
        number=str(incident.number),
        type_code=incident.type.code,
        type_common=incident.type.apco_code,
        type_name=incident.type.name_id,
        priority=incident.priority,
        state=incident.state,
        changed_at=incident.changed_at,
        summary=incident.summary if is_told else "",
        caller_name=incident.caller_name if is_told else "",
        caller_number=(incident.caller_number or "") if is_told else "",
        place=PlaceFacts(
            incident.place_text,
            incident.place.code if incident.place else "",
            _position(incident.lat, incident.lon, incident.radius_m),
        ),
        agencies=tuple(_agencies(parts, [row.unit.agency for row in rows])),
        calls=calls,
        persons=persons,
        units=tuple(_unit(row) for row in rows),
        notes=tuple(_note(line) for line in notes) if is_told else (),
        links=links,
        dispositions=dispositions,
    )


def _agencies(parts: Sequence[AgencyPart], of_units: Iterable[Agency]) -> list[AgencyFacts]:
    """Those that have a part, then those whose units were sent without one."""
    found = {part.agency.code: AgencyFacts(part.agency.code, part.agency.name, part.role) for part in parts}
    for agency in of_units:
        found.setdefault(agency.code, AgencyFacts(agency.code, agency.name, "dispatched"))
    return list(found.values())


def _unit(row: Assignment) -> UnitFacts:
    return UnitFacts(component_key(row.pk), row.unit.call_sign, row.unit.agency.code, row.state, row.made_at)


def _note(line: TimelineEntry) -> NoteFacts:
    author = line.data.get("author") or (str(line.author) if line.author else "")
    return NoteFacts(component_key(line.pk), line.text, line.occurred_at, str(author))


def _call(call: Call) -> CallFacts:
    state = (
        "begin" if call.state in WAITING_CALL_STATES else "answered" if call.state in TALKING_CALL_STATES else "ended"
    )
    newest = max(call.locations.all(), key=lambda row: row.measured_at, default=None)
    return CallFacts(
        key=component_key(call.pk),
        state=state,
        medium=call.medium,
        arrived_at=call.arrived_at,
        answered_at=call.answered_at,
        number=call.caller_number or "",
        position=Position(newest.lat, newest.lon, newest.radius_m) if newest else None,
    )


def _link(link: IncidentLink, incident: Incident) -> LinkFacts:
    is_child = link.child_id == incident.pk
    kind = LINK_WORDS[LinkKind(link.kind)][0 if is_child else 1]
    other = link.parent_id if is_child else link.child_id
    reason = link.reason if kind in {"parent", "child", "related"} else ""
    return LinkFacts(component_key(link.pk), kind, tracking_identifier(other, settings.EIDO_ELEMENT), reason)


def _end_of(incident: Incident) -> tuple[DispositionFacts, ...]:
    row = incident.disposition
    if row is None:
        return ()
    key = f"{component_key(incident.pk)}#disposition"
    return (DispositionFacts(key, row.code, row.apco_code, incident.disposition_note),)


def _end_of_part(part: AgencyPart) -> tuple[DispositionFacts, ...]:
    row = part.disposition
    if row is None:
        return ()
    key = f"{component_key(part.pk)}#disposition"
    return (DispositionFacts(key, row.code, row.apco_code, "", part.agency.code),)


def _position(lat: float | None, lon: float | None, radius_m: float | None) -> Position | None:
    return None if lat is None or lon is None else Position(lat, lon, radius_m)
