"""Agencies' parts, and incidents as an agency sees them."""

from collections.abc import Sequence

from dispatch.choices import PartRole, PartState
from dispatch.events import AgencyIncidentPayload, OtherPartPayload, PartPayload
from dispatch.models import AgencyPart, Incident
from dispatch.presenters.base import moment

TOLD_WHO_CALLED = frozenset(set(PartRole) - {PartRole.INFORMATIONAL})
GIVEN_AWAY = frozenset({PartState.REJECTED, PartState.FORWARDED})


def is_told_who_called(part: AgencyPart) -> bool:
    """Whether its agency gets what was told and by whom: not who only looks on, or has given its part away."""
    return part.role in TOLD_WHO_CALLED and part.state not in GIVEN_AWAY


def part_present(part: AgencyPart) -> PartPayload:
    """A part; reads `agency`, `forwarded_to` and `disposition`."""
    return PartPayload(
        id=str(part.pk),
        incident_id=str(part.incident_id),
        agency=part.agency.code,
        agency_name=part.agency.name,
        role=part.role,
        priority=part.priority,
        state=part.state,
        origin=part.origin,
        reason=part.reason,
        forwarded_to=part.forwarded_to.code if part.forwarded_to else None,
        disposition=part.disposition.code if part.disposition else None,
        notified_at=part.notified_at.isoformat(),
        answer_due_at=moment(part.answer_due_at),
        answered_at=moment(part.answered_at),
        ended_at=moment(part.ended_at),
        is_overdue_told=part.is_overdue_told,
    )


def agency_incident_present(
    incident: Incident, part: AgencyPart, others: Sequence[AgencyPart]
) -> AgencyIncidentPayload:
    """An incident for the agency of `part`; reads `type` and `place`."""
    is_told = is_told_who_called(part)
    return AgencyIncidentPayload(
        id=str(incident.pk),
        number=incident.number,
        type=incident.type.code,
        priority=incident.priority,
        state=incident.state,
        place_text=incident.place_text,
        place=incident.place.code if incident.place else None,
        lat=incident.lat,
        lon=incident.lon,
        radius_m=incident.radius_m,
        summary=incident.summary if is_told else "",
        caller_name=incident.caller_name if is_told else "",
        caller_number=incident.caller_number if is_told else None,
        opened_at=incident.opened_at.isoformat(),
        changed_at=incident.changed_at.isoformat(),
        part=part_present(part),
        others=[
            OtherPartPayload(
                agency=other.agency.code, agency_name=other.agency.name, role=other.role, state=other.state
            )
            for other in sorted(others, key=lambda part: part.agency.code)
            if other.pk != part.pk
        ],
    )
