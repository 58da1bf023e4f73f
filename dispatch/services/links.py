"""Incidents that belong together. Links end, they are not deleted. Merging: `services.merging`."""

import uuid
from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from accounts.services.audit import Actor
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices import LinkKind
from dispatch.models import Call, Incident, IncidentLink
from dispatch.services.follow import open_require
from dispatch.services.incidents import IncidentDraft, incident_locked, incident_open
from realtime.models import Realm


def link_add(
    *, child: Incident, parent: Incident, kind: LinkKind, actor: Actor, at: datetime, reason: str = ""
) -> IncidentLink:
    """Link two incidents as parent and child, or as related. Both must be locked.

    The same link again is the one that is there. Raises ConflictError `link_circular`, `link_exists`.
    """
    if child.pk == parent.pk or (kind == LinkKind.PARENT and child.pk in _ancestors(parent)):
        raise ConflictError("link_circular", gettext_noop("An incident cannot be part of itself."))
    present = IncidentLink.objects.filter(child=child, ended_at=None)
    uppers = present.filter(kind__in=[LinkKind.PARENT, LinkKind.MERGED]).exclude(parent=parent, kind=kind)
    if kind in {LinkKind.PARENT, LinkKind.MERGED} and uppers.exists():
        raise ConflictError("link_exists", gettext_noop("This incident is part of another one already."))
    found = present.filter(parent=parent, kind=kind).first()
    if found is None and kind == LinkKind.RELATED:
        found = IncidentLink.objects.filter(child=parent, parent=child, kind=kind, ended_at=None).first()
    if found is not None:
        return found
    return IncidentLink.objects.create(
        realm=child.realm, kind=kind, child=child, parent=parent, made_by=actor.user, made_at=at, reason=reason
    )


def link_end(*, link: IncidentLink, user: User, at: datetime) -> IncidentLink:
    """End a link; a merge or split is taken back another way."""
    if link.ended_at is not None or link.kind not in {LinkKind.PARENT, LinkKind.RELATED}:
        raise ConflictError("link_stays", gettext_noop("This link cannot be ended."), {"kind": link.kind})
    return link_stop(link=link, user=user, at=at)


def link_stop(*, link: IncidentLink, user: User | None, at: datetime) -> IncidentLink:
    """Write the end of a link."""
    link.ended_by, link.ended_at = user, at
    link.save(update_fields=["ended_by", "ended_at"])
    return link


def incident_split(
    *, source: Incident, draft: IncidentDraft, call_ids: Collection[uuid.UUID], user: User, actor: Actor, at: datetime
) -> tuple[Incident, IncidentLink]:
    """What was told as one are two events: a new incident, with the calls that told of it. `source` must be locked.

    Raises ValidationError `call_elsewhere` for a call that does not belong to `source`.
    """
    open_require(source)
    calls = list(
        Call.objects.select_for_update(no_key=True).filter(incident=source, pk__in=list(call_ids)).order_by("pk")
    )
    if len(calls) != len(set(call_ids)):
        raise ValidationError(
            "call_elsewhere",
            gettext_noop("One of these calls does not belong to the incident."),
            {"fields": {"calls": []}},
        )
    new = incident_open(realm=source.realm, draft=draft, user=user, actor=actor, at=at)
    link = link_add(child=new, parent=source, kind=LinkKind.SPLIT, actor=actor, at=at)
    link.moved = {"calls": [str(call.pk) for call in calls]}
    link.save(update_fields=["moved"])
    Call.objects.filter(pk__in=[call.pk for call in calls]).update(incident=new)
    link.child, link.parent = new, source
    return new, link


def both_locked(*, realm: Realm, one: uuid.UUID, other: uuid.UUID) -> tuple[Incident, Incident]:
    """Two incidents, locked in the order of their keys, so that two who link them crosswise do not wait for ever."""
    rows = {key: incident_locked(realm=realm, incident_id=key) for key in sorted({one, other})}
    return rows[one], rows[other]


def link_locked(*, realm: Realm, link_id: uuid.UUID) -> IncidentLink:
    """The link, locked; raises NotFoundError."""
    link = locked(IncidentLink.objects.filter(realm=realm, pk=link_id), "child", "parent", "realm")
    if link is None:
        raise NotFoundError
    return link


def _ancestors(incident: Incident) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    waiting = [incident.pk]
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found.add(key)
        waiting += IncidentLink.objects.filter(
            child_id=key, kind__in=[LinkKind.PARENT, LinkKind.MERGED], ended_at=None
        ).values_list("parent_id", flat=True)
    return found
