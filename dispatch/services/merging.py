"""One event that was opened twice: what belongs to one incident goes to the other, and can be given back."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.audit import Actor
from common.errors import ConflictError, ValidationError, gettext_noop
from common.locking import locked_all
from dispatch.choices import ENDED_ASSIGNMENT_STATES, IncidentState, LinkKind
from dispatch.models import AgencyPart, Assignment, Call, Incident, IncidentLink, Storm, UnitAlarm
from dispatch.services.assignments import state_derive
from dispatch.services.follow import open_require
from dispatch.services.incidents import incident_locked
from dispatch.services.links import both_locked, link_add, link_stop
from dispatch.services.sharing import parts_follow, parts_reopen, parts_stand_back
from dispatch.services.states import incident_merge_end, incident_unmerge
from dispatch.services.storms import storm_follow
from dispatch.services.unit_alarms import alarms_follow
from realtime.models import Realm


@dataclass(slots=True)
class Moved:
    """What a merge, or its taking back, has changed beside the two incidents."""

    links: list[IncidentLink] = field(default_factory=list)
    parts: list[AgencyPart] = field(default_factory=list)
    storms: list[Storm] = field(default_factory=list)
    alarms: list[UnitAlarm] = field(default_factory=list)


def incidents_merge(
    *, child: Incident, into: Incident, actor: Actor, at: datetime, reason: str = ""
) -> tuple[IncidentLink, Moved]:
    """Calls, units, agencies, parts and storms of `child` go to `into`, and `child` ends as merged.

    Both must be locked. Raises ConflictError `incident_closed`, ValidationError `merge_itself`.
    """
    if child.pk == into.pk:
        raise ValidationError("merge_itself", gettext_noop("An incident cannot be merged into itself."))
    open_require(child)
    open_require(into)
    calls = locked_all(Call.objects.filter(incident=child))
    units = locked_all(Assignment.objects.filter(incident=child).exclude(state__in=ENDED_ASSIGNMENT_STATES))
    moved = Moved()
    ended, hung = _links_follow(child, into, actor, at)
    link = link_add(child=child, parent=into, kind=LinkKind.MERGED, actor=actor, at=at, reason=reason)
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(incident=into)
    Assignment.objects.filter(pk__in=[unit.pk for unit in units]).update(incident=into)
    moved.alarms = alarms_follow(units, into)
    moved.links = [*ended, *hung, link]
    moved.parts = parts_follow(child=child, into=into, actor=actor, at=at)
    moved.storms = storm_follow(child=child, into=into, at=at, user=actor.user)
    link.moved = {
        "calls": _keys(calls), "assignments": _keys(units), "parts": _keys(moved.parts), "links_ended": _keys(ended),
        "links_hung": _keys(hung), "storms": _keys(storm for storm in moved.storms if storm.ended_at is None),
    }  # fmt: skip
    link.save(update_fields=["moved"])
    incident_merge_end(incident=child, into=into, actor=actor, at=at)
    state_derive(incident=into, actor=actor, at=at)
    return link, moved


def merge_undo(*, child: Incident, target: Incident, user: User, actor: Actor, at: datetime, reason: str) -> Moved:
    """Take a merge back: what is still where it led to, `target`, returns. Both must be locked.

    Raises ConflictError `not_merged`.
    """
    link = IncidentLink.objects.select_related("realm").filter(child=child, kind=LinkKind.MERGED, ended_at=None).first()
    if link is None or child.state != IncidentState.MERGED:
        raise ConflictError("not_merged", gettext_noop("This incident was not merged."), {"state": child.state})
    took = link.moved
    incident_unmerge(incident=child, user=user, reason=reason, actor=actor, at=at)
    calls = locked_all(Call.objects.filter(pk__in=took.get("calls", []), incident=target))
    units = locked_all(
        Assignment.objects.filter(pk__in=took.get("assignments", []), incident=target).exclude(
            state__in=ENDED_ASSIGNMENT_STATES
        )
    )
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(incident=child)
    Assignment.objects.filter(pk__in=[unit.pk for unit in units]).update(incident=child)
    link_stop(link=link, user=user, at=at)
    moved = Moved(links=[link], alarms=alarms_follow(units, child))
    moved.links += _links_return(took, actor, user, at)
    moved.parts = parts_reopen(incident=child, actor=actor, at=at)
    if target.is_open:
        moved.parts += parts_stand_back(part_ids=took.get("parts", []), incident=target)
    moved.storms = _storms_return(took, child, target)
    state_derive(incident=child, actor=actor, at=at)
    if target.is_open:
        state_derive(incident=target, actor=actor, at=at)
    return moved


def merged_locked(*, realm: Realm, incident_id: uuid.UUID) -> tuple[Incident, Incident]:
    """A merged incident and what it is part of in the end, both locked; the same twice where it was not merged.

    Raises NotFoundError, ConflictError `state_conflict` when somebody merged on meanwhile.
    """
    end_id = _end_of(incident_id)
    if end_id == incident_id:
        incident = incident_locked(realm=realm, incident_id=incident_id)
        return incident, incident
    child, target = both_locked(realm=realm, one=incident_id, other=end_id)
    if child.state == IncidentState.MERGED and _end_of(incident_id) != end_id:
        raise ConflictError(
            "state_conflict",
            gettext_noop("This is no longer possible: it is now “%(state)s”."),
            {"state": target.state, "wanted": IncidentState.PENDING},
        )
    return child, target


def _end_of(incident_id: uuid.UUID) -> uuid.UUID:
    # No circle can be: only an open incident is merged, and only into an open one.
    rows = Incident.objects.values_list("merged_into", flat=True)
    while (further := rows.filter(pk=incident_id).first()) is not None:
        incident_id = further
    return incident_id


def _links_follow(
    child: Incident, into: Incident, actor: Actor, at: datetime
) -> tuple[list[IncidentLink], list[IncidentLink]]:
    """What `child` was part of it no longer is; what was part of it is part of `into` now, where that can be."""
    links = IncidentLink.objects.select_related("child", "parent", "realm").filter(kind=LinkKind.PARENT, ended_at=None)
    up, down = list(links.filter(child=child)), list(links.filter(parent=child))
    for link in up + down:
        link_stop(link=link, user=actor.user, at=at)
    hung = []
    for link in down:
        if link.child_id != into.pk and (new := _hang(link.child, into, actor, at)) is not None:
            hung.append(new)
    return up + down, hung


def _links_return(took: dict[str, Any], actor: Actor, user: User, at: datetime) -> list[IncidentLink]:
    links = IncidentLink.objects.select_related("child", "parent", "realm")
    hung = list(links.filter(pk__in=took.get("links_hung", []), ended_at=None))
    for link in hung:
        link_stop(link=link, user=user, at=at)
    ended = list(links.filter(pk__in=took.get("links_ended", [])))
    made = [new for link in ended if (new := _hang(link.child, link.parent, actor, at)) is not None]
    return hung + made


def _hang(child: Incident, parent: Incident, actor: Actor, at: datetime) -> IncidentLink | None:
    try:
        with transaction.atomic():
            link = link_add(child=child, parent=parent, kind=LinkKind.PARENT, actor=actor, at=at)
    except (ConflictError, IntegrityError):
        return None  # it belongs elsewhere by now
    link.child, link.parent = child, parent
    return link


def _storms_return(took: dict[str, Any], child: Incident, target: Incident) -> list[Storm]:
    rows = Storm.objects.select_for_update(no_key=True).filter(
        pk__in=took.get("storms", []), incident=target, ended_at=None
    )
    storms = list(rows)
    for storm in storms:
        storm.incident = child
        storm.save(update_fields=["incident"])
    return storms


def _keys(rows: Any) -> list[str]:
    return [str(row.pk) for row in rows]
