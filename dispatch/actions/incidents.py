"""What people do with incidents: each action checks the right, writes in one transaction, audits, tells last."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from common.doorbell import ring
from common.phones import number_normalise
from dispatch.actions.base import record
from dispatch.actions.following import change_follow, numbers_follow
from dispatch.actions.links import merge_undo
from dispatch.actions.telling import Telling
from dispatch.choices import (
    CLOSED_INCIDENT_STATES,
    CallbackOutcome,
    IncidentState,
    NextStep,
    PersonRole,
    TimelineKind,
)
from dispatch.models import Call, CallerContact, Incident, IncidentPerson, TimelineEntry
from dispatch.publish import tell_incident, tell_line
from dispatch.services.calls import call_join, call_locked
from dispatch.services.follow import open_require, owner_set, step_set
from dispatch.services.incidents import (
    IncidentDraft,
    disposition_get,
    incident_locked,
    place_get,
    priority_check,
    round_want,
    type_get,
)
from dispatch.services.incidents import incident_change as incident_change_write
from dispatch.services.incidents import incident_open as incident_open_write
from dispatch.services.persons import contact_record
from dispatch.services.persons import person_add as person_add_write
from dispatch.services.persons import person_remove as person_remove_write
from dispatch.services.sharing import parts_reopen, parts_share
from dispatch.services.states import incident_cancel as incident_cancel_write
from dispatch.services.states import incident_close as incident_close_write
from dispatch.services.states import incident_reopen as incident_reopen_write
from dispatch.services.states import state_tell
from dispatch.services.storms import storm_calls_take, storm_detect
from dispatch.services.timeline import entry_add
from dispatch.tasks import cameras_assign
from realtime.models import Realm


def incident_open(
    *, user: User, source: str, realm: Realm, draft: IncidentDraft, call_id: uuid.UUID | None = None
) -> Incident:
    """Open an incident, from a call or without one; agencies are told by the rules of its type."""
    require(user, Permission.INCIDENT_OPEN)
    if draft.priority:
        priority_check(draft.priority)
    with transaction.atomic():
        actor = Actor(user, source)
        call = call_locked(realm=realm, call_id=call_id) if call_id else None
        at = clock.now()
        incident = incident_open_write(realm=realm, draft=draft, user=user, actor=actor, at=at)
        telling = Telling(realm, actor, at)
        telling.line(incident, TimelineKind.OPENED, {"call": call.number} if call else {})
        if call:
            _join(call, incident, telling, at)
        for part in parts_share(incident=incident, actor=actor, at=at):
            telling.part(part)
        numbers_follow(incident, telling)
        telling.incident(incident)
        record(actor, "incident_opened", incident, realm)
        telling.tell()
        if incident.rounds_wanted:
            ring(cameras_assign, incident.pk)
    return incident


def call_append(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID, call_id: uuid.UUID) -> Incident:
    """One more call that tells of the same open event; many of them start storm mode."""
    require(user, Permission.INCIDENT_OPEN)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        call = call_locked(realm=realm, call_id=call_id)
        at = clock.now()
        open_require(incident)
        telling = Telling(realm, actor, at)
        if call.incident_id != incident.pk:
            telling.line(incident, TimelineKind.CALL_JOINED, {"call": call.number})
            _join(call, incident, telling, at)
            numbers_follow(incident, telling)
            record(actor, "call_appended", call, realm, {"incident": incident.number})
        storm = storm_detect(incident=incident, at=at)
        if storm is not None:
            telling.storm(storm)
            telling.line(incident, TimelineKind.STORM, {"on": True})
            for waiting in storm_calls_take(storm=storm):
                telling.call(waiting)
            record(Actor(None, "rule"), "storm_started", storm, realm)
        telling.tell()
    return incident


def incident_change(
    *, user: User, source: str, realm: Realm, incident_id: uuid.UUID, revision: int, changes: Mapping[str, Any]
) -> Incident:
    """Change an incident as it was read at `revision`; what others changed meanwhile stays."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        changed = incident_change_write(
            incident=incident, revision=revision, changes=_resolved(changes), user=user, at=at
        )
        if changed:
            telling = Telling(realm, actor, at)
            change_follow(incident, changed, telling, actor, at)
            record(actor, "incident_changed", incident, realm, {"fields": sorted(changed)})
            telling.tell()
            if incident.rounds_wanted > incident.rounds_assigned:
                ring(cameras_assign, incident.pk)
    return incident


