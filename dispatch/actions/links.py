"""Putting incidents together and taking them apart; storm mode."""

import uuid
from collections.abc import Collection

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from common.doorbell import ring
from common.errors import NotFoundError
from common.locking import locked
from dispatch.actions.base import record
from dispatch.actions.telling import Telling
from dispatch.choices import LinkKind, TimelineKind
from dispatch.models import Call, Incident, IncidentLink, Storm
from dispatch.services import links as write
from dispatch.services.incidents import IncidentDraft, incident_locked, priority_check
from dispatch.services.merging import Moved, incidents_merge, merged_locked
from dispatch.services.merging import merge_undo as merge_undo_write
from dispatch.services.reputation import numbers_raise
from dispatch.services.sharing import parts_share
from dispatch.services.states import caller_numbers
from dispatch.services.storms import RADIUS_M, storm_calls_take
from dispatch.services.storms import storm_end as storm_end_write
from dispatch.services.storms import storm_start as storm_start_write
from dispatch.tasks import calls_offer, cameras_assign
from realtime.models import Realm


def incident_link(
    *,
    user: User,
    source: str,
    realm: Realm,
    incident_id: uuid.UUID,
    other_id: uuid.UUID,
    kind: LinkKind,
    reason: str = "",
) -> IncidentLink:
    """`incident_id` is part of, or related to, `other_id`; LinkKind.MERGED merges it into the other."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        child, parent = write.both_locked(realm=realm, one=incident_id, other=other_id)
        at = clock.now()
        telling = Telling(realm, actor, at)
        if kind == LinkKind.MERGED:
            link, moved = incidents_merge(child=child, into=parent, actor=actor, at=at, reason=reason)
            _moved_tell(moved, telling)
            telling.incident(child)
            telling.incident(parent)
            _calls_tell(parent, telling)
        else:
            link = write.link_add(child=child, parent=parent, kind=kind, actor=actor, at=at, reason=reason)
        ends = {child.pk: child, parent.pk: parent}
        link.child, link.parent = ends[link.child_id], ends[link.parent_id]
        data = {"kind": kind, "child": child.number, "parent": parent.number}
        telling.line(child, TimelineKind.LINKED, data, text=reason)
        telling.line(parent, TimelineKind.LINKED, data, text=reason)
        telling.link(link)
        record(actor, f"incident_link_{kind}", link, realm, data)
        telling.tell()
    return link


def link_end(*, user: User, source: str, realm: Realm, link_id: uuid.UUID) -> IncidentLink:
    """The two do not belong together after all."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        link = write.link_locked(realm=realm, link_id=link_id)
        at = clock.now()
        write.link_end(link=link, user=user, at=at)
        telling = Telling(realm, actor, at)
        data = {"kind": link.kind, "child": link.child.number, "parent": link.parent.number}
        telling.line(link.child, TimelineKind.UNLINKED, data)
        telling.line(link.parent, TimelineKind.UNLINKED, data)
        telling.link(link)
        record(actor, "incident_link_ended", link, realm, data)
        telling.tell()
    return link


def merge_undo(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID, reason: str) -> Incident:
    """A merge was a mistake."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        child, target = merged_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        moved = merge_undo_write(child=child, target=target, user=user, actor=actor, at=at, reason=reason)
        telling = Telling(realm, actor, at)
        data = {"kind": LinkKind.MERGED, "child": child.number, "parent": target.number}
        telling.line(child, TimelineKind.UNLINKED, data, text=reason)
        telling.line(target, TimelineKind.UNLINKED, data, text=reason)
        _moved_tell(moved, telling)
        telling.incident(child)
        telling.incident(target)
        telling.whole(child)
        _calls_tell(child, telling)
        for waiting in numbers_raise(realm=realm, numbers=caller_numbers(child)):
            telling.call(waiting)
        record(actor, "incident_merge_undone", child, realm, data)
        telling.tell()
    return child


def incident_split(
    *,
    user: User,
    source: str,
    realm: Realm,
    incident_id: uuid.UUID,
    draft: IncidentDraft,
    call_ids: Collection[uuid.UUID],
) -> Incident:
    """What was told as one are two."""
    require(user, Permission.INCIDENT_OPEN)
    if draft.priority:
        priority_check(draft.priority)
    with transaction.atomic():
        actor = Actor(user, source)
        old = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        new, link = write.incident_split(source=old, draft=draft, call_ids=call_ids, user=user, actor=actor, at=at)
        telling = Telling(realm, actor, at)
        data = {"kind": LinkKind.SPLIT, "child": new.number, "parent": old.number}
        telling.line(new, TimelineKind.OPENED, {})
        telling.line(new, TimelineKind.LINKED, data)
        telling.line(old, TimelineKind.LINKED, data)
        for part in parts_share(incident=new, actor=actor, at=at):
            telling.part(part)
        telling.link(link)
        telling.incident(new)
        _calls_tell(new, telling)
        record(actor, "incident_split", new, realm, data)
        telling.tell()
        if new.rounds_wanted:
            ring(cameras_assign, new.pk)
    return new


def storm_start(*, user: User, source: str, realm: Realm, incident_id: uuid.UUID, radius_m: float = RADIUS_M) -> Storm:
    """Storm mode by hand."""
    require(user, Permission.STORM_MANAGE)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        storm = storm_start_write(incident=incident, user=user, radius_m=radius_m, at=at)
        telling = Telling(realm, actor, at)
        telling.storm(storm)
        telling.line(incident, TimelineKind.STORM, {"on": True})
        for call in storm_calls_take(storm=storm):
            telling.call(call)
        record(actor, "storm_started", storm, realm)
        telling.tell()
    return storm


def storm_end(*, user: User, source: str, realm: Realm, storm_id: uuid.UUID) -> Storm:
    """Calls from there are ordinary again."""
    require(user, Permission.STORM_MANAGE)
    with transaction.atomic():
        actor = Actor(user, source)
        storm = locked(Storm.objects.filter(realm=realm, pk=storm_id, ended_at=None), "incident", "realm")
        if storm is None:
            raise NotFoundError
        at = clock.now()
        storm_end_write(storm=storm, user=user, at=at)
        telling = Telling(realm, actor, at)
        telling.storm(storm)
        telling.line(storm.incident, TimelineKind.STORM, {"on": False})
        record(actor, "storm_ended", storm, realm)
        telling.tell()
        ring(calls_offer, realm.pk)
    return storm


def _moved_tell(moved: Moved, telling: Telling) -> None:
    for link in moved.links:
        telling.link(link)
    for part in moved.parts:
        telling.part(part)
    for alarm in moved.alarms:
        telling.unit_alarm(alarm)
    for storm in moved.storms:
        telling.storm(storm)


def _calls_tell(incident: Incident, telling: Telling) -> None:
    for call in Call.objects.select_related("realm", "answered_by", "offered_to").filter(incident=incident):
        telling.call(call)
    for row in incident.assignments.select_related("unit__agency", "made_by", "realm"):
        telling.assignment(row)
