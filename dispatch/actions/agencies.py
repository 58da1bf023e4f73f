"""What agencies do in incidents, and sharing by hand."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import Agency, User
from accounts.services.audit import Actor
from common import clock
from common.errors import AccessDeniedError
from dispatch.actions.base import record
from dispatch.actions.telling import Telling
from dispatch.choices import PartRole, TimelineKind
from dispatch.models import AgencyPart, TimelineEntry
from dispatch.publish import tell_line
from dispatch.services.incidents import disposition_get, incident_locked
from dispatch.services.parts import (
    agency_get,
    part_accept,
    part_end,
    part_forward,
    part_locked,
    part_reject,
)
from dispatch.services.sharing import part_add
from dispatch.services.timeline import entry_add
from realtime.models import Realm


def agency_share(
    *, user: User, source: str, realm: Realm, incident_id: uuid.UUID, agency: str, role: PartRole
) -> AgencyPart:
    """Tell an agency by hand."""
    require(user, Permission.INCIDENT_EDIT)
    with transaction.atomic():
        actor = Actor(user, source)
        incident = incident_locked(realm=realm, incident_id=incident_id)
        at = clock.now()
        parts = part_add(incident=incident, agency=agency_get(code=agency), role=role, actor=actor, at=at)
        telling = Telling(realm, actor, at)
        for part in parts:
            part.incident = incident
            telling.line(incident, TimelineKind.PART, {"agency": part.agency.code, "state": part.state})
            telling.part(part)
        telling.incident(incident)
        record(actor, "agency_told", parts[0], realm, {"agency": parts[0].agency.code})
        telling.tell()
    return parts[0]


def agency_accept(*, user: User, source: str, part_id: uuid.UUID) -> AgencyPart:
    """The agency takes it."""
    return _answer(user, source, part_id, lambda part, actor, at: [part_accept(part=part, actor=actor, at=at)])


def agency_reject(*, user: User, source: str, part_id: uuid.UUID, reason: str) -> AgencyPart:
    """The agency does not take it."""
    return _answer(
        user, source, part_id, lambda part, actor, at: [part_reject(part=part, reason=reason, actor=actor, at=at)]
    )


def agency_forward(*, user: User, source: str, part_id: uuid.UUID, to: str, reason: str) -> AgencyPart:
    """The agency hands its part to another."""
    return _answer(
        user,
        source,
        part_id,
        lambda part, actor, at: part_forward(part=part, to=agency_get(code=to), reason=reason, actor=actor, at=at),
    )


def agency_done(*, user: User, source: str, part_id: uuid.UUID, disposition: str) -> AgencyPart:
    """The agency is done."""
    return _answer(
        user,
        source,
        part_id,
        lambda part, actor, at: [
            part_end(part=part, disposition=disposition_get(code=disposition), actor=actor, at=at)
        ],
    )


def agency_note(*, user: User, source: str, part_id: uuid.UUID, text: str) -> TimelineEntry:
    """The agency adds to the story."""
    require(user, Permission.AGENCY_WORK)
    with transaction.atomic():
        part = part_locked(part_id=part_id, agency=agency_of(user))
        realm = part.incident.realm
        line = entry_add(
            incident=part.incident, kind=TimelineKind.NOTE, actor=Actor(user, source), at=clock.now(), text=text,
            data={"agency": part.agency.code},
        )  # fmt: skip
        record(Actor(user, source), "note_added", part.incident, realm)
        tell_line(realm, line)
    return line


def agency_of(user: User) -> Agency | None:
    """Whose parts this user may answer: their own agency's; None for the centre, which may answer for any."""
    if user.may(Permission.INCIDENT_EDIT):
        return None
    if user.agency is None:
        raise AccessDeniedError
    return user.agency


def _answer(
    user: User, source: str, part_id: uuid.UUID, answer: Callable[[AgencyPart, Actor, datetime], list[AgencyPart]]
) -> AgencyPart:
    if not user.may(Permission.INCIDENT_EDIT):
        require(user, Permission.AGENCY_WORK)
    with transaction.atomic():
        actor = Actor(user, source)
        part = part_locked(part_id=part_id, agency=agency_of(user))
        at = clock.now()
        incident = part.incident
        parts = answer(part, actor, at)
        telling = Telling(incident.realm, actor, at)
        for changed in parts:
            changed.incident = incident
            telling.line(
                incident,
                TimelineKind.PART,
                {"agency": changed.agency.code, "state": changed.state},
                text=changed.reason,
            )
            telling.part(changed)
        telling.incident(incident)
        record(actor, f"agency_{part.state}", part, incident.realm, {"agency": part.agency.code})
        telling.tell()
    return part