def incident_state(
    *, user: User, source: str, realm: Realm, incident_id: uuid.UUID, state: IncidentState, reason: str = ""
) -> Incident:
    """Under control, or all clear."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        old = incident.state
        state_tell(incident=incident, to=state, actor=actor, at=at, reason=reason)
        return _state_told(incident, old, actor, at, reason)


def incident_close(
    *,
    user: User,
    source: str,
    realm: Realm,
    incident_id: uuid.UUID,
    disposition: str,
    note: str = "",
    not_informed_reason: str = "",
    ends_parts: bool = False,
) -> Incident:
    """End it with how it ended, once the caller was told."""
    require(user, Permission.INCIDENT_CLOSE)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        old = incident.state
        incident_close_write(
            incident=incident, disposition=disposition_get(code=disposition), note=note,
            not_informed_reason=not_informed_reason, ends_parts=ends_parts, actor=actor, at=at,
        )  # fmt: skip
        return _state_told(incident, old, actor, at, note)


def incident_cancel(
    *, user: User, source: str, realm: Realm, incident_id: uuid.UUID, disposition: str, note: str = ""
) -> Incident:
    """Call it off; units under way are turned back."""
    require(user, Permission.INCIDENT_CLOSE)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        old = incident.state
        incident_cancel_write(
            incident=incident, disposition=disposition_get(code=disposition), note=note, actor=actor, at=at
        )
        return _state_told(incident, old, actor, at, note)


def incident_reopen(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID, reason: str) -> Incident:
    """Open it again; it stays open until somebody closes it. For a merged one the merge is taken back."""
    require(user, Permission.INCIDENT_CLOSE)
    if Incident.objects.filter(realm=realm, pk=incident_id, state=IncidentState.MERGED).exists():
        return merge_undo(user=user, source=source, realm=realm, incident_id=incident_id, reason=reason)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        old = incident.state
        incident_reopen_write(incident=incident, user=user, reason=reason, actor=actor, at=at)
        parts_reopen(incident=incident, actor=actor, at=at)
        return _state_told(incident, old, actor, at, reason)


def next_step_set(
    *,
    user: User,
    source: str,
    realm: Realm,
    incident_id: uuid.UUID,
    step: NextStep,
    text: str,
    due_at: datetime,
    reason: str = "",
) -> Incident:
    """Say what is next and until when."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        old = incident.due_at.isoformat() if incident.due_at else None
        step_set(incident=incident, step=step, text=text, due_at=due_at, user=user, at=at)
        telling = Telling(realm, actor, at)
        telling.line(
            incident, TimelineKind.NEXT_STEP, {"step": step, "due_at": due_at.isoformat(), "was_due_at": old}, text=text
        )
        telling.incident(incident)
        record(actor, "next_step_set", incident, realm, {"step": step, "reason": reason[:200]})
        telling.tell()
    return incident


