"""Writing incidents."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from common.errors import ConflictError, NotFoundError, TerminalError, ValidationError, gettext_noop
from dispatch.choices import CLOSED_INCIDENT_STATES, FINISHED_CAMERA_STATES, Priority
from dispatch.models import Incident, IncidentType
from dispatch.services.numbers import number_next
from places.models import Place
from realtime.models import Realm

EDITABLE = frozenset(
    {"type", "priority", "place_text", "place", "lat", "lon", "radius_m", "summary", "caller_name", "caller_number"}
)


@dataclass(frozen=True, slots=True)
class IncidentDraft:
    """What a call-taker has so far; an unknown place never blocks it."""

    type_code: str
    priority: str | None = None
    place_text: str = ""
    place_code: str | None = None
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None
    summary: str = ""
    caller_name: str = ""
    caller_number: str | None = None


def incident_open(*, realm: Realm, draft: IncidentDraft, user: User, at: datetime) -> Incident:
    """A new incident. A chosen place gives the position where none was pointed at; the type its usual priority."""
    kind = type_get(code=draft.type_code)
    place = place_get(code=draft.place_code) if draft.place_code else None
    lat, lon, radius_m = draft.lat, draft.lon, draft.radius_m
    if lat is None and place is not None:
        lat, lon, radius_m = place.lat, place.lon, radius_m or place.accuracy_m
    return Incident.objects.create(
        realm=realm,
        number=number_next(of="incident"),
        type=kind,
        priority=draft.priority or kind.default_priority,
        place_text=draft.place_text or (place.name if place else ""),
        place=place,
        lat=lat,
        lon=lon,
        radius_m=radius_m,
        summary=draft.summary,
        caller_name=draft.caller_name,
        caller_number=draft.caller_number,
        rounds_wanted=0 if lat is None else 1,
        opened_by=user,
        opened_at=at,
        changed_at=at,
    )


def incident_change(
    *, realm: Realm, incident_id: uuid.UUID, revision: int, changes: Mapping[str, Any], at: datetime
) -> tuple[Incident, dict[str, list[Any]]]:
    """Change fields of an open incident that is still at `revision`; returns it and `{field: [old, new]}`.

    Raises `precondition_failed` with the present revision when somebody changed it meanwhile.
    """
    incident = incident_locked(realm=realm, incident_id=incident_id)
    if incident.revision != revision:
        raise ConflictError(
            "precondition_failed",
            gettext_noop("Somebody changed this incident meanwhile; look at it and save again."),
            {"revision": incident.revision},
        )
    if incident.state in CLOSED_INCIDENT_STATES:
        raise ConflictError("incident_closed", gettext_noop("This incident is closed."), {"state": incident.state})
    changed: dict[str, list[Any]] = {}
    for field, value in changes.items():
        if field not in EDITABLE:
            raise TerminalError("field_not_editable", gettext_noop("Some fields need correction."), {"field": field})
        old = getattr(incident, field)
        if old != value:
            changed[field] = [_plain(old), _plain(value)]
            setattr(incident, field, value)
    if changed:
        # Another scene has other cameras.
        if {"lat", "lon"} & set(changed) and incident.lat is not None:
            incident.rounds_wanted += 1
        incident.revision += 1
        incident.changed_at = at
        incident.save(update_fields=[*changed, "rounds_wanted", "revision", "changed_at"])
    return incident, changed


def round_want(*, incident: Incident, at: datetime) -> Incident:
    """Ask the cameras once more. `incident` must be locked.

    Raises ConflictError `round_running` while a round is under way, `incident_closed`, ValidationError `no_position`.
    """
    if incident.state in CLOSED_INCIDENT_STATES:
        raise ConflictError("incident_closed", gettext_noop("This incident is closed."), {"state": incident.state})
    if incident.lat is None:
        raise ValidationError("no_position", gettext_noop("Set the incident's position on the map first."))
    unfinished = incident.cameras.exclude(state__in=FINISHED_CAMERA_STATES).exists()
    if unfinished or incident.rounds_wanted > incident.rounds_assigned:
        raise ConflictError("round_running", gettext_noop("The cameras are being asked already."))
    incident.rounds_wanted += 1
    incident.changed_at = at
    incident.save(update_fields=["rounds_wanted", "changed_at"])
    return incident


def incident_locked(*, realm: Realm, incident_id: uuid.UUID) -> Incident:
    """The row, locked until the transaction ends; raises NotFoundError."""
    rows = Incident.objects.select_for_update(of=("self",), no_key=True).select_related("type", "place", "opened_by")
    incident = rows.filter(realm=realm, pk=incident_id).first()
    if incident is None:
        raise NotFoundError
    return incident


def type_get(*, code: str) -> IncidentType:
    """An active type; raises ValidationError."""
    kind = IncidentType.objects.filter(code=code, is_active=True).first()
    if kind is None:
        raise ValidationError(
            "unknown_type", gettext_noop("There is no such incident type."), {"fields": {"type": [code[:30]]}}
        )
    return kind


def place_get(*, code: str) -> Place:
    """A place; raises ValidationError."""
    place = Place.objects.filter(code=code).first()
    if place is None:
        raise ValidationError(
            "unknown_place",
            gettext_noop("This place is not known; write it in words, the ticket can be sent all the same."),
            {"fields": {"place": [code[:30]]}},
        )
    return place


def priority_check(value: str) -> str:
    """P1 to P5; raises ValidationError."""
    if value not in Priority.values:
        raise ValidationError(
            "unknown_priority", gettext_noop("The priority is one of P1 to P5."), {"fields": {"priority": [value[:10]]}}
        )
    return value


def _plain(value: Any) -> Any:
    return value.code if isinstance(value, IncidentType | Place) else value
