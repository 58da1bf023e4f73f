"""Incidents and what belongs to them."""

from typing import Any

from dispatch.events import AssignmentPayload, HandoverPayload, IncidentPayload, LinkPayload, TimelinePayload
from dispatch.models import (
    Assignment,
    CallerContact,
    Disposition,
    Handover,
    Incident,
    IncidentLink,
    IncidentPerson,
    IncidentPlace,
    IncidentTransition,
    IncidentType,
    TimelineEntry,
)
from dispatch.presenters.base import moment


def incident_present(incident: Incident) -> IncidentPayload:
    """An incident; reads `type`, `place`, `opened_by`, `owner` and `disposition`."""
    return IncidentPayload(
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
        summary=incident.summary,
        caller_name=incident.caller_name,
        caller_number=incident.caller_number,
        rounds_wanted=incident.rounds_wanted,
        rounds_assigned=incident.rounds_assigned,
        revision=incident.revision,
        opened_by=str(incident.opened_by),
        opened_at=incident.opened_at.isoformat(),
        changed_at=incident.changed_at.isoformat(),
        owner=str(incident.owner) if incident.owner else None,
        next_step=incident.next_step,
        next_step_text=incident.next_step_text,
        due_at=moment(incident.due_at),
        escalation=incident.escalation,
        disposition=incident.disposition.code if incident.disposition else None,
        disposition_note=incident.disposition_note,
        merged_into=str(incident.merged_into_id) if incident.merged_into_id else None,
        closed_at=moment(incident.closed_at),
        reopened_at=moment(incident.reopened_at),
    )


def incident_type_present(kind: IncidentType) -> dict[str, Any]:
    """A type as the form needs it."""
    return {
        "code": kind.code,
        "name_id": kind.name_id,
        "name_en": kind.name_en,
        "default_priority": kind.default_priority,
        "face_matching_allowed": kind.face_matching_allowed,
    }


def timeline_present(entry: TimelineEntry) -> TimelinePayload:
    """A line of the timeline; reads `author`."""
    return TimelinePayload(
        id=str(entry.pk),
        incident_id=str(entry.incident_id),
        kind=entry.kind,
        text=entry.text,
        data=entry.data,
        author=str(entry.author) if entry.author else None,
        occurred_at=entry.occurred_at.isoformat(),
    )


def assignment_present(row: Assignment) -> AssignmentPayload:
    """An assignment; reads `unit.agency`, `made_by` and `destination`."""
    return AssignmentPayload(
        id=str(row.pk),
        incident_id=str(row.incident_id),
        unit=row.unit.call_sign,
        agency=row.unit.agency.code,
        state=row.state,
        made_by=str(row.made_by) if row.made_by else None,
        made_at=row.made_at.isoformat(),
        reached_scene_at=moment(row.reached_scene_at),
        ended_at=moment(row.ended_at),
        due_at=moment(row.due_at),
        is_overdue=row.is_overdue,
        eta_s=row.eta_s,
        alarm_level=row.alarm_level,
        destination=row.destination.code if row.destination else None,
        destination_text=row.destination_text,
        diverted_to=str(row.diverted_to_id) if row.diverted_to_id else None,
        proposed_rank=row.proposed_rank,
        override_reason=row.override_reason,
        override_note=row.override_note,
    )


def link_present(link: IncidentLink) -> LinkPayload:
    """A link; reads `child` and `parent`."""
    return LinkPayload(
        id=str(link.pk),
        kind=link.kind,
        child_id=str(link.child_id),
        child_number=link.child.number,
        parent_id=str(link.parent_id),
        parent_number=link.parent.number,
        reason=link.reason,
        made_at=link.made_at.isoformat(),
        ended_at=moment(link.ended_at),
    )


def handover_present(handover: Handover) -> HandoverPayload:
    """A handover; reads both users and its incidents."""
    return HandoverPayload(
        id=str(handover.pk),
        from_user=str(handover.from_user),
        to_user=str(handover.to_user),
        state=handover.state,
        note=handover.note,
        offered_at=handover.offered_at.isoformat(),
        answered_at=moment(handover.answered_at),
        incident_ids=sorted(str(incident.pk) for incident in handover.incidents.all()),
    )


def person_present(person: IncidentPerson) -> dict[str, Any]:
    """A person in an incident."""
    return {
        "id": str(person.pk),
        "role": person.role,
        "name": person.name,
        "contact": person.contact,
        "description": person.description,
        "added_at": person.added_at.isoformat(),
        "removed_at": moment(person.removed_at),
    }


def place_present(row: IncidentPlace) -> dict[str, Any]:
    """One line of the history of places; reads `place` and `set_by`."""
    return {
        "place_text": row.place_text,
        "place": row.place.code if row.place else None,
        "lat": row.lat,
        "lon": row.lon,
        "radius_m": row.radius_m,
        "set_by": str(row.set_by) if row.set_by else None,
        "set_at": row.set_at.isoformat(),
    }


def step_present(row: IncidentTransition) -> dict[str, Any]:
    """One step of the state machine; reads `actor`."""
    return {
        "old": row.old,
        "new": row.new,
        "actor": str(row.actor) if row.actor else None,
        "source": row.source,
        "reason": row.reason,
        "occurred_at": row.occurred_at.isoformat(),
    }


def contact_present(row: CallerContact) -> dict[str, Any]:
    """One try to tell a caller; reads `user`."""
    return {
        "number": row.number,
        "outcome": row.outcome,
        "note": row.note,
        "user": str(row.user),
        "attempted_at": row.attempted_at.isoformat(),
    }


def disposition_present(row: Disposition) -> dict[str, Any]:
    """A disposition as the form needs it."""
    return {"code": row.code, "name_id": row.name_id, "name_en": row.name_en}
