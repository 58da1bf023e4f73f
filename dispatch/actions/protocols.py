"""Asking protocol cards; writing, publishing and retiring them."""

import uuid

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from common.errors import NotFoundError
from dispatch.actions.base import record
from dispatch.actions.telling import Telling
from dispatch.choices import TimelineKind
from dispatch.models import ProtocolRun, ProtocolVersion
from dispatch.services.calls import call_locked
from dispatch.services.incidents import incident_locked
from dispatch.services.protocol_versions import draft_add, draft_change, version_publish, version_retire
from dispatch.services.protocols import Asked, asked, run_answer, run_locked, run_start
from realtime.models import LIVE, Realm


def protocol_start(
    *,
    user: User,
    source: str,
    realm: Realm,
    code: str,
    call_id: uuid.UUID | None,
    incident_id: uuid.UUID | None,
) -> Asked:
    """Begin to ask a card in a call or for an incident."""
    require(user, Permission.CALL_RECEIVE)
    with transaction.atomic():
        incident = incident_locked(realm=realm, incident_id=incident_id) if incident_id else None
        call = call_locked(realm=realm, call_id=call_id) if call_id else None
        found = run_start(
            realm=realm, code=code, call=call, incident=incident or (call.incident if call else None), user=user,
            at=clock.now(),
        )  # fmt: skip
        record(Actor(user, source), "protocol_started", found.run, realm, {"card": code})
    return found


def protocol_answer(*, user: User, source: str, realm: Realm, run_id: uuid.UUID, position: int, key: str) -> Asked:
    """Answer by one key, or take an answer back; what the card proposes stands in the incident's story."""
    require(user, Permission.CALL_RECEIVE)
    with transaction.atomic():
        at = clock.now()
        actor = Actor(user, source)
        run = run_locked(realm=realm, run_id=run_id)
        found = run_answer(run=run, position=position, key=key, user=user, at=at)
        incident = run.incident or (run.call.incident if run.call else None)
        telling = Telling(realm, actor, at)
        if run.outcome and incident is not None:
            data = {"card": run.version.card.code, "version": run.version.number, "outcome": run.outcome}
            telling.line(incident, TimelineKind.PROTOCOL, data)
        record(actor, "protocol_answered", run, realm, {"position": position, "outcome": run.outcome})
        telling.tell()
    return found


def protocol_read(*, user: User, realm: Realm, run_id: uuid.UUID) -> Asked:
    """Where a use of a card stands."""
    require(user, Permission.CALL_VIEW)
    run = ProtocolRun.objects.select_related("version__card").filter(realm=realm, pk=run_id).first()
    if run is None:
        raise NotFoundError
    return asked(run)


def protocol_draft(*, user: User, source: str, text: str) -> ProtocolVersion:
    """A new draft of the card that the text names."""
    require(user, Permission.PROTOCOL_WRITE)
    with transaction.atomic():
        version = draft_add(source=text, user=user, at=clock.now())
        _record(user, source, "protocol_drafted", version)
    return version


def protocol_change(*, user: User, source: str, version_id: uuid.UUID, text: str, seen: str) -> ProtocolVersion:
    """Write a draft anew; `seen` is the fingerprint of the text that the author began with."""
    require(user, Permission.PROTOCOL_WRITE)
    with transaction.atomic():
        version = draft_change(version_id=version_id, source=text, seen=seen)
        _record(user, source, "protocol_changed", version)
    return version


def protocol_publish(*, user: User, source: str, version: ProtocolVersion, seen: str | None = None) -> ProtocolVersion:
    """Use a draft from now on; `seen` is the fingerprint of the text that was approved."""
    require(user, Permission.PROTOCOL_PUBLISH)
    with transaction.atomic():
        found = version_publish(version=version, user=user, at=clock.now(), seen=seen)
        _record(user, source, "protocol_published", found)
    return found


def protocol_retire(*, user: User, source: str, version: ProtocolVersion) -> ProtocolVersion:
    """Take a version out of use with nothing in its place."""
    require(user, Permission.PROTOCOL_PUBLISH)
    with transaction.atomic():
        found = version_retire(version=version)
        _record(user, source, "protocol_retired", found)
    return found


def _record(user: User, source: str, action: str, version: ProtocolVersion) -> None:
    data = {"card": version.card.code, "version": version.number}
    record(Actor(user, source), action, version, Realm.objects.get(code=LIVE), data)
