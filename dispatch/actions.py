"""What people do: each action checks the right, writes in one transaction, audits, and tells the consoles last."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor, audit_write
from common import clock
from common.doorbell import ring
from dispatch.choices import CallMedium, TimelineKind
from dispatch.models import Call, Incident, TimelineEntry
from dispatch.publish import tell_call, tell_incident, tell_line
from dispatch.services.calls import call_claim, call_join, call_locked, call_record
from dispatch.services.calls import call_end as call_end_write
from dispatch.services.incidents import (
    IncidentDraft,
    incident_locked,
    place_get,
    priority_check,
    round_want,
    type_get,
)
from dispatch.services.incidents import incident_change as incident_change_write
from dispatch.services.incidents import incident_open as incident_open_write
from dispatch.services.matches import match_settle
from dispatch.services.timeline import entry_add
from dispatch.tasks import cameras_assign
from realtime.models import Realm
from recognition.choices import Decision, ReviewReason
from recognition.models import CandidateMatch


def call_receive(*, user: User, source: str, realm: Realm, medium: CallMedium, caller_number: str | None) -> Call:
    """A citizen calls: the call is in the queue."""
    require(user, Permission.CALL_RECEIVE)
    with transaction.atomic():
        call = call_record(realm=realm, medium=medium, caller_number=caller_number, at=clock.now())
        _audit(Actor(user, source), "call_received", call)
        tell_call(call)
    return call


def call_answer(*, user: User, source: str, realm: Realm, call_id: uuid.UUID) -> Call:
    """The user takes a waiting call."""
    require(user, Permission.CALL_RECEIVE)
    with transaction.atomic():
        call = call_claim(realm=realm, call_id=call_id, user=user, at=clock.now())
        _audit(Actor(user, source), "call_answered", call)
        tell_call(call)
    return call


def call_end(*, user: User, source: str, realm: Realm, call_id: uuid.UUID) -> Call:
    """The conversation is over."""
    require(user, Permission.CALL_RECEIVE)
    with transaction.atomic():
        call = call_end_write(call=call_locked(realm=realm, call_id=call_id), at=clock.now())
        _audit(Actor(user, source), "call_ended", call)
        tell_call(call)
    return call


def incident_open(
    *, user: User, source: str, realm: Realm, draft: IncidentDraft, call_id: uuid.UUID | None = None
) -> Incident:
    """Open an incident, from a call or without one."""
    require(user, Permission.INCIDENT_OPEN)
    if draft.priority:
        priority_check(draft.priority)
    with transaction.atomic():
        at = clock.now()
        call = call_locked(realm=realm, call_id=call_id) if call_id else None
        incident = incident_open_write(realm=realm, draft=draft, user=user, at=at)
        actor = Actor(user, source)
        data = {"call": call.number} if call else {}
        line = entry_add(incident=incident, kind=TimelineKind.OPENED, actor=actor, at=at, data=data)
        if call:
            call_join(call=call, incident=incident, at=at)
        _audit(Actor(user, source), "incident_opened", incident)
        tell_incident(incident)
        tell_line(realm, line)
        if call:
            tell_call(call)
        if incident.rounds_wanted:
            ring(cameras_assign, incident.pk)
    return incident


def incident_change(
    *, user: User, source: str, realm: Realm, incident_id: uuid.UUID, revision: int, changes: Mapping[str, Any]
) -> Incident:
    """Change an incident that nobody else changed since `revision`."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        at = clock.now()
        incident, changed = incident_change_write(
            realm=realm, incident_id=incident_id, revision=revision, changes=_resolved(changes), at=at
        )
        if changed:
            actor = Actor(user, source)
            line = entry_add(incident=incident, kind=TimelineKind.CHANGED, actor=actor, at=at, data=changed)
            _audit(Actor(user, source), "incident_changed", incident, {"fields": sorted(changed)})
            tell_incident(incident)
            tell_line(realm, line)
            if incident.rounds_wanted > incident.rounds_assigned:
                ring(cameras_assign, incident.pk)
    return incident


def cameras_pull(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID) -> Incident:
    """Ask the cameras near the scene once more."""
    require(user, Permission.CAMERA_PULL)
    with transaction.atomic():
        at = clock.now()
        incident = round_want(incident=incident_locked(realm=realm, incident_id=incident_id), at=at)
        _audit(Actor(user, source), "cameras_wanted", incident, {"round": incident.rounds_wanted})
        tell_incident(incident)
        ring(cameras_assign, incident.pk)
    return incident


def match_review(
    *,
    user: User,
    source: str,
    realm: Realm,
    match_id: uuid.UUID,
    decision: Decision,
    reason: ReviewReason,
    note: str,
    viewed_ms: int,
) -> CandidateMatch:
    """Judge a candidate."""
    require(user, Permission.MATCH_REVIEW)
    with transaction.atomic():
        return match_settle(
            realm=realm,
            match_id=match_id,
            user=user,
            source=source,
            decision=decision,
            reason=reason,
            note=note,
            viewed_ms=viewed_ms,
        )


def note_add(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID, text: str) -> TimelineEntry:
    """Add a note to the story; notes are never changed."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        incident = incident_locked(realm=realm, incident_id=incident_id)
        line = entry_add(
            incident=incident, kind=TimelineKind.NOTE, actor=Actor(user, source), at=clock.now(), text=text
        )
        _audit(Actor(user, source), "note_added", incident)
        tell_line(realm, line)
    return line


def _resolved(changes: Mapping[str, Any]) -> dict[str, Any]:
    resolved = dict(changes)
    if "type" in resolved:
        resolved["type"] = type_get(code=resolved["type"])
    if resolved.get("place") is not None:
        resolved["place"] = place_get(code=resolved["place"])
    if "priority" in resolved:
        priority_check(resolved["priority"])
    return resolved


def _audit(actor: Actor, action: str, subject: Call | Incident, data: Mapping[str, Any] | None = None) -> None:
    audit_write(
        actor=actor,
        action=action,
        object_type=subject._meta.label_lower,
        object_id=subject.pk,
        realm=subject.realm.code,
        data=data,
    )
