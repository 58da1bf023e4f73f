"""Public warnings: taken from others, issued here, replaced, called off."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from dispatch.actions.base import record
from dispatch.choices.alerts import AlertOrigin
from dispatch.formats.cap.read import cap_read
from dispatch.formats.cap.types import CapAlert
from dispatch.formats.cap.write import cap_write
from dispatch.models import Alert
from dispatch.publish import tell_alert
from dispatch.services.alerts import AlertDraft, Stored, alert_own_locked, alert_store, message_of
from realtime.models import Realm


def alert_receive(*, user: User, source: str, realm: Realm, document: bytes) -> Stored:
    """Take a CAP message of somebody else; raises DocumentRefused and what `alert_store` raises."""
    require(user, Permission.ALERT_RECEIVE)
    message = cap_read(document)
    with transaction.atomic():
        stored = alert_store(
            realm=realm, message=message, document=document, origin=AlertOrigin.RECEIVED, user=user, at=clock.now()
        )
        _told(Actor(user, source), stored)
    return stored


def alert_issue(*, user: User, source: str, realm: Realm, draft: AlertDraft) -> Alert:
    """Warn others."""
    require(user, Permission.ALERT_ISSUE)
    with transaction.atomic():
        at = clock.now()
        return _issued(Actor(user, source), user, realm, message_of(draft=draft, at=at), at)


def alert_update(*, user: User, source: str, realm: Realm, alert_id: uuid.UUID, draft: AlertDraft) -> Alert:
    """Replace one of ours; the new one."""
    require(user, Permission.ALERT_ISSUE)
    with transaction.atomic():
        at = clock.now()
        message = message_of(draft=draft, at=at, replaces=alert_own_locked(realm=realm, alert_id=alert_id))
        return _issued(Actor(user, source), user, realm, message, at)


def alert_cancel(*, user: User, source: str, realm: Realm, alert_id: uuid.UUID, note: str) -> Alert:
    """Call one of ours off; the message that does so."""
    require(user, Permission.ALERT_ISSUE)
    with transaction.atomic():
        at = clock.now()
        replaces = alert_own_locked(realm=realm, alert_id=alert_id)
        return _issued(
            Actor(user, source), user, realm, message_of(draft=None, at=at, replaces=replaces, note=note), at
        )


def _issued(actor: Actor, user: User, realm: Realm, message: CapAlert, at: datetime) -> Alert:
    document = cap_write(message)
    # Read back as a stranger would: what we send out is held to the same rules.
    stored = alert_store(
        realm=realm, message=cap_read(document), document=document, origin=AlertOrigin.ISSUED, user=user, at=at
    )
    _told(actor, stored)
    return stored.alert


def _told(actor: Actor, stored: Stored) -> None:
    """Nothing is told of a message that is known."""
    if not stored.is_new:
        return
    alert = stored.alert
    data = {"sender": alert.sender, "identifier": alert.identifier, "kind": alert.message_type}
    record(actor, f"alert_{alert.origin}", alert, alert.realm, data)
    for row in (*stored.ended, alert):
        tell_alert(row)
