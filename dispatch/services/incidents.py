"""Writing incidents."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.services.audit import Actor
from common.errors import ConflictError, NotFoundError, TerminalError, ValidationError, gettext_noop
from common.locking import locked
from common.phones import number_normalise
from dispatch.choices import FINISHED_CAMERA_STATES, IncidentState, Priority
from dispatch.models import Disposition, Incident, IncidentPlace, IncidentType
from dispatch.rules.merging import conflicts_of, fields_touched
from dispatch.services.follow import FIELDS as FOLLOW_FIELDS
from dispatch.services.follow import open_require, step_plan, step_replan
from dispatch.services.moves import incident_begin
from dispatch.services.numbers import number_next
from places.models import Place
from realtime.models import Realm

EDITABLE = frozenset(
    {"type", "priority", "place_text", "place", "lat", "lon", "radius_m", "summary", "caller_name", "caller_number"}
)
INCIDENT_RELATED = ("realm", "type", "place", "opened_by", "owner", "disposition")
PLACE_FIELDS = frozenset({"place_text", "place", "lat", "lon", "radius_m"})


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


def incident_open(*, realm: Realm, draft: IncidentDraft, user: User, actor: Actor, at: datetime) -> Incident:
    """A new incident. A chosen place gives the position where none was pointed at; the type its usual priority."""
    kind = type_get(code=draft.type_code)
    place = place_get(code=draft.place_code) if draft.place_code else None
    lat, lon, radius_m = draft.lat, draft.lon, draft.radius_m
    if lat is None and place is not None:
        lat, lon, radius_m = place.lat, place.lon, radius_m or place.accuracy_m
    incident = Incident(
        realm=realm,
        number=number_next(of="incident"),
        type=kind,
        priority=draft.priority or kind.default_priority,
        state=IncidentState.PENDING,
        place_text=draft.place_text or (place.name if place else ""),
        place=place,
        lat=lat,
        lon=lon,
        radius_m=radius_m,
        summary=draft.summary,
        caller_name=draft.caller_name,
        caller_number=number_normalise(draft.caller_number),
        rounds_wanted=0 if lat is None else 1,
        opened_by=user,
        opened_at=at,
        changed_at=at,
        owner=user,
    )
    step_plan(incident, at=at)
    incident_begin(incident=incident, actor=actor, at=at)
    _place_keep(incident, user, at)
    return incident


def incident_change(
    *, incident: Incident, revision: int, changes: Mapping[str, Any], user: User, at: datetime
) -> dict[str, list[Any]]:
    """Change fields of an open incident, locked, as it was read at `revision`; returns `{field: [old, new]}`.

    What others changed meanwhile stays, unless it is the same field: then `precondition_failed` names each such field
    with its present value, and nothing is written.
    """
    open_require(incident)
    unknown = set(changes) - EDITABLE
    if unknown:
        raise TerminalError(
            "field_not_editable", gettext_noop("Some fields need correction."), {"field": sorted(unknown)[0]}
        )
    _conflicts_refuse(incident, changes, revision)
    changed: dict[str, list[Any]] = {}
    for field, value in changes.items():
        old = getattr(incident, field)
        if old != value:
            changed[field] = [_plain(old), _plain(value)]
            setattr(incident, field, value)
    if changed:
        _changed_save(incident, changed, user, at)
    return changed


def _conflicts_refuse(incident: Incident, changes: Mapping[str, Any], revision: int) -> None:
    present = {field: getattr(incident, field) for field in EDITABLE}
    widened = {field: changes.get(field, present[field]) for field in fields_touched(changes) & EDITABLE}
    conflicts = (
        conflicts_of(widened, present, incident.field_revisions, read_revision=revision)
        if revision <= incident.revision
        else {field: present[field] for field in changes}  # a revision that never was: nothing can be compared
    )
    if conflicts:
        raise ConflictError(
            "precondition_failed",
            gettext_noop("Somebody changed this incident meanwhile; look at it and save again."),
            {
                "revision": incident.revision,
                "conflicts": {field: _plain(value) for field, value in sorted(conflicts.items())},
            },
        )


def _changed_save(incident: Incident, changed: Mapping[str, Any], user: User, at: datetime) -> None:
    # Another scene has other cameras.
    if {"lat", "lon"} & set(changed) and incident.lat is not None:
        incident.rounds_wanted += 1
    incident.revision += 1
    incident.changed_at = at
    incident.field_revisions |= dict.fromkeys(fields_touched(changed), incident.revision)
    fields = [*changed, "rounds_wanted", "revision", "changed_at", "field_revisions"]
    if {"type", "priority"} & set(changed):
        step_replan(incident, at=at)
        fields += FOLLOW_FIELDS
    incident.save(update_fields=fields)
    if set(changed) & PLACE_FIELDS:
        _place_keep(incident, user, at)


def _place_keep(incident: Incident, user: User, at: datetime) -> None:
    if incident.lat is None and not incident.place_text:
        return
    IncidentPlace.objects.create(
        incident=incident, place_text=incident.place_text, place=incident.place, lat=incident.lat, lon=incident.lon,
        radius_m=incident.radius_m, set_by=user, set_at=at,
    )  # fmt: skip


def round_want(*, incident: Incident, at: datetime) -> Incident:
    """Ask the cameras once more. `incident` must be locked.

    Raises ConflictError `round_running` while a round is under way, `incident_closed`, ValidationError `no_position`.
    """
    open_require(incident)
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
    incident = locked(Incident.objects.filter(realm=realm, pk=incident_id), *INCIDENT_RELATED)
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


def disposition_get(*, code: str) -> Disposition:
    """An active disposition; raises ValidationError."""
    found = Disposition.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise ValidationError(
            "unknown_disposition",
            gettext_noop("Say how it ended: choose one of the dispositions."),
            {"fields": {"disposition": [code[:30]]}},
        )
    return found