def owner_take(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID, owner: User | None = None) -> Incident:
    """Own an incident, or have another own it."""
    require(user, Permission.INCIDENT_EDIT)
    new = owner or user
    require(new, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        old = str(incident.owner) if incident.owner else None
        owner_set(incident=incident, owner=new)
        telling = Telling(realm, actor, at)
        telling.line(incident, TimelineKind.HANDED_OVER, {"from": old, "to": str(new)})
        telling.incident(incident)
        record(actor, "owner_changed", incident, realm, {"owner": new.pk})
        telling.tell()
    return incident


def person_add(
    *,
    user: User,
    source: str,
    realm: Realm,
    incident_id: uuid.UUID,
    role: PersonRole,
    name: str = "",
    contact: str = "",
    description: str = "",
) -> IncidentPerson:
    """Write down who has to do with it."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        person = person_add_write(
            incident=incident, role=role, name=name, contact=contact, description=description, user=user, at=at
        )
        telling = Telling(realm, actor, at)
        telling.line(incident, TimelineKind.PERSON, {"role": role, "added": True})
        record(actor, "person_added", person, realm)
        telling.tell()
    return person


def person_remove(
    *, user: User, source: str, realm: Realm, incident_id: uuid.UUID, person_id: uuid.UUID
) -> IncidentPerson:
    """Take somebody off the list; that they stood there stays."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        person = person_remove_write(incident=incident, person_id=str(person_id), at=at)
        telling = Telling(realm, actor, at)
        telling.line(incident, TimelineKind.PERSON, {"role": person.role, "added": False})
        record(actor, "person_removed", person, realm)
        telling.tell()
    return person


def caller_contact(
    *,
    user: User,
    source: str,
    realm: Realm,
    incident_id: uuid.UUID,
    outcome: CallbackOutcome,
    number: str = "",
    note: str = "",
) -> CallerContact:
    """One try to tell a caller how it went."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        contact = contact_record(incident=incident, number=number, outcome=outcome, note=note, user=user, at=at)
        telling = Telling(realm, actor, at)
        telling.line(incident, TimelineKind.CONTACT, {"outcome": outcome}, text=note)
        record(actor, "caller_contacted", incident, realm, {"outcome": outcome})
        telling.tell()
    return contact


def cameras_pull(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID) -> Incident:
    """Ask the cameras near the scene once more."""
    require(user, Permission.CAMERA_PULL)
    with transaction.atomic():
        incident = incident_locked(realm=realm, incident_id=incident_id)
        round_want(incident=incident, at=clock.now())
        record(Actor(user, source), "cameras_wanted", incident, realm, {"round": incident.rounds_wanted})
        tell_incident(incident)
        ring(cameras_assign, incident.pk)
    return incident


def note_add(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID, text: str) -> TimelineEntry:
    """Add a note to the story; notes are never changed."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        incident = incident_locked(realm=realm, incident_id=incident_id)
        line = entry_add(
            incident=incident, kind=TimelineKind.NOTE, actor=Actor(user, source), at=clock.now(), text=text
        )
        record(Actor(user, source), "note_added", incident, realm)
        tell_line(realm, line)
    return line


def _state_told(incident: Incident, old: str, actor: Actor, at: datetime, reason: str) -> Incident:
    realm = incident.realm
    telling = Telling(realm, actor, at)
    telling.line(incident, TimelineKind.STATE, {"old": old, "new": incident.state}, text=reason)
    if old in CLOSED_INCIDENT_STATES:
        telling.whole(incident)
        numbers_follow(incident, telling)
    for row in incident.assignments.select_related("unit__agency", "made_by", "realm").filter(ended_at=at):
        telling.assignment(row)
    for part in incident.parts.select_related("agency", "forwarded_to", "disposition", "incident__realm").filter(
        ended_at=at
    ):
        telling.part(part)
    telling.incident(incident)
    data = {"disposition": incident.disposition.code} if incident.disposition else {}
    record(actor, f"incident_{incident.state if incident.state != 'pending' else 'reopened'}", incident, realm, data)
    telling.tell()
    return incident


def _join(call: Call, incident: Incident, telling: Telling, at: datetime) -> None:
    left = call.incident
    telling.call(call_join(call=call, incident=incident, at=at))
    if left is not None:  # it turned out to tell of something else; both stories say so
        telling.line(left, TimelineKind.UNLINKED, {"call": call.number, "to": incident.number})


def _resolved(changes: Mapping[str, Any]) -> dict[str, Any]:
    resolved = dict(changes)
    if "type" in resolved:
        resolved["type"] = type_get(code=resolved["type"])
    if resolved.get("place") is not None:
        resolved["place"] = place_get(code=resolved["place"])
    if "caller_number" in resolved:
        resolved["caller_number"] = number_normalise(resolved["caller_number"])
    if "priority" in resolved:
        priority_check(resolved["priority"])
    return resolved
